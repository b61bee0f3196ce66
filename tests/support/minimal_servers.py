"""The least of an ASGI and of a WSGI server: they keep what reaches them, and their own rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from consentgate import Event
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.app_calls import environ_of, scope_of
from tests.support.exchange import Ask, options_with

# Any: scopes, messages, environs and applications are as untyped as their specifications.
Scope = dict[str, Any]
Message = dict[str, Any]
App = Callable[..., Any]


def asgi_gate(app: App, events: list[Event] | None = None, **options: Any) -> App:
    """The application behind an ASGI gate of the tests' defaults."""
    return AsgiMiddleware(app, **options_with([] if events is None else events, options))


def wsgi_gate(app: App, events: list[Event] | None = None, **options: Any) -> App:
    """The application behind a WSGI gate of the tests' defaults."""
    return WsgiMiddleware(app, **options_with([] if events is None else events, options))


# ASGI


def http_scope(cookie: str = "", **facts: Any) -> Scope:
    """The scope of a GET over https."""
    return scope_of(Ask(cookie=cookie)) | facts


def websocket_scope(cookie: str = "", **facts: Any) -> Scope:
    """The scope of a websocket's handshake over wss."""
    scope = scope_of(Ask(cookie=cookie)) | {
        "type": "websocket",
        "scheme": "wss",
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }
    del scope["method"]
    return scope | facts


async def converse(app: App, scope: Scope, *received: Message) -> list[Message]:
    """Call an ASGI application; return all that it sends, in order and as the same objects."""
    sent: list[Message] = []
    waiting = iter(received)

    async def receive() -> Message:
        return next(waiting, {"type": f"{scope['type']}.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def talk(app: App, scope: Scope | None = None, *received: Message) -> list[Message]:
    """The same in an event loop of its own."""
    return asyncio.run(converse(app, http_scope() if scope is None else scope, *received))


def start(*headers: tuple[bytes, bytes], **facts: Any) -> Message:
    """The message that starts a response with these headers."""
    return {"type": "http.response.start", "status": 200, "headers": list(headers), **facts}


def cookies(*values: str) -> list[tuple[bytes, bytes]]:
    """The headers that set these cookies."""
    return [(b"set-cookie", value.encode("latin-1")) for value in values]


def set_by(message: Message) -> list[bytes]:
    """The Set-Cookie values of a message."""
    return [value for name, value in message["headers"] if name.lower().strip() == b"set-cookie"]


def sender(*messages: Message) -> App:
    """An ASGI application that sends these messages and ends."""

    async def app(scope: Scope, receive: App, send: App) -> None:
        for message in messages:
            await send(message)

    return app


BODY = {"type": "http.response.body", "body": b"hello"}


# WSGI


@dataclass
class WsgiServer:
    """Takes a response as PEP 3333 says: headers leave with the first byte of the body, and may
    be replaced until then."""

    starts: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    closed: int = 0
    body: Any = None

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        if exc_info is not None and self.sent:
            raise exc_info[1].with_traceback(exc_info[2])
        assert exc_info is not None or not self.starts, "started twice"
        assert type(headers) is list, "PEP 3333 wants a list"
        self.starts.append((status, headers))
        return self._write

    def _write(self, data: bytes) -> None:
        assert self.starts, "nothing leaves before the start"
        self.sent.append(data)

    def run(self, app: App, ask: Ask | None = None, **facts: Any) -> WsgiServer:
        """Serve one request to the end, closing the body once."""
        self.body = app(environ_of(ask or Ask()) | facts, self.start_response)
        try:
            for chunk in self.body:
                self._write(chunk)
        finally:
            getattr(self.body, "close", lambda: None)()
        return self

    @property
    def status(self) -> str:
        return self.starts[-1][0]

    @property
    def headers(self) -> list[tuple[str, str]]:
        return self.starts[-1][1]

    @property
    def cookies(self) -> list[str]:
        return [value for name, value in self.headers if name.lower().strip() == "set-cookie"]

    @property
    def content(self) -> bytes:
        return b"".join(self.sent)


def serve(app: App, ask: Ask | None = None, **facts: Any) -> WsgiServer:
    """Serve one request of a WSGI application; the server knows what reached it."""
    return WsgiServer().run(app, ask, **facts)


def set_cookies(*values: str) -> list[tuple[str, str]]:
    """The headers that set these cookies."""
    return [("Set-Cookie", value) for value in values]


def answerer(
    *headers: tuple[str, str], status: str = "200 OK", body: Iterable[bytes] = (b"hello",)
) -> App:
    """A WSGI application that answers every request with this."""

    def app(environ: Scope, start_response: App) -> Iterable[bytes]:
        start_response(status, list(headers))
        return body

    return app


MESSAGES_WITH_HEADERS = [
    ("http.response.start", http_scope()),
    ("http.response.early_hint", http_scope()),
    ("http.response.trailers", http_scope()),
    ("http.response.push", http_scope()),
    ("http.response.start.of.tomorrow", http_scope()),
    ("websocket.accept", websocket_scope()),
    ("websocket.http.response.start", websocket_scope()),
]
"""The ASGI messages that have headers, one that nobody knows yet among them, each with the scope of
what it answers."""
