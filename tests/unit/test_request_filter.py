"""Plans for Cookie headers: remembered without any value, and never for another visitor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consentgate import Action, Category, Cookie, Event, Gate, Policy, Reason
from tests.support.exchange import NOW, Clock, gate_of, preferences_for
from tests.support.gate_exchange import visit_of

pytestmark = pytest.mark.behaviour(10)


def visible_of(gate: Gate, header: str, **request: Any) -> str:
    """The Cookie header that the application sees of this one."""
    assert gate.request_filter is not None
    return gate.request_filter.visible(visit_of(gate, cookie=header, **request), header)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_header_that_comes_again_is_thinned_alike(times: int) -> None:
    gate = gate_of(on_event=None)

    seen = [visible_of(gate, "session=1; _ga=2; other=3") for _ in range(times)]

    assert seen == ["session=1; other=3"] * times


@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_same_cookies_with_another_choice_are_another_header(times: int) -> None:
    gate = gate_of(on_event=None)
    accepted, refused = preferences_for("statistics"), preferences_for()

    seen = [
        [visible_of(gate, f"_ga=1; {choice}") for choice in (accepted, refused)]
        for _ in range(times)
    ]

    assert seen == [[f"_ga=1; {accepted}", refused]] * times


@pytest.mark.behaviour(11)
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_plan_ends_with_the_choice_that_it_was_made_for(times: int) -> None:
    clock = Clock()
    gate = gate_of(clock=clock, on_event=None)
    header = f"_ga=1; {preferences_for('statistics')}"
    before = [visible_of(gate, header) for _ in range(times)]

    clock.now = NOW + timedelta(days=184)

    assert before == [header] * times
    assert visible_of(gate, header) == preferences_for("statistics")


def test_a_rejected_choice_is_looked_at_again_when_its_day_has_come() -> None:
    clock = Clock()
    gate = gate_of(clock=clock, on_event=None)
    tomorrow = preferences_for("statistics", clock=Clock(NOW + timedelta(days=3)))
    assert visible_of(gate, f"_ga=1; {tomorrow}") == tomorrow

    clock.now = NOW + timedelta(days=3)

    assert visible_of(gate, f"_ga=1; {tomorrow}") == f"_ga=1; {tomorrow}"


def test_what_is_required_of_a_request_has_plans_of_its_own() -> None:
    answers = iter(["enforce", "not-required", "enforce", "not-required", "silent"])
    gate = gate_of(required=lambda _: next(answers), on_event=None)

    seen = [visible_of(gate, "session=1; _ga=2") for _ in range(5)]

    assert seen == ["session=1", "session=1; _ga=2"] * 2 + ["session=1"]


@pytest.mark.law(22)
def test_the_browsers_signal_has_plans_of_its_own_where_it_decides() -> None:
    policy = Policy(
        categories=[Category("own", gpc=True)],
        cookies=[Cookie("_m", category="own", anonymous=True)],
    )
    gate = gate_of(policy=policy, on_event=None)
    signal = [("sec-gpc", "1")]

    seen = [visible_of(gate, "a=1; _m=2", headers=headers) for headers in ([], signal, [], signal)]

    assert seen == ["a=1; _m=2", "a=1"] * 2


def test_the_plans_that_are_remembered_are_bounded() -> None:
    gate = gate_of(on_event=None)

    assert gate.request_filter is not None
    plans = gate.request_filter._plans

    for number in range(plans.most_entries + 10):
        visible_of(gate, f"_ga={number}; session=1")

    assert 0 < len(plans) <= plans.most_entries
    assert plans.weight_bytes <= plans.most_bytes
    assert visible_of(gate, "_ga=0; session=1") == "session=1"


def test_no_value_of_a_cookie_is_remembered() -> None:
    gate = gate_of()

    for _ in range(3):
        visible_of(gate, "session=confidential; _ga=confidential; other=confidential")

    assert gate.request_filter is not None
    assert "confidential" not in repr(vars(gate.request_filter))


@pytest.mark.behaviour(20)
def test_each_hidden_cookie_is_an_event_at_each_request() -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)

    for _ in range(2):
        visible_of(gate, "session=1; _ga=2; _pk_id.7=3")

    told = [(event.reason, event.action, event.name, event.pattern) for event in events]
    assert (
        told
        == [
            (Reason.UNDECIDED, Action.HIDE, "_ga", "_ga"),
            (Reason.UNDECIDED, Action.HIDE, "_pk_id.7", "_pk_id.*"),
        ]
        * 2
    )


@pytest.mark.behaviour(19)
@pytest.mark.behaviour(20)
def test_an_unknown_name_is_noted_once() -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)

    for value in range(3):
        visible_of(gate, f"session=1; other={value}")

    told = [(event.reason, event.action, event.name) for event in events]
    assert told == [(Reason.UNKNOWN_IN_REQUEST, Action.NOTE, "other")]


@pytest.mark.behaviour(19)
def test_an_unknown_name_that_is_hidden_is_reported_and_what_has_no_name_without_its_text() -> None:
    events: list[Event] = []

    visible_of(
        gate_of(on_event=events.append, hide_cookies="undeclared"), "session=1; other=2; nameless"
    )

    told = [(event.reason, event.action, event.name) for event in events]
    assert told == [
        (Reason.UNKNOWN_IN_REQUEST, Action.HIDE, "other"),
        (Reason.UNKNOWN_IN_REQUEST, Action.HIDE, ""),
    ]


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("_ga=1", ""),
        ("_ga=1; _fbp=2", ""),
        ("session=1", "session=1"),
        ("a=1; _ga=2; b=3; c=4; _fbp=5; d=6", "a=1; b=3; c=4; d=6"),
        ("a=1;_ga=2;b=3;c=4", "a=1; b=3; c=4"),
        ("  a=1 ;  _ga=2 ;; b = 3 ", "a=1; b = 3"),
        ("_ga=1; session=a=b=c", "session=a=b=c"),
        ('_ga=1; session="x', 'session="x'),
        ("_ga", ""),
        ("a; _ga; b", "a; b"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_what_stays_is_joined_as_browsers_join_cookies(header: str, seen: str, times: int) -> None:
    gate = gate_of(on_event=None)
    request_filter = gate.request_filter
    assert request_filter is not None

    for _ in range(times):
        assert visible_of(gate, header) == seen
        exchange = visit_of(gate, cookie=header)
        assert request_filter.visible(exchange, header.encode()) == seen.encode()


@pytest.mark.parametrize("header", ["session=1", "session=1;other=2; ;x", ""])
def test_where_nothing_is_hidden_the_header_itself_is_returned(header: str) -> None:
    assert visible_of(gate_of(), header) is header


@pytest.mark.behaviour(21)
def test_report_mode_reports_what_it_would_hide_and_hides_nothing() -> None:
    events: list[Event] = []
    gate = gate_of(mode="report", on_event=events.append)

    assert visible_of(gate, "session=1; _ga=2") == "session=1; _ga=2"
    assert [(event.action, event.name) for event in events] == [(Action.HIDE, "_ga")]


def test_a_stale_choice_hides_its_category_alone() -> None:
    events: list[Event] = []
    older = gate_of(policy=Policy(cookies=[Cookie("_x", category="statistics")]))
    header = f"_ga=1; {older.preferences_for('statistics')}"

    seen = visible_of(gate_of(on_event=events.append), header)

    assert seen == older.preferences_for("statistics")
    assert [event.reason for event in events] == [Reason.STALE]


@pytest.mark.behaviour(24)
@pytest.mark.parametrize(
    "header", ['a="x; y"; new=1', 'a="x"; new=1', 'a=x"; new=1', "a='\"; new=1"]
)
def test_a_name_behind_a_quoted_value_is_reported(header: str) -> None:
    events: list[Event] = []

    visible_of(gate_of(on_event=events.append), header)

    assert "new" in [event.name for event in events]


@pytest.mark.behaviour(24)
@pytest.mark.parametrize("header", ["_pk_id.SECRET", 'session="x; _pk_id.SECRET=4"'])
def test_what_a_glob_matches_of_a_value_is_hidden_and_reported_without_a_name(header: str) -> None:
    events: list[Event] = []

    seen = visible_of(gate_of(on_event=events.append), header)

    assert "SECRET" not in seen
    assert [(event.name, event.pattern) for event in events] == [("", "_pk_id.*")]


@pytest.mark.behaviour(24)
@pytest.mark.parametrize("hidden", ["refused", "undeclared"])
@pytest.mark.parametrize(
    "header",
    [
        "SECRET",
        "=SECRET",
        'session="x; SECRET; z"',
        'session="x SECRET=4"',
        'session="x; SECRET=4; z"',
        'session="x\\"; SECRET=4"',
        'session = "x; SECRET=4"; csrftoken=1',
        'session="never closed; SECRET=4; SECRET2=5',
        'session="x; _pk_id.SECRET=4"',
        "_pk_id.SECRET",
        '"SECRET=4"; session=1',
    ],
)
def test_what_may_be_a_piece_of_a_value_is_not_logged_reported_or_kept(
    header: str, hidden: str, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append, hide_cookies=hidden)

    visible_of(gate, header)

    lookup = gate.policy.rule_for.__self__  # type: ignore[attr-defined]
    kept = " ".join([*lookup, *(event.name for event in events), caplog.text])
    assert "SECRET" not in kept
