"""The gate without a server: its options, its verdicts, its values for unit tests."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from consentgate import (
    Action,
    Category,
    ConfigurationError,
    Consent,
    Cookie,
    Event,
    Gate,
    Policy,
    Reason,
)
from consentgate.choice.clock import utc_now
from tests.support.exchange import NOW, POLICY, SECRET, TODAY, gate_of

PRIVATE = "the value of a secret cookie"


async def never_awaited(*_: object) -> None:
    raise NotImplementedError


# Options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"mode": "strict"}, "use one of 'enforce', 'report', 'block'", id="mode"),
        pytest.param({"mode": None}, "mode=None is not known", id="mode None"),
        pytest.param({"unknown": "allow"}, "use one of 'strip', 'report'", id="unknown"),
        pytest.param({"hide_cookies": True}, "'off', 'refused', 'undeclared'", id="hide_cookies"),
        pytest.param({"clamp": "no"}, "clamp is a str", id="clamp"),
        pytest.param({"clamp": None}, "clamp is a NoneType", id="clamp None"),
        pytest.param({"clear_site_data": 1}, "clear_site_data is a int", id="clear_site_data"),
        pytest.param({"required": "silent"}, "required is no function", id="required"),
        pytest.param({"required": never_awaited}, "required is no function", id="required async"),
        pytest.param({"on_event": "log"}, "on_event is no function", id="on_event"),
        pytest.param({"on_event": never_awaited}, "on_event is no function", id="on_event async"),
        pytest.param({"clock": None}, "clock is no function", id="clock None"),
        pytest.param({"clock": NOW}, "clock is no function", id="a moment as clock"),
        pytest.param({"clock": datetime.now}, "aware datetimes in UTC", id="naive clock"),
        pytest.param(
            {"clock": lambda: datetime.now(timezone(timedelta(hours=1)))},
            "aware datetimes in UTC",
            id="clock of another zone",
        ),
        pytest.param({"clock": lambda: 1.5}, "aware datetimes in UTC", id="clock of numbers"),
        pytest.param({"secret_key": "short"}, "at least 16", id="short key"),
        pytest.param({"fallback_keys": "a bare string of a key"}, "bare string", id="bare string"),
        pytest.param({"audience": None}, "audience is a NoneType", id="audience"),
    ],
)
def test_a_wrong_option_is_an_error_at_start_up(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        gate_of(**options)


@pytest.mark.parametrize("policy", [None, {"necessary": ["session"]}, ["session"], "consent.toml"])
def test_what_is_no_policy_is_an_error_that_says_what_to_pass(policy: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"policy is a .*pass a consentgate\.Policy"):
        Gate(policy, secret_key=SECRET)


def test_an_error_about_a_key_does_not_tell_the_key() -> None:
    with pytest.raises(ConfigurationError) as caught:
        gate_of(secret_key="hunter2", fallback_keys=["hunter3"])

    assert "hunter" not in str(caught.value)


def test_more_categories_than_a_choice_can_hold_are_an_error_at_start_up() -> None:
    names = [f"category_{number:03}_{'x' * 20}" for number in range(60)]
    policy = Policy(
        categories=[Category(name) for name in names],
        cookies=[Cookie(f"c_{name}", category=name) for name in names],
    )

    with pytest.raises(ConfigurationError, match="60 categories"):
        gate_of(policy=policy)


def test_the_findings_of_the_policy_are_logged_once_at_start_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")])
    with caplog.at_level(logging.INFO, logger="consentgate"):
        gate = gate_of(policy=policy)
        gate.filter(["_ga=1"], gate.consent_for("statistics"))

    found = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage()[:5] for record in found] == [
        finding.id for finding in policy.findings()
    ]
    assert {"CG051", "CG052"} <= {finding.id for finding in policy.findings()}


def test_the_default_clock_is_aware_and_in_utc() -> None:
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert utc_now().tzinfo is UTC


# Values for unit tests


def test_consent_for_grants_what_is_named_and_refuses_the_rest_as_of_today() -> None:
    consent = gate_of().consent_for("statistics")

    assert consent.granted == {"statistics"}
    assert consent.refused == {"marketing"}
    assert consent.day == TODAY


def test_consent_for_nothing_is_a_refusal_of_everything() -> None:
    consent = gate_of().consent_for()

    assert consent.refused == {"statistics", "marketing"}


@pytest.mark.parametrize("call", ["consent_for", "preferences_for"])
def test_consent_for_an_unknown_category_is_a_clear_error(call: str) -> None:
    with pytest.raises(ConfigurationError, match=r"'statistic'.*statistics, marketing"):
        getattr(gate_of(), call)("statistic")


def test_the_preferences_of_a_visitor_are_the_text_of_a_cookie_header() -> None:
    gate = gate_of()

    name, _, value = gate.preferences_for("statistics").partition("=")

    assert name == "cookies_preferences"
    assert gate.settings.reader.read(f"{name}={value}").consent == gate.consent_for("statistics")


def test_filter_takes_any_iterable_and_keeps_the_order() -> None:
    values = iter(["session=1", "_ga=2", "app_x=3"])

    assert gate_of().filter(values, Consent.undecided()) == ["session=1", "app_x=3"]


def test_filter_of_nothing_is_nothing() -> None:
    assert gate_of().filter([], Consent.undecided()) == []


def test_a_consent_of_another_time_counts_no_longer_in_filter() -> None:
    consent = gate_of(clock=lambda: NOW - timedelta(days=200)).consent_for("statistics")

    assert gate_of().filter(["_ga=1"], consent) == []


@pytest.mark.parametrize("day", [date(2026, 11, 26), date.max], ids=str)
def test_a_consent_from_the_future_does_not_count_in_filter(day: date) -> None:
    prints = {"statistics": POLICY.fingerprint("statistics")}
    consent = Consent.undecided().with_granted(prints, day=day)

    assert gate_of().filter(["_ga=1"], consent) == []


@pytest.mark.behaviour(1)
@pytest.mark.parametrize(
    ("value", "action", "reason"),
    [
        ("session=1", Action.KEEP, Reason.NECESSARY),
        ("_ga=1", Action.KEEP, Reason.CONSENTED),
        ("_fbp=1", Action.STRIP, Reason.REFUSED),
        ("new=1", Action.STRIP, Reason.UNDECLARED),
        ("nameless", Action.STRIP, Reason.NAMELESS),
        ("new=; Max-Age=0", Action.REWRITE, Reason.DELETION),
        ("cookies_preferences=x", Action.STRIP, Reason.PREFERENCES_SET),
        ("cookies_preferences=; Max-Age=0", Action.STRIP, Reason.PREFERENCES_SET),
        ("session=1\r\nSet-Cookie: _fbp=1", Action.STRIP, Reason.LINE_BREAK),
        ("session=1\n", Action.STRIP, Reason.LINE_BREAK),
        ("session=1\0", Action.STRIP, Reason.LINE_BREAK),
    ],
)
def test_a_verdict_says_what_becomes_of_a_value_and_why(
    value: str, action: Action, reason: Reason
) -> None:
    gate = gate_of()

    verdict = gate.judge(value, gate.consent_for("statistics"))

    assert (verdict.action, verdict.reason) == (action, reason)
    assert (verdict.value == value) is (action is Action.KEEP)


def test_a_verdict_names_the_cookie_and_its_rule() -> None:
    verdict = gate_of().judge("_pk_id.7=1", Consent.undecided())

    assert verdict.name == "_pk_id.7"
    assert verdict.rule is not None
    assert verdict.rule.name == "_pk_id.*"


def test_a_verdict_of_not_required_keeps() -> None:
    gate = gate_of(required=lambda _: "not-required", clamp=True)

    verdict = gate.judge("_ga=1; Max-Age=99999999", Consent.undecided())

    assert (verdict.action, verdict.reason) == (Action.KEEP, Reason.NOT_REQUIRED)


def test_judge_reports_nothing() -> None:
    events: list[Event] = []

    gate_of(on_event=events.append).judge("_ga=1", Consent.undecided())

    assert events == []


def test_the_request_can_be_told_to_judge_and_filter() -> None:
    policy = Policy(
        cookies=[
            Cookie(
                "_pk_ses",
                category="statistics",
                anonymous=True,
                lifetime="session",
                retention="25 months",
            )
        ]
    )
    gate = gate_of(policy=policy)

    assert gate.judge("_pk_ses=1", Consent.undecided()).reason is Reason.ANONYMOUS
    verdict = gate.judge("_pk_ses=1", Consent.undecided(), cookie="a=1; _pk_ses=0")
    assert verdict.reason is Reason.NOT_RENEWED
    assert gate.filter(["_pk_ses=1"], Consent.undecided(), cookie="_pk_ses=0") == []


def test_an_anonymous_cookie_of_the_session_is_cut_to_the_session() -> None:
    cookie = Cookie("_pk_ses", category="statistics", anonymous=True, lifetime="session")
    gate = gate_of(policy=Policy(cookies=[cookie]))

    assert gate.filter(["_pk_ses=1; Max-Age=60"], Consent.undecided()) == ["_pk_ses=1"]


def test_an_anonymous_cookie_leaves_a_refused_deletion_in_canonical_form() -> None:
    cookie = Cookie("_pk_ses", category="statistics", anonymous=True)
    gate = gate_of(policy=Policy(cookies=[cookie]))

    [value] = gate.filter(["_pk_ses=x; Max-Age=0; Path=/"], gate.consent_for())

    assert value.startswith("_pk_ses=; Max-Age=0; ")


def test_a_deletion_of_a_necessary_cookie_is_not_raised() -> None:
    cookie = Cookie("session", category="necessary", secure=True)
    gate = gate_of(policy=Policy(cookies=[cookie]))

    assert gate.filter(["session=; Max-Age=0"], Consent.undecided()) == ["session=; Max-Age=0"]


def test_no_event_and_no_log_holds_a_value(caplog: pytest.LogCaptureFixture) -> None:
    events: list[Event] = []
    caplog.set_level(logging.DEBUG)
    gate = gate_of(on_event=events.append)
    names = ["session", "_ga", "new", "", "cookies_preferences"]
    values = [f"{name}={PRIVATE}{rest}" for name in names for rest in ("", "; Max-Age=0", "\n")]

    gate.filter([*values, PRIVATE], Consent.undecided(), cookie=f"_ga={PRIVATE}; x={PRIVATE}")

    assert len(events) > 5
    assert PRIVATE not in repr(events)
    assert PRIVATE not in caplog.text
