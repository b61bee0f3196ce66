"""What a gate reports: each event to the callback, each name and reason once to the log."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from consentgate import Action, Consent, Event, Gate, Mode, Policy, Reason
from consentgate.gate.events import LONGEST_TEXT, MOST_LOGGED, Reporter, escape_text
from tests.support.exchange import POLICY, gate_of

UNDECIDED = Consent.undecided()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log without the findings that a gate tells when it is made."""
    caplog.set_level(logging.DEBUG, logger="consentgate")
    return caplog


def quiet_gate(log: pytest.LogCaptureFixture, **options: object) -> Gate:
    """A gate without a callback, whose findings are no longer in the log."""
    gate = gate_of(on_event=None, **options)
    log.clear()
    return gate


def messages(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records]


# Texts


@pytest.mark.behaviour(20)
@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("_ga", "_ga"),
        ("a b", "a b"),
        ("a\nb", "a\\nb"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("\xe9", "\\xe9"),
        ("\u202e", "\\u202e"),
        ("\ud800", "\\ud800"),
        ("x" * 65, "x" * 64),
        ("\xe9" * 64, "\\xe9" * 16),
    ],
)
def test_a_text_is_escaped_to_printable_ascii_and_cut_at_64_bytes(text: str, escaped: str) -> None:
    assert escape_text(text) == escaped


@pytest.mark.behaviour(20)
def test_names_and_paths_in_an_event_are_escaped_and_cut() -> None:
    events: list[Event] = []
    reporter = Reporter(events.append, mode=Mode.ENFORCE)

    reporter.report(Reason.UNDECLARED, Action.STRIP, name="n\n" + "x" * 99, path="/\x1b" + "y" * 99)

    assert (events[0].name, events[0].path) == ("n\\n" + "x" * 61, "/\\x1b" + "y" * 59)


KEPT = {
    *(Reason.NECESSARY, Reason.CONSENTED, Reason.ANONYMOUS),
    *(Reason.NOT_REQUIRED, Reason.OBJECTABLE),
}


@pytest.mark.parametrize("reason", sorted(set(Reason) - KEPT))
def test_each_reason_that_can_be_reported_has_words(
    reason: Reason, log: pytest.LogCaptureFixture
) -> None:
    Reporter(None, mode=Mode.ENFORCE).report(reason, Action.NOTE)

    assert messages(log)[0].startswith(f"{reason.value} note: ")


def test_the_ids_of_reasons_are_stable() -> None:
    assert {reason.name: reason.value for reason in Reason} == {
        "NECESSARY": "CG100",
        "CONSENTED": "CG101",
        "ANONYMOUS": "CG102",
        "NOT_REQUIRED": "CG103",
        "OBJECTABLE": "CG104",
        "UNDECLARED": "CG110",
        "UNDECIDED": "CG111",
        "REFUSED": "CG112",
        "STALE": "CG113",
        "EXPIRED": "CG114",
        "NAMELESS": "CG115",
        "NOT_RENEWED": "CG116",
        "PREFERENCES_SET": "CG117",
        "DELETION": "CG120",
        "RAISED": "CG121",
        "CLAMPED": "CG122",
        "WITHDRAWN": "CG123",
        "WITHDRAWAL_NOT_EFFECTIVE": "CG124",
        "UNKNOWN_IN_REQUEST": "CG125",
        "LINE_BREAK": "CG130",
        "HEADER_LINE_BREAK": "CG131",
        "STATUS_LINE_BREAK": "CG132",
        "HEADER_NAME": "CG133",
        "PREFERENCES_REJECTED": "CG140",
        "REQUIRED_FAILED": "CG141",
        "SECURE_MISSING": "CG142",
        "LANGUAGE_FAILED": "CG143",
        "CHOICE_AT_MOUNT": "CG144",
        "CHOICE_FOR_HOST": "CG145",
        "OTHER_ORIGIN": "CG146",
        "CHOICE_CLEARED": "CG147",
        "GRANT_NOT_RECORDED": "CG148",
        "RECORD_LOST": "CG149",
        "BANNER_COMPRESSED": "CG151",
        "BANNER_NO_PLACE": "CG152",
        "BANNER_FILE": "CG153",
        "BANNER_FORM_BLOCKED": "CG154",
        "SETTINGS_LINK_MISSING": "CG155",
        "REGIME_FAILED": "CG156",
        "STORE_UNREACHABLE": "CG157",
        "SPOOL_IN_USE": "CG158",
        "CLOCKS_APART": "CG159",
        "HOST_UNDECLARED": "CG160",
        "HOST_NOT_ALLOWED": "CG161",
        "HINT_REMOVED": "CG162",
        "SCRIPT_UNDECLARED": "CG165",
        "SCRIPT_NOT_ALLOWED": "CG166",
        "HEADER_UNDECLARED": "CG180",
        "HEADER_NOT_ALLOWED": "CG181",
    }


# The callback


@pytest.mark.behaviour(20)
def test_the_callback_gets_each_event_and_the_log_the_first_of_its_kind(
    log: pytest.LogCaptureFixture,
) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    log.clear()

    for _ in range(3):
        gate.filter(["_ga=1", "new=1"], UNDECIDED)

    assert len(events) == 6
    assert len(log.records) == 2


def test_a_failing_callback_is_logged_once_per_reason_and_changes_nothing(
    log: pytest.LogCaptureFixture,
) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError(event.name)

    gate = gate_of(on_event=fail)
    log.clear()

    left = [gate.filter(["session=1", "_ga=1"], UNDECIDED) for _ in range(3)]

    assert left == [["session=1"]] * 3
    failures = [record for record in log.records if record.levelno == logging.ERROR]
    assert [record.getMessage()[-5:] for record in failures] == ["CG111"]


def test_what_is_kept_makes_neither_event_nor_log(log: pytest.LogCaptureFixture) -> None:
    gate = quiet_gate(log)

    gate.filter(["session=1", "_ga=1"], gate.consent_for("statistics"))

    assert messages(log) == []


# The log


@pytest.mark.behaviour(20)
def test_an_undeclared_name_is_logged_once_at_warning(log: pytest.LogCaptureFixture) -> None:
    gate = quiet_gate(log)

    gate.filter(["new=1", "new=2", "new=3; Path=/x"], UNDECIDED)
    gate.filter(["new=4"], UNDECIDED)

    [record] = log.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("CG110 cookie 'new': strip: it is not declared")


def test_a_strip_for_want_of_consent_is_no_warning(log: pytest.LogCaptureFixture) -> None:
    gate = quiet_gate(log)

    gate.filter(["_ga=1"], UNDECIDED)

    assert [record.levelno for record in log.records] == [logging.INFO]


def test_a_record_carries_its_event(log: pytest.LogCaptureFixture) -> None:
    quiet_gate(log).filter(["_pk_id.1=1"], UNDECIDED)

    event = log.records[0].__dict__["consentgate"]
    assert (event.name, event.pattern) == ("_pk_id.1", "_pk_id.*")


def test_the_log_of_report_mode_says_would(log: pytest.LogCaptureFixture) -> None:
    gate = quiet_gate(log, mode="report")

    gate.filter(["_ga=1"], UNDECIDED)

    assert "would strip" in messages(log)[0]


def test_details_and_the_path_stand_in_the_log(log: pytest.LogCaptureFixture) -> None:
    reporter = Reporter(None, mode=Mode.ENFORCE)

    reporter.report(Reason.PREFERENCES_REJECTED, Action.NOTE, path="/page", detail="too old")

    assert messages(log) == [
        "CG140 note: a preferences cookie was not accepted (too old) (path /page)"
    ]


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("new", "statistics"),
        ("_ga_ABC", "statistics"),
        ("_gcl_au", "marketing"),
        ("cart[items]", "necessary"),
        ("it's", "statistics"),
        ("x" * 64, "statistics"),
        ("x" * 300, "statistics"),
    ],
)
def test_the_toml_to_paste_declares_the_undeclared_name(
    name: str, category: str, log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    quiet_gate(log).filter([f"{name}=1"], UNDECIDED)
    path = tmp_path / "consent.toml"
    path.write_text(POLICY.to_toml() + "\n" + messages(log)[0].partition("TOML:\n")[2])

    rule = Policy.from_toml(path).rule_for(name)

    assert rule is not None
    assert rule.category == category


@pytest.mark.parametrize("name", ["n\xe9w", 'a"b', "a,b", "a\\b", "*", "a b", "x" * 63 + "**", "é"])
def test_for_a_name_that_can_not_be_declared_no_toml_is_suggested(
    name: str, log: pytest.LogCaptureFixture
) -> None:
    quiet_gate(log).filter([f"{name}=1"], UNDECIDED)

    assert messages(log)[0].endswith("No declaration can hold this name: give the cookie another")


def test_what_the_log_takes_of_one_reason_is_bounded(log: pytest.LogCaptureFixture) -> None:
    gate = quiet_gate(log)

    gate.filter([f"new{number}=1" for number in range(3 * MOST_LOGGED)], UNDECIDED)

    assert len(log.records) == MOST_LOGGED


def test_names_that_visitors_make_up_do_not_crowd_out_what_the_application_does(
    log: pytest.LogCaptureFixture,
) -> None:
    reporter = Reporter(None, mode=Mode.ENFORCE)
    for number in range(3 * MOST_LOGGED):
        reporter.report_once(
            Reason.UNKNOWN_IN_REQUEST, Action.NOTE, name=f"made-up-{number}", path="/"
        )
    log.clear()

    reporter.report(Reason.UNDECLARED, Action.STRIP, name="new")

    assert len(log.records) == 1


def test_what_visitors_can_make_up_is_delivered_once_per_name() -> None:
    events: list[Event] = []
    reporter = Reporter(events.append, mode=Mode.ENFORCE)

    for name in ["a", "a", "b"]:
        reporter.report_once(Reason.UNKNOWN_IN_REQUEST, Action.NOTE, name=name, path="/")

    assert [event.name for event in events] == ["a", "b"]


def test_long_names_that_differ_late_are_told_once(log: pytest.LogCaptureFixture) -> None:
    gate = quiet_gate(log)

    gate.filter([f"{'x' * LONGEST_TEXT}{number}=1" for number in range(5)], UNDECIDED)

    assert len(log.records) == 1


@pytest.mark.parametrize("reason", [Reason.UNDECLARED, Reason.UNDECIDED])
def test_without_a_callback_what_is_logged_is_reported(reason: Reason) -> None:
    silent, heard = Reporter(None, mode=Mode.ENFORCE), Reporter(print, mode=Mode.ENFORCE)

    for reporter in (silent, heard):
        reporter.report(reason, Action.STRIP, name="a")

    assert silent.is_reported(reason, Action.STRIP, "a")
    assert not heard.is_reported(reason, Action.STRIP, "a")
    assert not silent.is_reported(reason, Action.STRIP, "b")
    assert not silent.is_reported(reason, Action.HIDE, "a")


@pytest.mark.behaviour(23)
def test_names_that_visitors_make_up_cost_nothing_once_the_log_has_enough() -> None:
    reporter = Reporter(None, mode=Mode.ENFORCE)

    for number in range(MOST_LOGGED):
        reporter.report(Reason.UNDECIDED, Action.HIDE, name=f"_pk_id.{number}")

    assert reporter.is_reported(Reason.UNDECIDED, Action.HIDE, "_pk_id.new")
    assert not reporter.is_reported(Reason.UNDECIDED, Action.STRIP, "_pk_id.new")


@pytest.mark.behaviour(24)
def test_names_that_visitors_make_up_hide_none_of_the_applications(
    log: pytest.LogCaptureFixture,
) -> None:
    reporter = Reporter(None, mode=Mode.ENFORCE)
    for number in range(MOST_LOGGED + 5):
        reporter.report(Reason.UNDECIDED, Action.HIDE, name=f"_pk_id.{number}")
    assert len(log.records) == MOST_LOGGED
    log.clear()

    for name in ("_pk_id.site", "_pk_id.1"):
        reporter.report(Reason.UNDECIDED, Action.STRIP, name=name)

    # The other was logged already.
    assert [one.consentgate.name for one in log.records] == ["_pk_id.site"]  # type: ignore[attr-defined]


def test_that_a_refused_cookie_comes_back_is_one_event_for_each_name_and_hour() -> None:
    now_s, events = [1_000.0], list[Event]()
    reporter = Reporter(events.append, mode=Mode.ENFORCE, now_s=lambda: now_s[0])

    def report(*names: str) -> list[str]:
        """The names that are delivered."""
        events.clear()
        for name in names:
            reporter.report(Reason.WITHDRAWAL_NOT_EFFECTIVE, Action.EXPIRE, name=name)
        return [event.name for event in events]

    assert report("_ga", "_ga", "_fbp", "_ga") == ["_ga", "_fbp"]
    now_s[0] += 3_599
    assert report("_ga", "_pk_id.1") == ["_pk_id.1"]
    now_s[0] += 1
    assert report("_ga", "_fbp", "_pk_id.1") == ["_ga", "_fbp"]
    made_up = [f"_pk_id.{number}" for number in range(2 * MOST_LOGGED)]
    assert len(report(*made_up)) == MOST_LOGGED - 3  # beside those of this hour
    now_s[0] += 3_600
    assert report("_new") == ["_new"]


# The store of records


@pytest.mark.parametrize("reason", [Reason.GRANT_NOT_RECORDED, Reason.RECORD_LOST])
def test_what_is_wrong_with_the_store_of_records_is_logged_once_a_minute(
    log: pytest.LogCaptureFixture, reason: Reason
) -> None:
    now_s, events = [1_000.0], list[Event]()
    reporter = Reporter(events.append, mode=Mode.ENFORCE, now_s=lambda: now_s[0])

    for later_s in (0, 59, 1, 59):
        now_s[0] += later_s
        reporter.report(reason, Action.NOTE, path="/consent/", detail="RecordStoreError")

    assert len(events) == 4
    assert [line[:14] for line in messages(log)] == [f"{reason.value} note: a "] * 2


def test_what_a_recorder_says_once_a_minute_is_logged_each_time(
    log: pytest.LogCaptureFixture,
) -> None:
    reporter = Reporter(None, mode=Mode.ENFORCE, now_s=lambda: 0.0)

    for _ in range(2):
        reporter.report(Reason.CLOCKS_APART, Action.NOTE, detail="360 seconds")

    assert [line[:11] for line in messages(log)] == ["CG159 note:"] * 2
    assert all(line.endswith("(360 seconds)") for line in messages(log))
