"""Which cookies a response expires after a refusal, beyond what every middleware promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consentgate import Cookie, Event, Gate, Policy, Reason, VisitorConsent
from consentgate.gate.withdrawal import MOST_EXPIRED, may_expire
from tests.support.exchange import Clock, gate_of, preferences_for
from tests.support.gate_exchange import outcome_of, respond, visit_of
from tests.unit.sent_requests import NOT_PAGES, PAGES, SWAPPED_PAGES

ENDED = "=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"


def expired_after(cookie: str, gate: Gate | None = None, **given: Any) -> tuple[str, ...]:
    """What the next response expires for a visitor who refused all and still sends `cookie`."""
    gate = gate or gate_of()
    request = {key: given.pop(key) for key in ("headers", "method", "https") if key in given}
    exchange = visit_of(gate, cookie=f"{gate.preferences_for()}; {cookie}", **request)
    assert gate.request_filter is not None
    gate.request_filter.visible(exchange, exchange.cookie)
    return outcome_of(gate, exchange, **given).expired


def expired_by(act: Any, cookie: str, **given: Any) -> tuple[str, ...]:
    """What the response to a choice expires."""
    return respond(gate_of(**given), act, cookie=cookie).expired


def withdraw(consent: VisitorConsent) -> None:
    consent.withdraw()


@pytest.mark.behaviour(18)
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/html",
        "text/html; charset=utf-8",
        " TEXT/HTML",
        "application/xhtml+xml",
        "text/plain",
    ],
)
def test_without_sec_fetch_dest_a_document_is_told_by_its_type(content_type: str) -> None:
    assert expired_after("_ga=1", content_type=content_type) == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
@pytest.mark.parametrize("content_type", ["application/json", "text/csv", "image/png"])
def test_an_answer_of_an_api_is_no_document(content_type: str) -> None:
    assert expired_after("_ga=1", content_type=content_type) == ()


@pytest.mark.behaviour(18)
@pytest.mark.parametrize("content_type", ["", "text/html"])
def test_a_handshake_is_no_document_whatever_it_says(content_type: str) -> None:
    assert expired_after("_ga=1", content_type=content_type, is_handshake=True) == ()


@pytest.mark.behaviour(18)
def test_a_document_that_says_so_is_one_whatever_its_type() -> None:
    headers = [("sec-fetch-dest", "document")]

    assert expired_after("_ga=1", headers=headers, content_type="") == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
@pytest.mark.behaviour(32)
@pytest.mark.parametrize("headers", PAGES)
def test_refused_cookies_expire_with_a_page(headers: dict[str, str]) -> None:
    assert expired_after("_ga=1", headers=[*headers.items()]) == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
@pytest.mark.behaviour(33)
@pytest.mark.parametrize("headers", SWAPPED_PAGES)
@pytest.mark.parametrize("content_type", ["text/html", ""], ids=["page", "redirect"])
def test_so_they_do_with_one_that_a_script_shows_itself(
    headers: dict[str, str], content_type: str
) -> None:
    given = [*headers.items()]

    assert expired_after("_ga=1", headers=given, content_type=content_type) == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
@pytest.mark.behaviour(32)
@pytest.mark.parametrize("headers", NOT_PAGES)
def test_they_expire_with_nothing_else(headers: dict[str, str]) -> None:
    exchange = visit_of(gate_of(), headers=[*headers.items()])

    assert not may_expire(exchange)
    assert expired_after("_ga=1", headers=[*headers.items()]) == ()


@pytest.mark.behaviour(18)
@pytest.mark.parametrize("caching", ["public", "PUBLIC, max-age=1", "immutable", "s-maxage=1"])
def test_not_even_a_choice_expires_on_what_a_shared_cache_may_keep(caching: str) -> None:
    outcome = respond(
        gate_of(),
        withdraw,
        cookie=f"{preferences_for('statistics')}; _ga=1",
        caching=[("cache-control", caching)],
    )

    assert outcome.expired == ()
    assert len(outcome.first) == 1


@pytest.mark.behaviour(18)
@pytest.mark.law(10)
def test_a_refusal_of_one_category_expires_its_cookies_only() -> None:
    cookie = f"{preferences_for('statistics', 'marketing')}; _ga=1; _fbp=2; session=3"

    expired = expired_by(lambda consent: consent.refuse("statistics"), cookie)

    assert expired == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
@pytest.mark.law(10)
def test_cookies_that_the_browser_does_not_send_here_are_expired_after_a_withdrawal() -> None:
    policy = Policy(
        cookies=[
            Cookie("deep", category="statistics", path="/deep"),
            Cookie("g_*", category="statistics"),
            Cookie("key", category="statistics", kind="local_storage"),
        ]
    )
    gate = gate_of(policy=policy)

    outcome = respond(gate, withdraw, cookie=gate.preferences_for("statistics"))

    assert [value.partition("=")[0] for value in outcome.expired] == ["deep"]
    assert outcome.expired[0].endswith("; Path=/deep")


@pytest.mark.behaviour(18)
def test_a_first_refusal_expires_what_came_in_and_nothing_else() -> None:
    assert expired_by(lambda consent: consent.refuse(), "_ga=1; other=2") == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
def test_a_granted_cookie_is_not_expired_by_the_grant_that_follows_a_refusal() -> None:
    cookie = f"{preferences_for()}; _ga=1"

    assert expired_by(lambda consent: consent.grant("statistics"), cookie) == ()


@pytest.mark.behaviour(18)
def test_a_cookie_on_more_places_than_a_response_may_expire_is_expired_on_ten() -> None:
    paths = [f"/{number}" for number in range(MOST_EXPIRED + 2)]
    policy = Policy(cookies=[Cookie("wide", category="statistics", path=paths)])

    expired = expired_after("wide=1", gate_of(policy=policy))

    assert len(expired) == MOST_EXPIRED
    assert {value.rpartition("Path=")[2] for value in expired} < set(paths)


@pytest.mark.behaviour(18)
@pytest.mark.parametrize("interval_s", [1, 7, 60, 3600])
@pytest.mark.parametrize(
    ("cookies", "places"),
    [(14, 1), (30, 1), (4, 3), (1, 12), (11, 12)],
    ids=str,
)
def test_places_where_the_browser_keeps_a_cookie_do_not_keep_others_from_their_turn(
    cookies: int, places: int, interval_s: int
) -> None:
    paths = [f"/{number}" for number in range(places)]
    policy = Policy(cookies=[Cookie("kept_*", category="statistics", path=paths)])
    clock = Clock()
    gate = gate_of(policy=policy, clock=clock)
    sent = "; ".join(f"kept_{number}=1" for number in range(cookies))
    expired: set[str] = set()
    for _ in range(400):
        expired.update(expired_after(sent, gate))
        clock.now += timedelta(seconds=interval_s)

    assert len(expired) == cookies * places


@pytest.mark.behaviour(18)
def test_one_cookie_sent_twice_is_expired_once() -> None:
    assert expired_after("_ga=1; _ga=2") == (f"_ga{ENDED}",)


@pytest.mark.behaviour(18)
def test_where_both_a_domain_and_the_host_alone_are_declared_both_are_expired() -> None:
    cookie = Cookie("c", category="statistics", domain=["", "example.org"])

    expired = expired_after("c=1", gate_of(policy=Policy(cookies=[cookie])))

    assert expired == (f"c{ENDED}", f"c{ENDED}; Domain=example.org")


@pytest.mark.behaviour(18)
def test_a_partitioned_cookie_is_expired_in_its_partition() -> None:
    policy = Policy(cookies=[Cookie("chips", category="statistics", partitioned=True)])

    [expired] = expired_after("chips=1", gate_of(policy=policy))

    assert expired == f"chips{ENDED}; Secure; SameSite=None; Partitioned"


@pytest.mark.behaviour(18)
@pytest.mark.law(16)
def test_a_refused_measurement_is_expired_too() -> None:
    policy = Policy(cookies=[Cookie("_pk_ses", category="statistics", anonymous=True)])

    assert expired_after("_pk_ses=1", gate_of(policy=policy)) == (f"_pk_ses{ENDED}",)


@pytest.mark.behaviour(19)
@pytest.mark.parametrize("hide_cookies", ["refused", "undeclared"])
def test_an_undeclared_cookie_is_never_expired_however_requests_are_thinned(
    hide_cookies: str,
) -> None:
    assert expired_after("other=1", gate_of(hide_cookies=hide_cookies)) == ()


@pytest.mark.law(22)
def test_the_browsers_signal_alone_expires_nothing() -> None:
    gate = gate_of()
    exchange = visit_of(gate, cookie="_fbp=1", headers=[("sec-gpc", "1")])
    assert gate.request_filter is not None
    gate.request_filter.visible(exchange, "_fbp=1")

    outcome = outcome_of(gate, exchange)

    assert (outcome.first, outcome.expired) == ((), ())


def test_where_consent_is_not_required_nothing_is_hidden_and_nothing_expires() -> None:
    assert expired_after("_ga=1", gate_of(required=lambda _: "not-required")) == ()


@pytest.mark.behaviour(24)
@pytest.mark.parametrize("cookie", ["_pk_id.SECRET", 'session="x; _pk_id.SECRET=4"'])
def test_what_may_be_a_value_is_not_named_when_it_is_expired(cookie: str) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)

    expired_after(cookie, gate)
    respond(gate, withdraw, cookie=f"{preferences_for('statistics')}; {cookie}")

    lookup = gate.policy.rule_for.__self__  # type: ignore[attr-defined]
    assert not [event for event in events if "SECRET" in event.name]
    assert not [name for name in lookup if "SECRET" in name]


@pytest.mark.behaviour(20)
def test_each_expired_cookie_is_reported_once_with_the_reason() -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)

    expired_after("_fbp=1", gate)
    respond(gate, withdraw, cookie=f"{preferences_for('statistics')}; _pk_id.7=1")

    reasons = [(event.reason, event.name) for event in events if event.action == "expire"]
    assert reasons == [
        (Reason.WITHDRAWAL_NOT_EFFECTIVE, "_fbp"),
        (Reason.WITHDRAWN, "_pk_id.7"),
        (Reason.WITHDRAWN, "_ga"),
    ]


@pytest.mark.parametrize("name", ["a;b", "\xe9", "x" * 5000, "a\tb", "\xa0_ga"])
def test_whatever_a_visitor_calls_a_cookie_of_a_refused_glob_the_headers_delete(name: str) -> None:
    policy = Policy(cookies=[Cookie("_*", category="statistics")])

    expired = expired_after(f"_{name}=1", gate_of(policy=policy))

    assert ["Max-Age=0" in value for value in expired] == [True]
    assert not any(character in expired[0] for character in "\r\n\t\0")
