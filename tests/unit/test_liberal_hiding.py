"""What some reader could take for a cookie is hidden like one, and nothing of it is reported."""

from __future__ import annotations

import pytest

from consentgate import Event, Gate
from consentgate.http.cookie_header import MOST_NAMES
from tests.contract.exchange import gate_of
from tests.unit.exchanges import visit_of

pytestmark = [pytest.mark.behaviour(10), pytest.mark.behaviour(25)]


def hide_cookies(gate: Gate, header: str) -> str:
    """The Cookie header that the application sees of this one."""
    assert gate.request_filter is not None
    spans = gate.request_filter.spans(visit_of(gate, cookie=header), header)
    return header if spans is None else "; ".join(header[start:end] for start, end in spans)


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("session=1 _ga=2; other=3", "other=3"),
        ("session=1,_ga=2", ""),
        ('other="1 _ga=2"', ""),
        ("session=1 session=2", "session=1 session=2"),
        ("session={a=1, b=2}", "session={a=1, b=2}"),
        ("other=1; _ga\xe3\x80\x80=2", "other=1"),
    ],
)
def test_a_pair_is_hidden_for_a_name_inside_it(header: str, seen: str) -> None:
    events: list[Event] = []

    assert hide_cookies(gate_of(on_event=events.append), header) == seen
    assert {event.name for event in events} <= {"_ga\xe3\x80\x80", "_ga", "other"}


@pytest.mark.behaviour(23)
def test_what_was_not_looked_at_is_hidden() -> None:
    header = "session=1; " * MOST_NAMES

    assert hide_cookies(gate_of(), f"{header}session=2") == header.removesuffix("; ")
