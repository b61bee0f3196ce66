"""The ASGI middleware: takes messages apart, asks the gate, and sends messages of its own.

Every message with headers is looked at, whatever its type. What the server gets is a copy: the
application holds none of it, and what leaves is what was judged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Unpack

from consentgate._middleware import (
    BLOCKED_HEADERS,
    GatesByPolicy,
    MiddlewareOptions,
    PolicyOption,
    PreparedGate,
    blocked_body,
    enter_stack,
)
from consentgate.banner.page_headers import CONDITIONAL
from consentgate.banner.response import BannerResponse
from consentgate.gate.exchange import Exchange, prepare_layout
from consentgate.gate.response_filter import Blocked, PageChange
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.http.wire import BYTES
from consentgate.pages.asgi import answer_page, check_toolkit
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.requests import (
    PageAddress,
    page_address,
    path_below,
    path_in_scope,
    scope_mount,
)

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

POLICY_VIOLATION = 1008
"""The websocket close code for what a policy forbids (RFC 6455 section 7.4.1)."""

# These start a response and can store the choice; all other messages are only screened.
_STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


class AsgiExchange(Exchange):
    """An exchange whose request came as an ASGI scope. `headers` are the request's, by name;
    repeated ones are joined."""

    headers: Mapping[bytes, bytes]
    pages: PolicyPages | None

    @property
    def method(self) -> str:
        """The request's method; GET for a websocket's handshake, which is one (RFC 6455, 4.1)."""
        return str(self.request.get("method", "GET"))

    @property
    def path(self) -> str:
        """The request's path without its query."""
        return str(self.request.get("path", ""))

    @property
    def secure(self) -> bool:
        """Whether the request came over https or wss."""
        return self.request.get("scheme") in ("https", "wss")

    def header(self, name: str) -> str:
        """Return all values of a request header, joined by ", "."""
        value = self.headers.get(name.encode("ascii"))
        return "" if value is None else value.decode("latin-1")

    def has_header(self, name: str) -> bool:
        """Return whether the request has the header."""
        return name.encode("ascii") in self.headers

    def page_address(self) -> PageAddress:
        """Return the address of the page that the request asks for."""
        mount = scope_mount(self.request)
        path, query = path_below(self.path, mount), self.request.get("query_string", b"")
        if self.method != "GET":
            assert self.pages is not None, "a banner is of some pages"
            # What a form was sent to is not a way back.
            path, query = f"{self.pages.prefix}/", b""
        return page_address(
            mount,
            path,
            query.decode("latin-1"),
            encoding="utf-8",
            accepted_languages=self.header("accept-language"),
        )


prepare_layout(AsgiExchange)


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
        response = _Response(exchange, gate, send)

        def guarded_send(message: Message) -> Awaitable[None]:
            # The server gets a copy, on which the decision is made.
            message = {**message}
            if message["type"] == "http.response.body" and response.passes_body:
                return send(message)
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
            # An application that ends before its response does: what it sent leaves as it came.
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


class _Response:
    """The response of one exchange on its way to the server.

    The application holds nothing that leads here but a function. `passes_body`: the body leaves as
    it comes.
    """

    __slots__ = (
        "_banner",
        "_exchange",
        "_filter",
        "_gate",
        "_held",
        "_is_blocked",
        "_send_raw",
        "passes_body",
    )

    def __init__(self, exchange: AsgiExchange, gate: PreparedGate[bytes], send: Send) -> None:
        self.passes_body = True
        self._exchange = exchange
        self._gate = gate
        self._filter = gate.response_filter
        self._send_raw = send
        self._banner: BannerResponse[bytes] | None = None
        self._held: Message | None = None
        self._is_blocked = False

    def prepare_banner(self, scope: Scope) -> None:
        """Put the banner into the response if it is a page; the application sees the request's
        conditional headers as it may."""
        exchange = self._exchange
        banners = self._gate.banners_for(exchange)
        if banners is None:
            return
        self._banner = BannerResponse(banners, exchange, wire=BYTES, address=exchange.page_address)
        if exchange.method == "GET":
            names = [name for name in CONDITIONAL if exchange.has_header(name)]
            if names:
                changes = self._banner.conditions({name: exchange.header(name) for name in names})
                scope["headers"] = _with_changes(scope["headers"], changes)

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the application's, now or when its time has come."""
        if self._is_blocked:
            return _nothing()
        kind = message["type"]
        if kind == "http.response.start":
            return self._start(message)
        if self._held is not None:
            if kind == "http.response.body":
                return self._insert(message)
            return self._send_after_release(message)
        return self._send_other(message)

    async def release(self) -> None:
        """Send what is held back as it came."""
        start, self._held = self._held, None
        if start is None:
            return
        assert self._banner is not None, "only a banner holds back"
        body = self._banner.abort()
        self._banner = None
        await self._send_start(start)
        if body and not self._is_blocked:
            await self._send_raw({"type": "http.response.body", "body": body, "more_body": True})

    def _start(self, message: Message) -> Awaitable[None]:
        if self._held is not None:
            return self._send_after_release(message)
        banner = self._banner
        if banner is None:
            return self._send_start(message)
        message["headers"] = headers = self._filter.copy(message.get("headers") or ())
        banner.start(message.get("status", 0), headers)
        if banner.is_holding:
            self._held = message
            self.passes_body = False
            return _nothing()
        return self._send_start(message, banner)

    def _send_start(
        self, message: Message, page: PageChange | None = None, *, is_handshake: bool = False
    ) -> Awaitable[None]:
        """Send the start of a response with what the gate lets out of it."""
        exchange = self._exchange
        exchange.started = True
        self.passes_body = True
        try:
            message["headers"] = self._filter.filter(
                exchange, message.get("headers") or (), page=page, is_handshake=is_handshake
            )
        except Blocked as blocked:
            self._is_blocked = True
            self.passes_body = False
            return self._send_block(message["type"], blocked_body(blocked.verdicts))
        return self._send_raw(message)

    async def _insert(self, message: Message) -> None:
        """Send the page once it is known where its body starts."""
        banner, start = self._banner, self._held
        assert banner is not None, "only a banner holds back"
        assert start is not None, "there is a start to send"
        more = message.get("more_body", False)
        body = banner.feed(bytes(message.get("body", b"")))
        if not more:
            body += banner.end()
        if banner.is_holding:
            return
        self._held = None
        await self._send_start(start, banner)
        if not self._is_blocked:
            await self._send_raw({**message, "body": body, "more_body": more})

    async def _send_after_release(self, message: Message) -> None:
        """Send what is not part of the body: a file, which nothing is put into, and all else that
        comes after it."""
        await self.release()
        await self.send(message)

    def _send_other(self, message: Message) -> Awaitable[None]:
        """Send a message that is neither the usual start of a response nor its body."""
        # A handshake is rare, and servers that refuse line breaks in the headers of a response let
        # them into its answer: uvicorn does with websockets 16.0 and older.
        is_websocket = self._exchange.request["type"] == "websocket"
        if is_websocket or self._filter.scans:
            self._cut_breaks(message)
        if message["type"] in _STARTS:
            is_handshake = message["type"] == "websocket.accept"
            return self._send_start(message, is_handshake=is_handshake)
        if message.get("headers"):
            message["headers"] = self._filter.screen(self._exchange, message["headers"])
        return self._send_raw(message)

    def _cut_breaks(self, message: Message) -> None:
        """Take out of a message what would split the head of a response."""
        exchange, gate_filter = self._exchange, self._filter
        if message.get("headers"):
            headers = gate_filter.copy(message["headers"])
            message["headers"] = gate_filter.without_breaks(exchange, headers)
        if message.get("links"):
            message["links"] = [
                link
                for link in map(bytes, message["links"])
                if gate_filter.may_leave(exchange, "link", link)
            ]
        protocol = message.get("subprotocol") or ""
        if not gate_filter.may_leave(exchange, "sec-websocket-protocol", protocol.encode()):
            message["subprotocol"] = None

    async def _send_block(self, kind: str, body: bytes) -> None:
        """Send what replaces a blocked response; a websocket is denied."""
        if kind == "websocket.accept":
            await self._send_raw(
                {"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""}
            )
            return
        headers = [(name.encode(), value.encode()) for name, value in BLOCKED_HEADERS]
        headers.append((b"content-length", str(len(body)).encode()))
        if self._exchange.method == "HEAD":
            body = b""
        await self._send_raw({"type": kind, "status": 500, "headers": headers})
        await self._send_raw({"type": f"{kind.removesuffix('.start')}.body", "body": body})


def _with_changes(headers: Headers, changes: Mapping[str, str | None]) -> Headers:
    """Return the headers with these values in place of theirs; None: one goes."""
    if not changes:
        return headers
    names = {name.encode("ascii") for name in changes}
    kept = [header for header in headers if header[0] not in names]
    return kept + [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in changes.items()
        if value is not None
    ]


async def _nothing() -> None:
    """Wait for nothing, where nothing is sent."""
