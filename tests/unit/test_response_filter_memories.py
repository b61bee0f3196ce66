"""What the filter of responses remembers and logs, for headers of bytes and of text."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from consentgate import Event, Policy, Reason
from consentgate._cache import BoundedCache
from consentgate.gate.response_filter import ResponseFilter
from consentgate.http.wire import WireFormat
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import visit_of
from tests.support.wire_headers import (
    GA,
    both_wires,
    encoded,
    filtered,
)


def memories_of(response_filter: ResponseFilter[Any]) -> dict[str, BoundedCache[Any, Any]]:
    return {
        name: memory
        for part in (response_filter, response_filter.reader)
        for name, memory in vars(part).items()
        if isinstance(memory, BoundedCache)
    }


@pytest.mark.behaviour(23)
@both_wires
@pytest.mark.parametrize("length", [4, 90, 100_000])
def test_no_application_fills_the_memories_past_their_bounds(
    wire: WireFormat[Any], length: int
) -> None:
    gate = gate_of(on_event=None)
    response_filter = gate.response_filter(wire)
    fill = "x" * length
    for number in range(2500 if length < 1000 else 50):
        headers = [
            (f"x-{number}-{fill}", "1"),
            ("set-cookie", f"n{number}{fill}=1; Path=/{number}{fill}"),
            ("set-cookie", f"_pk_id.{number}{fill}=1; Path=/{number}{fill}"),
            ("cache-control", f"max-age={number}, {fill}"),
        ]
        filtered(response_filter, visit_of(gate), encoded(wire, headers))

    memories = memories_of(response_filter)
    assert len(memories) >= 4
    for memory in memories.values():
        assert len(memory) <= memory.most_entries
        assert memory.weight_bytes <= memory.most_bytes


@pytest.mark.behaviour(23)
@both_wires
def test_no_value_of_a_cookie_is_remembered(wire: WireFormat[Any]) -> None:
    response_filter = gate_of().response_filter(wire)
    cookies = ["session", "_ga", "_fbp", "new", "app_x", "cookies_preferences", " "]
    headers = [("set-cookie", f"{name}=confidential; Path=/") for name in cookies]

    for _ in range(2):
        filtered(
            response_filter,
            visit_of(gate_of()),
            encoded(wire, [*headers, ("set-cookie", "confidential"), ("x-a", "confidential")]),
        )

    assert "confidential" not in repr(memories_of(response_filter))


@pytest.mark.behaviour(20)
@both_wires
def test_a_stripped_cookie_is_logged_once_however_often_it_is_sent(
    caplog: pytest.LogCaptureFixture, wire: WireFormat[Any]
) -> None:
    gate = gate_of(on_event=None, policy=Policy())
    response_filter = gate.response_filter(wire)
    caplog.clear()

    with caplog.at_level(logging.INFO, "consentgate"):
        for _ in range(3):
            filtered(response_filter, visit_of(gate), encoded(wire, [("set-cookie", "plugin=1")]))

    assert len(caplog.records) == 1


@pytest.mark.behaviour(20)
@both_wires
def test_a_listener_hears_of_each_stripped_cookie(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    response_filter = gate.response_filter(wire)

    for _ in range(3):
        filtered(response_filter, visit_of(gate), encoded(wire, [GA]))

    told = [(event.reason, event.name, event.category) for event in events]
    assert told == [(Reason.UNDECIDED, "_ga", "statistics")] * 3


@both_wires
def test_another_reason_for_the_same_cookie_is_logged_too(
    caplog: pytest.LogCaptureFixture, wire: WireFormat[Any]
) -> None:
    gate = gate_of(on_event=None)
    response_filter = gate.response_filter(wire)

    with caplog.at_level(logging.INFO, "consentgate"):
        for cookie in ["", preferences_for(), "", preferences_for()]:
            filtered(response_filter, visit_of(gate, cookie=cookie), encoded(wire, [GA]))

    logged = [record.getMessage()[:5] for record in caplog.records if "_ga" in record.getMessage()]
    assert logged == [Reason.UNDECIDED, Reason.REFUSED]
