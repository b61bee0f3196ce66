"""A bare CR, LF or NUL would split the head of a response on several WSGI servers."""

from __future__ import annotations

import pytest

from consentgate import Event, Reason
from tests.support.minimal_servers import answerer, serve, set_cookies, wsgi_gate

BREAKS = pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"], ids=["CRLF", "LF", "CR", "NUL"])
SMUGGLED = "Set-Cookie: _ga=1"


def reasons(events: list[Event]) -> list[Reason]:
    return [event.reason for event in events]


@BREAKS
@pytest.mark.parametrize(
    "value", ["session=1{}", "session=1; Path=/{}", "_ga=; Max-Age=0{}", "x{}"]
)
def test_a_set_cookie_with_a_break_goes_whatever_its_name(value: str, end: str) -> None:
    events: list[Event] = []

    server = serve(
        wsgi_gate(answerer(*set_cookies("app_a=1", value.format(end + SMUGGLED))), events)
    )

    assert server.cookies == ["app_a=1"]
    assert reasons(events) == [Reason.LINE_BREAK]


@BREAKS
def test_another_header_with_a_break_in_its_value_goes(end: str) -> None:
    events: list[Event] = []
    headers = [("X-A", "1"), ("X-B", f"2{end}{SMUGGLED}"), ("X-C", "3")]

    server = serve(wsgi_gate(answerer(*headers), events))

    assert server.headers == [("X-A", "1"), ("X-C", "3")]
    assert [(event.reason, event.name) for event in events] == [(Reason.HEADER_LINE_BREAK, "X-B")]


@BREAKS
@pytest.mark.parametrize("name", ["X: 1{}Set-Cookie", "Set-Cookie{}", "{}Set-Cookie", "X{}Y"])
def test_a_header_with_a_break_in_its_name_goes_always(name: str, end: str) -> None:
    events: list[Event] = []
    header = (name.format(end), "session=1")

    server = serve(wsgi_gate(answerer(header, ("X-C", "3")), events, unknown="report"))

    assert server.headers[:1] == [("X-C", "3")]
    assert {name for name, _ in server.headers[1:]} <= {"Cache-Control"}
    assert reasons(events) == [Reason.HEADER_LINE_BREAK]


@BREAKS
def test_a_status_line_with_a_break_becomes_a_500(end: str) -> None:
    events: list[Event] = []
    app = answerer(("X-A", "1"), *set_cookies("session=1"), status=f"200 OK{end}{SMUGGLED}")

    server = serve(wsgi_gate(app, events))

    assert server.status == "500 Internal Server Error"
    assert server.headers == [("X-A", "1"), ("Set-Cookie", "session=1")]
    assert reasons(events) == [Reason.STATUS_LINE_BREAK]


def test_a_status_line_that_is_merely_odd_is_the_servers() -> None:
    events: list[Event] = []

    server = serve(wsgi_gate(answerer(("X-A", "1"), status="200 Très\xa0bien"), events))

    assert (server.status, events) == ("200 Très\xa0bien", [])


@BREAKS
def test_report_mode_reports_every_break_and_changes_nothing(end: str) -> None:
    events: list[Event] = []
    status = f"200 OK{end}x"
    headers = [("X-B", f"2{end}x"), (f"X{end}", "1"), *set_cookies(f"session=1{end}x")]

    server = serve(wsgi_gate(answerer(*headers, status=status), events, mode="report"))

    assert (server.status, server.headers) == (status, headers)
    assert reasons(events) == [
        Reason.STATUS_LINE_BREAK,
        Reason.HEADER_LINE_BREAK,
        Reason.HEADER_LINE_BREAK,
        Reason.LINE_BREAK,
    ]


@pytest.mark.parametrize("character", ["\t", "\x0b", "\x0c", "\x1c", "\x85", "\xa0"])
def test_what_splits_lines_for_python_alone_is_no_break(character: str) -> None:
    headers = [("X-B", f"2{character}x"), *set_cookies(f"session=1{character}x")]

    server = serve(wsgi_gate(answerer(*headers)))

    assert server.headers == headers


def test_a_break_is_reported_without_the_value_that_held_it() -> None:
    events: list[Event] = []
    headers = [("X-B", "hidden\nvalue"), *set_cookies("session=hidden\nvalue")]

    serve(wsgi_gate(answerer(*headers, status="200 hidden\nvalue"), events))

    assert "hidden" not in repr(events)
