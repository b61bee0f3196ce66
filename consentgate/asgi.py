"""The ASGI middleware: puts the gate around an application."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Unpack

from consentgate._asgi_exchange import (
    App,
    AsgiExchange,
    AsgiResponse,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
)
from consentgate._middleware import (
    GatesByPolicy,
    MiddlewareOptions,
    PolicyOption,
    PreparedGate,
    enter_stack,
)
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.http.wire import BYTES
from consentgate.pages.asgi import answer_page, check_toolkit
from consentgate.pages.http import path_in_scope


class ConsentMiddleware:
    """An ASGI application that lets out only the cookies its visitor allows.

    Put it outermost: what middleware outside of it sets is not seen. `policy` is a Policy or a
    function of the scope that picks one of a fixed set; the options are those of `Gate` and those
    of the visitor's pages.
    """

    def __init__(
        self,
        app: App,
        *,
        policy: PolicyOption,
        secret_key: str | bytes,
        **options: Unpack[MiddlewareOptions],
    ) -> None:
        self.app = app
        self._gates = GatesByPolicy(policy, secret_key=secret_key, options=options, wire=BYTES)
        self._pages = self._gates.pages
        if self._pages is not None:
            check_toolkit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application behind the gate."""
        kind = scope["type"]
        if kind != "http" and kind != "websocket":
            await self.app(scope, receive, send)
            return
        gate = self._gates.single or self._gates.pick(scope)
        exchange = _receive_request(scope, gate)
        if exchange is None:
            await self.app(scope, receive, send)
            return
        response = AsgiResponse(exchange, gate, send)

        def guarded_send(message: Message) -> Awaitable[None]:
            # The server gets a copy, on which the decision is made.
            message = {**message}
            message_type = message["type"]
            if message_type == "http.response.body" and response.passes_body:
                return send(message)
            if message_type == "http.response.start":
                return response.start(message)
            return response.send(message)

        scope[CONSENT_KEY] = exchange
        try:
            # Nearly every path is without the mark of the library's pages: that is seen sooner.
            if self._pages is not None and kind == "http":
                if self._pages.path_mark in scope["path"]:
                    own_path = self._pages.own_path(path_in_scope(scope))
                    if own_path is not None:
                        assert gate.pages is not None, "there are pages for each policy"
                        await answer_page(
                            gate.pages, own_path, exchange, scope, receive, guarded_send
                        )
                        return
                response.prepare_banner(scope)
            await self.app(scope, receive, guarded_send)
        except Exception:
            await response.release()
            raise
        else:
            if response.held is not None:
                # The application ended before its response: what it sent leaves as it came.
                await response.release()
        finally:
            exchange.is_running = False
            # What ended is no gate around anything.
            if exchange.outer_gate is None:
                scope.pop(CONSENT_KEY, None)
            else:
                scope[CONSENT_KEY] = exchange.outer_gate


def _receive_request(scope: Scope, gate: PreparedGate[bytes]) -> AsgiExchange | None:
    """Take the facts of the request as the server gave them, and hide from the application what it
    may not read. Return None where an equal gate is around it already."""
    raw = scope.get("headers")
    if type(raw) is not list:
        # ASGI asks for an iterable only: one that is read here would be empty for the rest.
        raw = scope["headers"] = [*(raw or ())]
    headers: dict[bytes, bytes] = dict(raw)
    if len(headers) != len(raw):
        headers = _join_repeated(raw)
    exchange = AsgiExchange()
    exchange.settings = gate.settings
    exchange.pages = gate.pages
    exchange.request = {**scope}
    exchange.headers = headers
    exchange.needs_review = False
    cookie = exchange.cookie_header = headers.get(b"cookie", b"")
    if CONSENT_KEY in scope and not enter_stack(exchange, scope[CONSENT_KEY]):
        return None
    visible = cookie
    if cookie and gate.request_filter is not None:
        visible = gate.request_filter.visible(exchange, cookie)
    # A list of its own: what the application writes into it is not what the server gave.
    scope["headers"] = [*raw] if visible is cookie else _with_cookie(raw, visible)
    return exchange


def _join_repeated(raw: Headers) -> dict[bytes, bytes]:
    """Return the headers by name; the Cookie header is put together where HTTP/2 split it
    (RFC 9113 section 8.2.3)."""
    headers: dict[bytes, bytes] = {}
    for name, value in raw:
        if name in headers:
            between = b"; " if name == b"cookie" else b", "
            headers[name] += between + value
        else:
            headers[name] = value
    return headers


def _with_cookie(raw: Headers, cookie: bytes) -> Headers:
    """Return the headers with this Cookie header, or without any where it is empty, in the place of
    the first."""
    headers: Headers = []
    for header in raw:
        if header[0] != b"cookie":
            headers.append(header)
        elif cookie:
            headers.append((b"cookie", cookie))
            cookie = b""
    return headers
