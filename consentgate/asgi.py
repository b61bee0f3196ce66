"""The ASGI middleware: puts the gate around an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Unpack

from consentgate._applications import Interface, extra_for, for_applications
from consentgate._asgi_exchange import (
    CONDITIONAL_HEADERS,
    NAVIGATIONS_AS_SENT,
    App,
    AsgiExchange,
    AsgiResponse,
    Message,
    Receive,
    Scope,
    Send,
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
from consentgate.banner.page_insertion import may_change, runs_as_worker
from consentgate.banner.plain_request import FILES
from consentgate.banner.response import PAGE_METHODS, may_insert
from consentgate.gate.destination import destination_of
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.http.header_lists import joined_headers, set_header
from consentgate.http.wire import BYTES
from consentgate.pages.asgi import check_toolkit, page_app
from consentgate.pages.banners import Banners
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
        self._knows_place = False
        pages = self._gates.pages
        self._mark = "" if pages is None else pages.path_mark
        if pages is not None:
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
        # Nearly every path is without the mark of the library's pages: that is seen sooner.
        own_path = None
        if gate.pages is not None and self._mark in scope["path"] and scope["type"] == "http":
            own_path = gate.pages.own_path(path_in_scope(scope))
        banners = gate.banners if own_path is None else None
        exchange = _receive_request(scope, gate, banners)
        if exchange is None:
            await self.app(scope, receive, send)
            return
        app = self.app if own_path is None else page_app(gate.pages, own_path, exchange)
        if not exchange.inserts_banner:
            banners = None
        response: AsgiResponse | None = None
        if exchange.needs_preparation:
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


def _closing(send: Send, close: Callable[[], None]) -> Send:
    """Return the `send` of a lifespan: what is held is closed before the server may end."""

    async def send_closed(message: Message) -> None:
        if str(message["type"]).startswith("lifespan.shutdown."):
            import asyncio  # noqa: PLC0415 (only where records are kept)

            await asyncio.to_thread(close)
        await send(message)

    return send_closed


def _receive_request(
    scope: Scope, gate: PreparedGate[bytes], banners: Banners | None
) -> AsgiExchange | None:
    """Take the facts of the request as the server gave them, and hide from the application what it
    may not read. Return None where an equal gate is around it already.

    Where something may be put into the answer, the application sees no Accept-Encoding either, and
    no extension by which the server reads a file itself.
    """
    raw = scope.get("headers")
    if type(raw) is not list:
        # ASGI asks for an iterable only: one that is read here would be empty for the rest.
        raw = scope["headers"] = [*(raw or ())]
    exchange = AsgiExchange()
    exchange.settings = gate.settings
    exchange.pages = gate.pages
    exchange.request = {**scope}
    exchange.needs_review = False  # read at once, as is what follows it
    exchange.outer_gate = None
    if raw and type(raw[0]) is not tuple:
        # Into pairs that are lists the application could write.
        raw = exchange.request["headers"] = [*map(tuple, raw)]
    headers = exchange.headers = dict(raw)
    if len(headers) != len(raw):
        headers = exchange.headers = joined_headers(raw)
    cookie = exchange.cookie_header = headers.get(b"cookie", b"")
    navigation = (headers.get(b"sec-fetch-mode", b""), headers.get(b"sec-fetch-dest", b""))
    exchange.known_destination = NAVIGATIONS_AS_SENT.get(navigation)
    if CONSENT_KEY in scope and not enter_stack(exchange, scope[CONSENT_KEY]):
        return None
    # A list of its own: what the application writes into it is not what the server gave.
    visible_headers = scope["headers"] = [*raw]
    if cookie and gate.request_filter is not None:
        visible = gate.request_filter.visible(exchange, cookie)
        if visible is not cookie:
            set_header(visible_headers, b"cookie", visible, known=cookie)
    method = scope.get("method")
    if (
        banners is not None
        and scope["type"] == "http"
        and method in PAGE_METHODS
        and (exchange.outer_gate is None or may_insert(exchange))
    ):
        exchange.inserts_banner = True
        destination = exchange.known_destination or destination_of(exchange)
        if destination.is_page or may_change(banners, exchange):
            coding = headers.get(b"accept-encoding")
            if coding is not None:
                set_header(visible_headers, b"accept-encoding", b"", known=coding)
            extensions = scope.get("extensions")
            if extensions and not FILES.isdisjoint(extensions):
                scope["extensions"] = {
                    name: value for name, value in extensions.items() if name not in FILES
                }
        exchange.needs_preparation = method != "POST" and (
            not headers.keys().isdisjoint(CONDITIONAL_HEADERS)
            or (banners.guards and runs_as_worker(exchange))
        )
    return exchange
