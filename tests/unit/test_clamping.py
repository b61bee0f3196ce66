"""A declared lifetime is enforced on the way that costs little, as the judge does it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate import Action, Cookie, Event, Policy, Reason
from consentgate.http.wire import TEXT, WireFormat
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import visit_of
from tests.support.wire_headers import both_wires, left_of

POLICY = Policy(
    cookies=[
        Cookie("day", category="statistics", lifetime="1 day"),
        Cookie("tab", category="statistics", lifetime="session"),
        Cookie("free", category="statistics"),
    ]
)
CHOICE = preferences_for("statistics", policy=POLICY)
IN_A_WEEK = "Expires=Tue, 01 Dec 2026 16:00:00 GMT"
IN_AN_HOUR = "Expires=Tue, 24 Nov 2026 17:00:00 GMT"
ATTRIBUTES = [
    *("Max-Age=60", "Max-Age=86401", "Max-Age=junk", "max-age=-1", "Path=/", "", " ", "="),
    *(IN_A_WEEK, IN_AN_HOUR, "Expires=0", "expires=Thu, 01 Jan 1970 00:00:00 GMT"),
]
LONG_AGO = ("date", "Mon, 01 Jan 2024 00:00:00 GMT")


def leaving(wire: WireFormat[Any], *headers: tuple[str, str], **options: Any) -> list[str]:
    """The cookies that leave to a visitor who allowed them."""
    gate = gate_of(policy=POLICY, **options)
    left = left_of(wire, *headers, gate=gate, exchange=visit_of(gate, cookie=CHOICE))
    return [value for name, value in left if name == "set-cookie"]


@pytest.mark.law(37)
@both_wires
@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("day=1; Path=/; Max-Age=86401", "day=1; Path=/; Max-Age=86400"),
        ("day=1; Path=/; Max-Age=86400", "day=1; Path=/; Max-Age=86400"),
        (f"day=1; {IN_A_WEEK}; Secure", "day=1; Secure; Max-Age=86400"),
        (f"day=1; {IN_AN_HOUR}", f"day=1; {IN_AN_HOUR}"),
        ("day=1; Path=/", "day=1; Path=/"),
        ("day=1", "day=1"),
        ("day=a=b;max-age=999999", "day=a=b; Max-Age=86400"),
        ("tab=1; Max-Age=60; Path=/", "tab=1; Path=/"),
        (f"tab=1;{IN_AN_HOUR}", "tab=1"),
        ("tab=1; Path=/", "tab=1; Path=/"),
        ("free=1; Max-Age=99999999", "free=1; Max-Age=99999999"),
    ],
)
def test_a_cookie_that_leaves_by_consent_lives_no_longer_than_declared(
    wire: WireFormat[Any], value: str, left: str
) -> None:
    assert leaving(wire, ("set-cookie", value), ("set-cookie", value)) == [left, left]


@both_wires
def test_an_expires_is_counted_from_the_date_of_the_response(wire: WireFormat[Any]) -> None:
    values = ("set-cookie", f"day=1; {IN_AN_HOUR}"), ("set-cookie", "day=1; Max-Age=60")

    assert leaving(wire, LONG_AGO, *values) == ["day=1; Max-Age=86400", "day=1; Max-Age=60"]


@pytest.mark.parametrize(
    ("listens", "number"), [(True, 3), (False, 0)], ids=["a listener", "nobody"]
)
def test_each_that_is_clamped_is_an_event(listens: bool, number: int) -> None:
    events: list[Event] = []
    value = ("set-cookie", "day=1; Max-Age=99999999")

    leaving(TEXT, value, value, value, on_event=events.append if listens else None)

    assert [(one.reason, one.action, one.name) for one in events] == [
        (Reason.CLAMPED, Action.CLAMP, "day")
    ] * number


@given(
    name=st.sampled_from(["day", "tab", " day"]),
    attributes=st.lists(st.sampled_from(ATTRIBUTES), max_size=4),
)
def test_it_is_what_the_judge_would_say(name: str, attributes: list[str]) -> None:
    value = "; ".join([f"{name}=1", *attributes])
    gate = gate_of(policy=POLICY)

    verdict = gate.judge(value, gate.consent_for("statistics"))

    assert leaving(TEXT, ("set-cookie", value)) == [verdict.value]
