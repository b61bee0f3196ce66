"""Block mode replaces a response with cookies that must not leave; report mode only tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from consentgate import Event, Reason, get_consent
from tests.support.exchange import Ask, preferences_for
from tests.support.minimal_servers import (
    BODY,
    App,
    Message,
    WsgiServer,
    answerer,
    asgi_gate,
    cookies,
    http_scope,
    sender,
    serve,
    set_by,
    set_cookies,
    start,
    talk,
    websocket_scope,
    wsgi_gate,
)

BAD = ("session=1", "_ga=secret", "new=secret", "secret")
PAGE = (
    b"consentgate blocked this response. These cookies must not leave:\n"
    b"CG111 _ga\nCG110 new\nCG115 \n"
)
HEADERS = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("content-length", str(len(PAGE))),
]
REASONS = [Reason.UNDECIDED, Reason.UNDECLARED, Reason.NAMELESS]


# Block mode under ASGI

RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS]


def test_a_blocked_response_is_a_500_with_names_and_reasons_and_no_cookie() -> None:
    events: list[Event] = []
    app = sender(start(*cookies(*BAD), status=201), BODY)

    sent = talk(asgi_gate(app, events, mode="block"))

    assert sent == [
        {"type": "http.response.start", "status": 500, "headers": RAW_HEADERS},
        {"type": "http.response.body", "body": PAGE},
    ]
    assert [event.reason for event in events] == REASONS
    assert {event.mode for event in events} == {"block"}


def test_a_blocked_answer_to_head_has_the_length_and_no_body() -> None:
    sent = talk(
        asgi_gate(sender(start(*cookies(*BAD)), BODY), mode="block"), http_scope(method="HEAD")
    )

    assert sent[0]["headers"] == RAW_HEADERS
    assert sent[1:] == [{"type": "http.response.body", "body": b""}]


def test_what_an_application_sends_after_it_was_blocked_is_swallowed() -> None:
    trailers = {"type": "http.response.trailers", "headers": cookies("_ga=1")}
    app = sender(start(*cookies("_ga=1"), trailers=True), BODY, BODY, trailers)

    sent = talk(asgi_gate(app, mode="block"))

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert "trailers" not in sent[0]


def test_a_websocket_that_sets_a_cookie_is_denied() -> None:
    events: list[Event] = []
    accepting: list[Message] = [
        {"type": "websocket.accept", "headers": cookies("_ga=1")},
        {"type": "websocket.send", "text": "hello"},
    ]

    sent = talk(asgi_gate(sender(*accepting), events, mode="block"), websocket_scope())

    assert sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]
    assert [event.reason for event in events] == [Reason.UNDECIDED]


def test_a_denial_of_a_websocket_that_sets_a_cookie_is_replaced() -> None:
    denial: list[Message] = [
        {"type": "websocket.http.response.start", "status": 403, "headers": cookies("_ga=1")},
        {"type": "websocket.http.response.body", "body": b"no"},
    ]

    sent = talk(asgi_gate(sender(*denial), mode="block"), websocket_scope())

    assert [message["type"] for message in sent] == [message["type"] for message in denial]
    assert (sent[0]["status"], set_by(sent[0])) == (500, [])
    assert sent[1]["body"].endswith(b"CG111 _ga\n")


@pytest.mark.parametrize("values", [(), ("session=1",), ("_ga=; Max-Age=0",)], ids=str)
def test_a_response_without_such_cookies_is_not_blocked(values: tuple[str, ...]) -> None:
    sent = talk(asgi_gate(sender(start(*cookies(*values)), BODY), mode="block"))

    assert (sent[0]["status"], len(set_by(sent[0]))) == (200, len(values))
    assert sent[1] == BODY


def test_a_granted_cookie_is_not_blocked() -> None:
    scope = http_scope(preferences_for("statistics"))

    [sent] = talk(asgi_gate(sender(start(*cookies("_ga=1"))), mode="block"), scope)

    assert (sent["status"], set_by(sent)) == (200, [b"_ga=1"])


def test_a_choice_is_not_written_by_a_response_that_is_blocked() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant()
        await send(start(*cookies("new=1")))

    [sent, _] = talk(asgi_gate(app, mode="block"), http_scope(method="POST"))

    assert (sent["status"], set_by(sent)) == (500, [])


def test_block_mode_strips_from_messages_that_are_no_start() -> None:
    hint = {"type": "http.response.early_hint", "headers": cookies("_ga=1", "session=1")}

    sent = talk(asgi_gate(sender(hint, start(), BODY), mode="block"))

    assert set_by(sent[0]) == [b"session=1"]
    assert sent[1]["status"] == 200


# Block mode under WSGI

TITLED = [(name.title(), value) for name, value in HEADERS]


def write(environ: Any, start_response: App) -> list[bytes]:
    start_response("200 OK", set_cookies(*BAD))(b"written")
    return [b"returned"]


def generate(environ: Any, start_response: App) -> Iterator[bytes]:
    start_response("200 OK", set_cookies(*BAD))
    yield b"one"


def generate_nothing(environ: Any, start_response: App) -> Iterator[bytes]:
    start_response("204 No Content", set_cookies(*BAD))
    yield from ()


APPS = pytest.mark.parametrize(
    "app",
    [
        pytest.param(answerer(*set_cookies(*BAD)), id="a list"),
        pytest.param(answerer(*set_cookies(*BAD), body=[]), id="an empty list"),
        pytest.param(write, id="write"),
        pytest.param(generate, id="a generator"),
        pytest.param(generate_nothing, id="an empty generator"),
    ],
)


@APPS
def test_a_blocked_wsgi_response_is_a_500_however_it_is_made(app: App) -> None:
    events: list[Event] = []

    server = serve(wsgi_gate(app, events, mode="block"))

    assert (server.status, server.headers) == ("500 Internal Server Error", TITLED)
    assert server.content == PAGE
    assert [event.reason for event in events] == REASONS


@APPS
def test_a_blocked_wsgi_answer_to_head_has_the_length_and_no_body(app: App) -> None:
    server = serve(wsgi_gate(app, mode="block"), Ask(method="HEAD"))

    assert (server.headers, server.content) == (TITLED, b"")


class CountedBody:
    """A body that knows how much of it was read, and how often it was closed."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return map(self._read, range(3))

    def _read(self, number: int) -> bytes:
        self.read.append(number)
        return b"chunk"

    def close(self) -> None:
        self.closed += 1


def test_a_blocked_body_is_closed_once_and_not_read_on() -> None:
    body = CountedBody()

    serve(wsgi_gate(answerer(*set_cookies("_ga=1"), body=body), mode="block"))

    assert (body.read, body.closed) == ([0], 1)


@pytest.mark.parametrize("values", [(), ("session=1",), ("_ga=; Max-Age=0",)], ids=str)
@pytest.mark.parametrize("body", [(b"a", b"b"), (b"", b"a", b"", b"b", b"")], ids=len)
def test_a_wsgi_response_without_such_cookies_passes_in_block_mode(
    values: tuple[str, ...], body: tuple[bytes, ...]
) -> None:
    server = serve(wsgi_gate(answerer(*set_cookies(*values), body=body), mode="block"))

    assert (server.status, len(server.cookies)) == ("200 OK", len(values))
    assert server.sent == list(body)


def test_an_application_that_was_blocked_may_answer_with_an_error_page() -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", set_cookies("_ga=1"))
        start_response("503 Busy", set_cookies("session=1"), (None, None, None))
        return [b"busy"]

    server = serve(wsgi_gate(app, mode="block"))

    assert (server.status, server.cookies) == ("503 Busy", ["session=1"])
    assert server.content == b"busy"


def test_a_generator_that_fails_fails_in_block_mode_too() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"half"
        raise LookupError("the other half")

    server = WsgiServer()
    with pytest.raises(LookupError, match="the other half"):
        server.run(wsgi_gate(app, mode="block"))

    assert server.content == b"half"


# Report mode


@pytest.mark.behaviour(21)
def test_in_report_mode_every_asgi_message_leaves_as_it_came() -> None:
    events: list[Event] = []
    kinds = ["http.response.early_hint", "http.response.start", "http.response.trailers"]
    headers = [*cookies(*BAD), (b"cache-control", b"public"), (b"set-cookie: x", b"y")]
    messages = [{"type": kind, "headers": list(headers)} for kind in kinds]

    sent = talk(asgi_gate(sender(*messages), events, mode="report"))

    assert sent == messages
    assert [event.reason for event in events] == [*REASONS, Reason.HEADER_NAME] * 3
    assert {event.mode for event in events} == {"report"}


@pytest.mark.behaviour(21)
def test_in_report_mode_a_refused_cookie_is_seen_and_not_expired() -> None:
    events: list[Event] = []
    seen: list[Any] = []
    cookie = f"{preferences_for()}; _ga=1; other=2"

    def app(environ: Any, start_response: App) -> list[bytes]:
        seen.append(environ["HTTP_COOKIE"])
        start_response("200 OK", [("Content-Type", "text/html")])
        return []

    server = serve(wsgi_gate(app, events, mode="report"), Ask(cookie=cookie))

    assert seen == [cookie]
    assert server.headers == [("Content-Type", "text/html")]
    assert (Reason.REFUSED, "hide") in [(event.reason, event.action) for event in events]


@pytest.mark.behaviour(21)
@pytest.mark.parametrize("call", ["grant", "refuse", "withdraw"])
def test_in_report_mode_a_choice_is_still_written(call: str) -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        getattr(get_consent(environ), call)()
        start_response("200 OK", set_cookies("new=1"))
        return []

    cookie = preferences_for("statistics")
    server = serve(wsgi_gate(app, mode="report"), Ask(method="POST", cookie=cookie))

    assert [value.partition("=")[0] for value in server.cookies] == ["cookies_preferences", "new"]


@pytest.mark.behaviour(21)
def test_in_report_mode_a_choice_that_the_application_writes_itself_leaves() -> None:
    forged = preferences_for("statistics")
    events: list[Event] = []

    server = serve(wsgi_gate(answerer(*set_cookies(forged)), events, mode="report"))

    assert server.cookies == [forged]
    assert [event.reason for event in events] == [Reason.PREFERENCES_SET]
