"""The ASGI middleware: puts the gate around an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Unpack

from consentgate._applications import Interface, extra_for, for_applications
from consentgate._asgi_exchange import (
    CONDITIONAL_HEADERS,
    App,
    AsgiExchange,
    AsgiResponse,
    Message,
    Receive,
    Scope,
    Send,
    ask_scope_plainly,
    may_have_banner,
    take_status,
)
from consentgate._middleware import (
    GatesByPolicy,
    MiddlewareOptions,
    PolicyOption,
    PreparedGate,
    enter_stack,
)
from consentgate._outer_middleware import warn_of_outer_apps
from consentgate.banner.page_insertion import is_worker
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.http.header_lists import headers_by_name, set_header
from consentgate.http.wire import BYTES
from consentgate.pages.asgi import check_toolkit, page_app
from consentgate.pages.http import path_in_scope

_REQUESTS = frozenset({"http", "websocket"})


@for_applications(Interface.ASGI)
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
        self._knows_place = False
        self._mark = "" if self._pages is None else self._pages.path_mark
        if self._pages is not None:
            check_toolkit(extra_for(app, default="asgi"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application behind the gate."""
        if scope["type"] not in _REQUESTS:
            close = self._gates.close_records
            await self.app(scope, receive, send if close is None else _closing(send, close))
            return
        if not self._knows_place:
            self._knows_place = True
            if CONSENT_KEY not in scope:  # else another gate judges what is between the two
                warn_of_outer_apps(scope, ConsentMiddleware)
        gate = self._gates.single or self._gates.pick(scope)
        exchange = _receive_request(scope, gate)
        if exchange is None:
            await self.app(scope, receive, send)
            return
        app, banners, response = self.app, None, None
        # Nearly every path is without the mark of the library's pages: that is seen sooner.
        own_path = self._own_path(scope) if self._mark and self._mark in scope["path"] else None
        if own_path is not None:
            app = page_app(gate.pages, own_path, exchange)
        elif gate.banners is not None and may_have_banner(exchange):
            banners = gate.banners
            ask_scope_plainly(scope, exchange, banners)
            is_asked = not CONDITIONAL_HEADERS.isdisjoint(exchange.headers)
            if scope["method"] != "POST" and (is_asked or is_worker(banners, exchange)):
                response = AsgiResponse(exchange, gate, scope, send, banners)
                response.settle_conditions()
        read_head = gate.response_filter.read

        def guarded_send(message: Message) -> Awaitable[None]:
            nonlocal response
            # The server gets a copy, on which the decision is made.
            message = {**message}
            kind = message["type"]
            if type(kind) is not str:
                kind = message["type"] = str.__str__(kind)  # it may lie about what it equals
            if kind == "http.response.body":
                if response is None or response.passes_body:
                    return send(message)
                return response.send_body(message)
            if response is None:
                if kind == "http.response.start":
                    # Nearly all start like this, and leave as they came.
                    head = read_head(message.get("headers") or ())
                    if type(message.get("status")) is not int:
                        take_status(message)
                    if not (head.questions or exchange.needs_review) and (
                        banners is None or not head.is_html
                    ):
                        exchange.started = True
                        message["headers"] = head.pairs
                        return send(message)
                    response = AsgiResponse(exchange, gate, scope, send, banners)
                    return response.start(message, head)
                response = AsgiResponse(exchange, gate, scope, send, banners)
            return response.send(message)

        scope[CONSENT_KEY] = exchange
        try:
            await app(scope, receive, guarded_send)
        except Exception:
            if response is not None:
                await response.release()
            raise
        else:
            if response is not None and not response.passes_body:
                # The application ended before its response: what it sent leaves as it came.
                await response.release()
        finally:
            exchange.is_running = False
            # What ended is no gate around anything.
            if exchange.outer_gate is None:
                scope.pop(CONSENT_KEY, None)
            else:
                scope[CONSENT_KEY] = exchange.outer_gate

    def _own_path(self, scope: Scope) -> str | None:
        """Return what follows the prefix in the path of one of the library's pages."""
        if self._pages is None or scope["type"] != "http":
            return None
        return self._pages.own_path(path_in_scope(scope))


def _closing(send: Send, close: Callable[[], None]) -> Send:
    """Return the `send` of a lifespan: what is held is closed before the server may end."""

    async def send_closed(message: Message) -> None:
        if str(message["type"]).startswith("lifespan.shutdown."):
            import asyncio  # noqa: PLC0415 (only where records are kept)

            await asyncio.to_thread(close)
        await send(message)

    return send_closed


def _receive_request(scope: Scope, gate: PreparedGate[bytes]) -> AsgiExchange | None:
    """Take the facts of the request as the server gave them, and hide from the application what it
    may not read. Return None where an equal gate is around it already."""
    raw = scope.get("headers")
    if type(raw) is not list:
        # ASGI asks for an iterable only: one that is read here would be empty for the rest.
        raw = scope["headers"] = [*(raw or ())]
    exchange = AsgiExchange()
    exchange.settings = gate.settings
    exchange.pages = gate.pages
    exchange.request = {**scope}
    if raw and type(raw[0]) is not tuple:
        # Into pairs that are lists the application could write.
        raw = exchange.request["headers"] = [*map(tuple, raw)]
    exchange.headers = headers_by_name(raw)
    cookie = exchange.headers.get(b"cookie", b"")
    exchange.cookie_header = cookie
    if CONSENT_KEY in scope and not enter_stack(exchange, scope[CONSENT_KEY]):
        return None
    visible = cookie
    if cookie and gate.request_filter is not None:
        visible = gate.request_filter.visible(exchange, cookie)
    # A list of its own: what the application writes into it is not what the server gave.
    own = scope["headers"] = [*raw]
    if visible is not cookie:
        set_header(own, b"cookie", visible, known=cookie)
    return exchange
