"""The filter of responses, for headers of bytes and of text: what leaves and what is stripped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consentgate import Cookie, Event, Policy, Reason, VisitorConsent
from consentgate.gate.judge import Blocked
from consentgate.http.wire import WireFormat
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import visit_of
from tests.support.wire_headers import (
    GA,
    PLAIN,
    PRIVATE,
    SESSION,
    VARY,
    Headers,
    both_wires,
    decoded,
    encoded,
    filtered,
    left_of,
)

BREAKS = ["\r", "\n", "\0"]


@both_wires
def test_what_is_stripped_makes_the_response_private(wire: WireFormat[Any]) -> None:
    assert left_of(wire, PLAIN, GA, SESSION) == [PLAIN, SESSION, PRIVATE, VARY]


@both_wires
def test_what_is_granted_leaves_byte_for_byte(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), cookie=preferences_for("statistics"))

    left = left_of(wire, GA, ("set-cookie", "_fbp=1"), exchange=exchange)

    assert left == [GA, PRIVATE, VARY]


@pytest.mark.behaviour(14)
@both_wires
def test_what_leaves_by_consent_makes_the_response_private_too(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), cookie=preferences_for("statistics"))

    assert left_of(wire, GA, exchange=exchange) == [GA, PRIVATE, VARY]


@pytest.mark.behaviour(14)
@both_wires
@pytest.mark.parametrize("order", [1, -1], ids=["shared first", "private first"])
def test_one_response_for_all_and_one_for_its_visitor_are_not_taken_for_each_other(
    wire: WireFormat[Any], order: int
) -> None:
    gate = gate_of()
    response_filter = gate.response_filter(wire)
    public = ("cache-control", "public")
    left: dict[tuple[str, str], Headers] = {}
    for cookie in [SESSION, GA][::order]:
        exchange = visit_of(gate)
        assert not VisitorConsent(exchange).allows("statistics")
        headers = filtered(response_filter, exchange, encoded(wire, [public, cookie]))
        left[cookie] = decoded(wire, headers)

    assert left == {SESSION: [public, SESSION, VARY], GA: [PRIVATE, VARY]}


@both_wires
def test_a_choice_goes_first_and_what_it_refuses_is_expired_last(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), cookie=f"_ga=1; {preferences_for('statistics')}")
    VisitorConsent(exchange).refuse("statistics")

    left = left_of(wire, GA, SESSION, exchange=exchange)

    assert [value.partition("=")[0] for _, value in left] == [
        *("cookies_preferences", "session", "_ga"),
        *("private", "Cookie"),
    ]


@both_wires
@pytest.mark.parametrize("act", [lambda _: None, lambda consent: consent.grant("statistics")])
def test_a_response_may_start_anew(
    wire: WireFormat[Any], act: Callable[[VisitorConsent], object]
) -> None:
    exchange = visit_of(gate_of())
    act(VisitorConsent(exchange))
    headers = [GA, SESSION, ("set-cookie", "_fbp=1"), ("cache-control", "public")]

    first = left_of(wire, *headers, exchange=exchange)

    assert left_of(wire, *headers, exchange=exchange) == first


@both_wires
@pytest.mark.parametrize("name", ["Set-Cookie", " set-cookie", "set-cookie\t", "SET-COOKIE2"])
def test_a_set_cookie_is_judged_in_any_spelling_and_kept_as_it_is_written(
    wire: WireFormat[Any], name: str
) -> None:
    response_filter = gate_of().response_filter(wire)
    given = encoded(wire, [(name, "_ga=1"), (name, "session=1")])

    left = filtered(response_filter, visit_of(gate_of()), given)

    assert left[0] == given[1]
    assert GA[1] not in [value for _, value in decoded(wire, left)]


@both_wires
def test_a_smuggled_header_goes_and_is_reported(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)

    left = left_of(wire, ("x\r\nset-cookie", "_ga=1"), PLAIN, gate=gate)

    assert left == [PLAIN, PRIVATE]
    assert [event.reason for event in events] == [Reason.HEADER_NAME]


@pytest.mark.behaviour(21)
@both_wires
def test_in_report_mode_all_leaves_and_all_is_reported(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append, mode="report")
    headers = [
        ("x\r\nset-cookie", "_ga=1"),
        GA,
        ("set-cookie", "new=1"),
        ("set-cookie", "session=1\n"),
        ("x-b", "1\r"),
        ("cache-control", "public"),
    ]

    assert left_of(wire, *headers, gate=gate, scans=True) == headers
    assert {event.reason for event in events} == {
        Reason.HEADER_LINE_BREAK,
        Reason.HEADER_NAME,
        Reason.UNDECIDED,
        Reason.UNDECLARED,
        Reason.LINE_BREAK,
    }


@pytest.mark.behaviour(21)
@both_wires
def test_in_report_mode_a_choice_is_stored_and_nothing_expires(wire: WireFormat[Any]) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append, mode="report")
    exchange = visit_of(gate, cookie=f"_ga=1; {preferences_for('statistics')}")
    VisitorConsent(exchange).withdraw()

    left = left_of(wire, GA, gate=gate, exchange=exchange)

    assert [name for name, _ in left] == ["set-cookie", "set-cookie", "cache-control", "vary"]
    assert left[0][1].startswith("cookies_preferences=")
    assert left[1:3] == [GA, PRIVATE]
    assert Reason.WITHDRAWN in {event.reason for event in events}


def blocked_by(wire: WireFormat[Any], *headers: tuple[str, str], **request: Any) -> list[str]:
    gate = gate_of(mode="block", **request)
    with pytest.raises(Blocked) as caught:
        left_of(wire, *headers, gate=gate)
    return [verdict.name for verdict in caught.value.verdicts]


@both_wires
def test_block_mode_blocks_for_what_is_stripped_and_for_nothing_else(
    wire: WireFormat[Any],
) -> None:
    values = ["session=1", "_ga=1", "new=1", "nameless", "_ga=; Max-Age=0", "session=1\n"]
    smuggled = ("x\nset-cookie", "a=1")

    blocked = blocked_by(wire, smuggled, *(("set-cookie", value) for value in values))

    assert blocked == ["", "_ga", "new", "", "session"]


@both_wires
def test_block_mode_does_not_block_for_a_measurement_that_is_not_renewed(
    wire: WireFormat[Any],
) -> None:
    cookie = Cookie("_pk_ses", category="statistics", anonymous=True)
    gate = gate_of(policy=Policy(cookies=[cookie]), mode="block")
    exchange = visit_of(gate, cookie="_pk_ses=1")

    left = left_of(wire, ("set-cookie", "_pk_ses=2"), gate=gate, exchange=exchange)

    assert [name for name, _ in left] == ["cache-control", "vary"]


@both_wires
@pytest.mark.parametrize("mode", ["enforce", "block"])
def test_a_message_that_can_not_bear_the_choice_is_screened_only(
    wire: WireFormat[Any], mode: str
) -> None:
    gate = gate_of(mode=mode)
    exchange = visit_of(gate)
    VisitorConsent(exchange).grant("statistics")
    given = [("set-cookie", "_fbp=1"), GA, ("vary", "x")]

    left = gate.response_filter(wire).screen(exchange, encoded(wire, given))

    assert decoded(wire, left) == given[1:]


@both_wires
def test_a_message_with_nothing_to_strip_is_screened_as_it_is(wire: WireFormat[Any]) -> None:
    gate = gate_of()
    given = encoded(wire, [PLAIN, SESSION, ("vary", "x")])

    assert gate.response_filter(wire).screen(visit_of(gate), iter(given)) == given


# Handshakes


@both_wires
def test_a_handshake_gets_no_caching_headers_but_keeps_its_own(wire: WireFormat[Any]) -> None:
    caching = ("cache-control", "public")

    assert left_of(wire, GA, PLAIN, is_handshake=True) == [PLAIN]
    assert left_of(wire, caching, GA, is_handshake=True) == [PRIVATE]


@both_wires
def test_a_handshake_stores_a_choice_and_expires_what_it_refuses(wire: WireFormat[Any]) -> None:
    exchange = visit_of(gate_of(), method="GET", cookie=preferences_for("statistics"))
    VisitorConsent(exchange).withdraw()

    left = left_of(wire, exchange=exchange, is_handshake=True)

    assert [value.partition("=")[0] for _, value in left] == ["cookies_preferences", "_ga"]


# Gates around gates


@pytest.mark.behaviour(27)
@both_wires
def test_what_a_gate_wrote_is_known_to_all_gates_around_it(wire: WireFormat[Any]) -> None:
    inner_gate, outer_gate = gate_of(), gate_of(audience="another")
    outermost, outer, inner = visit_of(outer_gate), visit_of(outer_gate), visit_of(inner_gate)
    outer.outer_gate, inner.outer_gate = outermost, outer
    VisitorConsent(inner).grant("statistics")

    left = left_of(wire, GA, gate=inner_gate, exchange=inner)

    for exchange in (outer, outermost):
        assert left_of(wire, *left, gate=outer_gate, exchange=exchange)[0] == left[0]
        planted = ("set-cookie", "cookies_preferences=planted")
        assert planted not in left_of(wire, planted, gate=outer_gate, exchange=exchange)


@pytest.mark.behaviour(27)
@both_wires
def test_a_gate_without_a_declaration_lets_out_what_one_further_in_wrote(
    wire: WireFormat[Any],
) -> None:
    gate = gate_of()
    exchange = visit_of(gate)
    exchange.inner_gate_values = ("other=1; Path=/",)

    left = left_of(
        wire,
        ("set-cookie", "other=1; Path=/"),
        ("set-cookie", "other=2"),
        GA,
        gate=gate,
        exchange=exchange,
    )

    assert [value for name, value in left if name == "set-cookie"] == ["other=1; Path=/"]


# Line breaks


@both_wires
@pytest.mark.parametrize("character", BREAKS, ids=repr)
@pytest.mark.parametrize(
    "form", ["{}", "1{}", "{}1", "a{}b", "1\r\n x"], ids=["alone", "end", "start", "in", "folded"]
)
def test_a_header_with_a_line_break_goes_where_headers_are_scanned(
    wire: WireFormat[Any], character: str, form: str
) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    given = [PLAIN, ("x-b", form.replace("{}", character)), (f"x{character}c", "1")]

    assert left_of(wire, *given, gate=gate, scans=True) == [PLAIN]
    assert [event.reason for event in events] == [Reason.HEADER_LINE_BREAK] * 2
    assert left_of(wire, *given, gate=gate) == given


@both_wires
@pytest.mark.parametrize("scans", [False, True])
def test_the_verdict_on_a_cookie_with_a_line_break_is_the_judges(
    wire: WireFormat[Any], scans: bool
) -> None:
    events: list[Event] = []
    gate = gate_of(on_event=events.append)
    values = [f"session=1{end}" for end in BREAKS] + ["_ga\r=1", "new=1; Path=/\n"]

    left = left_of(wire, *(("set-cookie", value) for value in values), gate=gate, scans=scans)

    assert left == [PRIVATE]
    assert [event.reason for event in events] == [Reason.LINE_BREAK] * 5


@both_wires
@pytest.mark.parametrize("value", [f"session=1{end}" for end in BREAKS], ids=repr)
def test_a_necessary_cookie_alone_with_a_line_break_goes(wire: WireFormat[Any], value: str) -> None:
    assert left_of(wire, ("set-cookie", value)) == [PRIVATE]


@both_wires
@pytest.mark.parametrize(
    "header", [("cache-control", "no-store\n"), ("vary\r", "x"), ("expires", "0\0")], ids=str
)
def test_what_loses_a_header_about_caches_is_private(
    wire: WireFormat[Any], header: tuple[str, str]
) -> None:
    assert left_of(wire, PLAIN, header, scans=True) == [PLAIN, PRIVATE]


@both_wires
def test_the_option_of_the_gate_scans_too(wire: WireFormat[Any]) -> None:
    assert gate_of(scan_headers=True).response_filter(wire).scans
    assert not gate_of().response_filter(wire).scans
