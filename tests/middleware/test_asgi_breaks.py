"""A bare CR, LF or NUL splits the head of a response where a server lets it through."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import ConfigurationError, Event, Reason
from tests.support.exchange import gate_of
from tests.support.minimal_servers import (
    BODY,
    answerer,
    asgi_gate,
    cookies,
    sender,
    set_by,
    start,
    talk,
    websocket_scope,
    wsgi_gate,
)

BREAKS = pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"], ids=["CRLF", "LF", "CR", "NUL"])
LINE = "Set-Cookie: _ga=1"


def broken(end: str) -> list[tuple[bytes, bytes]]:
    """Headers of which only the first and the last are whole."""
    value, name = f"2{end}{LINE}".encode(), f"x-c{end}set-cookie".encode()
    return [(b"x-a", b"1"), (b"x-b", value), (name, b"_ga=1"), (b"x-d", b"4")]


def scanning(*messages: Any, events: list[Event] | None = None, **options: Any) -> Any:
    return asgi_gate(sender(*messages), events, scan_headers=True, **options)


@BREAKS
def test_a_scanning_gate_drops_other_headers_with_a_break(end: str) -> None:
    events: list[Event] = []

    sent = talk(scanning(start(*broken(end), *cookies("session=1")), BODY, events=events))

    assert sent[0]["headers"][:2] == [(b"x-a", b"1"), (b"x-d", b"4")]
    assert set_by(sent[0]) == [b"session=1"]
    assert sent[1] == BODY
    assert [event.reason for event in events] == [Reason.HEADER_LINE_BREAK] * 2
    assert events[0].name == "x-b"


@BREAKS
def test_a_set_cookie_with_a_break_is_told_as_such(end: str) -> None:
    events: list[Event] = []

    sent = talk(scanning(start(*cookies(f"session=1{end}{LINE}", "app_a=1")), events=events))

    assert set_by(sent[0]) == [b"app_a=1"]
    assert [event.reason for event in events] == [Reason.LINE_BREAK]


def test_without_the_option_other_headers_are_left_to_the_server() -> None:
    events: list[Event] = []

    sent = talk(asgi_gate(sender(start((b"x-b", b"2\r\nx: y"))), events))

    assert sent[0]["headers"] == [(b"x-b", b"2\r\nx: y")]
    assert events == []


def test_headers_may_come_as_an_iterator_of_lists() -> None:
    headers = iter([[b"x-a", b"1"], [b"x-b", b"2\n"], [b"set-cookie", b"session=1"]])
    message = {"type": "http.response.start", "status": 200, "headers": headers}

    sent = talk(scanning(message))

    assert sent[0]["headers"] == [(b"x-a", b"1"), (b"set-cookie", b"session=1")]


def test_the_application_s_own_message_stays_as_it_is() -> None:
    message = start(*broken("\n"))

    talk(scanning(message))

    assert message["headers"] == broken("\n")


def test_trailers_and_early_hints_are_scanned_too() -> None:
    links = [b"</a.css>; rel=preload", f"</b.css>\r\n{LINE}".encode()]
    hint = {"type": "http.response.early_hint", "links": links}
    trailers = {"type": "http.response.trailers", "headers": broken("\r\n")}

    sent = talk(scanning(hint, start(), BODY, trailers))

    assert sent[0] == {"type": "http.response.early_hint", "links": links[:1]}
    assert sent[3]["headers"] == [(b"x-a", b"1"), (b"x-d", b"4")]


def test_report_mode_reports_every_break_and_changes_nothing() -> None:
    events: list[Event] = []
    headers = [*broken("\r\n"), *cookies(f"session=1\n{LINE}")]
    hint = {"type": "http.response.early_hint", "links": [b"a\nb"]}

    sent = talk(scanning(hint, start(*headers), events=events, mode="report"))

    assert sent[0]["links"] == [b"a\nb"]
    assert sent[1]["headers"] == headers
    assert {event.reason for event in events} == {
        Reason.HEADER_LINE_BREAK,
        Reason.LINE_BREAK,
        Reason.HEADER_NAME,
    }


def test_a_scanning_gate_that_blocks_does_both() -> None:
    sent = talk(scanning(start(*broken("\n")), BODY, mode="block"))
    blocked = talk(scanning(start(*cookies("_ga=1")), BODY, mode="block"))

    assert (sent[0]["status"], sent[0]["headers"][:2]) == (200, [(b"x-a", b"1"), (b"x-d", b"4")])
    assert blocked[0]["status"] == 500


@BREAKS
@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.http.response.start"])
def test_the_answer_to_a_handshake_is_always_scanned(kind: str, end: str) -> None:
    events: list[Event] = []
    message = {"type": kind, "headers": broken(end)}

    sent = talk(asgi_gate(sender(message), events), websocket_scope())

    assert sent[0]["headers"][:2] == [(b"x-a", b"1"), (b"x-d", b"4")]
    assert [event.reason for event in events] == [Reason.HEADER_LINE_BREAK] * 2


@BREAKS
def test_a_subprotocol_with_a_break_is_not_agreed_on(end: str) -> None:
    events: list[Event] = []
    message = {"type": "websocket.accept", "subprotocol": f"chat{end}{LINE}", "headers": []}

    sent = talk(asgi_gate(sender(message), events), websocket_scope())

    assert sent[0]["subprotocol"] is None
    assert [event.name for event in events] == ["sec-websocket-protocol"]


def test_a_handshake_in_report_mode_keeps_its_subprotocol() -> None:
    message = {"type": "websocket.accept", "subprotocol": "chat\n"}

    sent = talk(asgi_gate(sender(message), mode="report"), websocket_scope())

    assert sent[0]["subprotocol"] == "chat\n"


def test_frames_of_a_websocket_are_no_headers() -> None:
    frame = {"type": "websocket.send", "text": f"a\r\n{LINE}"}

    sent = talk(asgi_gate(sender({"type": "websocket.accept"}, frame)), websocket_scope())

    assert sent[1] == frame


def test_gates_that_scan_and_that_do_not_are_two_gates() -> None:
    inner = scanning(start(*broken("\n")))

    sent = talk(asgi_gate(inner))

    assert sent[0]["headers"][:2] == [(b"x-a", b"1"), (b"x-d", b"4")]


def test_the_option_is_true_or_false_and_wsgi_takes_it_too() -> None:
    wsgi_gate(answerer(), scan_headers=True)

    with pytest.raises(ConfigurationError, match="scan_headers"):
        gate_of(scan_headers="no")
