"""One request and its response under ASGI: the request's facts, and messages on their way.

Every message with headers is looked at, whatever its type. What the server gets is a copy: the
application holds none of it, and what leaves is what was judged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache, partial
from typing import Any

from consentgate._middleware import BLOCKED_HEADERS, PreparedGate, blocked_body
from consentgate.banner.page_headers import CONDITIONAL
from consentgate.banner.page_insertion import PageInsertion, insertion_for
from consentgate.banner.plain_request import FILES, report_file
from consentgate.gate.decisions import begin_records
from consentgate.gate.destination import NAVIGATIONS
from consentgate.gate.exchange import Exchange, prepare_layout
from consentgate.gate.judge import Blocked
from consentgate.gate.page_change import PageChange
from consentgate.gate.response_head import ResponseHead
from consentgate.gate.waiting import settle_async
from consentgate.http.header_lists import with_changes
from consentgate.pages.banners import Banners
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import PageAddress, address_in_scope, checked_origin, origin_in_scope

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY_VIOLATION = 1008
"""The websocket close code for what a policy forbids (RFC 6455 section 7.4.1)."""

CONDITIONAL_HEADERS = frozenset(name.encode("ascii") for name in CONDITIONAL)
"""What asks about a copy that the browser has (RFC 9110 section 13)."""

NAVIGATIONS_AS_SENT = {
    (mode.encode(), shown_as.encode()): destination
    for (mode, shown_as), destination in NAVIGATIONS.items()
}
"""`NAVIGATIONS` as a scope has the two headers."""

# These start a response and can store the choice; all other messages are only screened.
_STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


@lru_cache(maxsize=8)
def _encoded(names: tuple[str, ...]) -> frozenset[bytes]:
    """Return the names as a scope has them: the package asks for few, again and again."""
    return frozenset(name.encode("ascii") for name in names)


class AsgiExchange(Exchange):
    """An exchange whose request came as an ASGI scope; `headers` has the request's by name.

    `needs_preparation`: the application may not see the request as it came, since it asks about a
    copy of a page, or for a worker's script.
    """

    headers: Mapping[bytes, bytes]
    pages: PolicyPages | None
    needs_preparation = False

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

    @property
    def may_be_framed(self) -> bool:
        """Whether the site named others in whose frames its pages may be."""
        return self.pages is not None and self.pages.may_be_framed

    def header(self, name: str) -> str:
        """Return all values of a request header, joined by ", "."""
        value = self.headers.get(name.encode())
        return "" if value is None else value.decode("latin-1")

    def sent_among(self, names: tuple[str, ...]) -> list[str]:
        """Return those of these names of which the request has a header."""
        headers = self.headers
        if headers.keys().isdisjoint(_encoded(names)):
            return []
        return [name for name in names if name.encode() in headers]

    def page_address(self, scope: Scope, *, with_origin: bool = False) -> PageAddress:
        """Return the address of the page that the request asks for; `scope` is the request's as the
        application has it now."""
        path = None
        if self.request["method"] == "POST":
            assert self.pages is not None, "a banner is of some pages"
            # What a form was sent to is not a way back.
            path = f"{self.pages.prefix}/"
        address = address_in_scope(scope, self.request, path)
        if not with_origin:
            return address
        return address._replace(origin=checked_origin(origin_in_scope(scope)))

    def take_place(self, scope: Scope) -> None:
        """Note what the application knows by now of the mount and the scheme."""
        self.answers_securely = scope.get("scheme") in ("https", "wss")
        self.mount = address_in_scope(scope, self.request, "/").mount


prepare_layout(AsgiExchange)


def take_status(message: Message) -> None:
    """Let a message have a status that is a plain int: servers write another one as it says.

    Raises TypeError for what is none.
    """
    status = message.get("status", 0)
    if type(status) is int:
        return
    if not isinstance(status, int):
        raise TypeError(
            f"the application sent {message['type']} with a status of type "
            f"{type(status).__name__}; ASGI wants an int"
        )
    message["status"] = int.__int__(status)


class AsgiResponse:
    """The response of one exchange on its way to the server.

    The application holds nothing that leads here but a function. `passes_body`: the body leaves as
    it comes; `held` is the start of the response while it waits for the place of the banner.
    """

    __slots__ = (
        *("_banner", "_banners", "_exchange", "_gate", "_is_blocked", "_scope", "_send_raw"),
        *("held", "passes_body"),
    )

    def __init__(
        self,
        exchange: AsgiExchange,
        gate: PreparedGate[bytes],
        scope: Scope,
        send: Send,
        banners: Banners | None,
    ) -> None:
        self.passes_body = True
        self._exchange = exchange
        self._scope = scope
        self._gate = gate
        self._send_raw = send
        self._banners = banners
        self._banner: PageInsertion[bytes] | None = None
        self.held: tuple[Message, ResponseHead[bytes]] | None = None
        self._is_blocked = False

    def settle_conditions(self) -> None:
        """Let the application see the request's conditional headers as it may."""
        exchange, banners = self._exchange, self._banners
        assert banners is not None, "conditions are those of a page"
        headers = {name: exchange.header(name) for name in exchange.sent_among(CONDITIONAL)}
        self._banner = self._make_banner(banners)
        scope = self._scope
        scope["headers"] = with_changes(scope["headers"], self._banner.conditions(headers))

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the application's, now or when its time has come."""
        if self._is_blocked:
            return _nothing()
        if self._banner is not None and self._banner.is_searching:
            return self._send_after_release(message)
        take_status(message)
        if message["type"] == "http.response.start":
            return self.start(message, self._read_head(message))
        return self._send_other(message)

    def start(self, message: Message, head: ResponseHead[bytes]) -> Awaitable[None]:
        """Send the start of a response, unless it is a page whose body is waited for."""
        banner = self._banner
        if banner is None:
            banners = self._banners
            if banners is None or not head.is_html:
                return self._send_start(message, head)
            if begin_records(self._exchange) is not None:  # who is asked depends on it
                return self._settle(partial(self.start, message, head))
            banner = self._banner = self._make_banner(banners)
        banner.start(message.get("status", 0), head)
        if banner.is_holding:
            self.held = message, head
            self.passes_body = False
            return _nothing()
        return self._send_start(message, head, banner)

    async def _settle(self, go_on: Callable[[], Awaitable[None]]) -> None:
        """Go on once a grant is recorded, or taken back."""
        await settle_async(self._exchange)
        await go_on()

    def _read_head(self, message: Message) -> ResponseHead[bytes]:
        return self._gate.response_filter.read(message.get("headers") or ())

    def _make_banner(self, banners: Banners) -> PageInsertion[bytes]:
        exchange = self._exchange
        return insertion_for(
            banners,
            exchange,
            wire=self._gate.wire,
            address=partial(exchange.page_address, self._scope),
        )

    async def release(self) -> None:
        """Send what is held back as it came."""
        banner, held = self._banner, self.held
        if banner is None or not banner.is_searching:
            return
        body = banner.abort()
        self._banner = self._banners = self.held = None
        self.passes_body = True
        if held is not None:
            await self._send_start(*held)
        if body and not self._is_blocked:
            await self._send_raw({"type": "http.response.body", "body": body, "more_body": True})

    def _send_start(
        self,
        message: Message,
        head: ResponseHead[bytes],
        page: PageChange | None = None,
        *,
        is_handshake: bool = False,
    ) -> Awaitable[None]:
        """Send the start of a response with what the gate lets out of it."""
        exchange = self._exchange
        response_filter = self._gate.response_filter
        has_changed = exchange.has_changed
        keeps_records = exchange.settings.records is not None
        if has_changed and keeps_records and begin_records(exchange) is not None:
            return self._settle(
                partial(self._send_start, message, head, page, is_handshake=is_handshake)
            )
        if has_changed or response_filter.writes_address:
            exchange.take_place(self._scope)
        exchange.started = True
        self.passes_body = True
        try:
            message["headers"] = response_filter.filter(
                exchange, head, page=page, is_handshake=is_handshake
            )
        except Blocked as blocked:
            self._is_blocked = True
            self.passes_body = False
            return self._send_block(message["type"], blocked_body(blocked.verdicts))
        return self._send_raw(message)

    async def send_body(self, message: Message) -> None:
        """Send what can leave of a page while the place for the banner is looked for."""
        if self._is_blocked:
            return
        banner, held = self._banner, self.held
        assert banner is not None, "only a banner is put in"
        more = message.get("more_body", False)
        body = banner.feed(bytes(message.get("body", b"")))
        if not more:
            body += banner.end()
        if banner.is_holding:
            return
        if held is not None:
            self.held = None
            await self._send_start(*held, banner)
        if not self._is_blocked:
            self.passes_body = not banner.is_searching
            if body or not more:
                message["body"] = body
                message["more_body"] = more
                await self._send_raw(message)

    async def _send_after_release(self, message: Message) -> None:
        """Send what is not part of the body: a file, which nothing is put into, and all else that
        comes after it."""
        if message["type"] in FILES:
            report_file(self._exchange)
        await self.release()
        await self.send(message)

    def _send_other(self, message: Message) -> Awaitable[None]:
        """Send a message that is neither the usual start of a response nor its body."""
        if self._exchange.new_choice is not None and begin_records(self._exchange) is not None:
            return self._settle(partial(self._send_other, message))
        # A handshake is rare, and servers that refuse line breaks in the headers of a response let
        # them into its answer: uvicorn does with websockets 16.0 and older.
        is_websocket = self._exchange.request["type"] == "websocket"
        if is_websocket or self._gate.response_filter.scans:
            self._cut_breaks(message)
        if message["type"] in _STARTS:
            is_handshake = message["type"] == "websocket.accept"
            head = self._read_head(message)
            return self._send_start(message, head, is_handshake=is_handshake)
        if message.get("headers") is not None:
            screen = self._gate.response_filter.screen
            message["headers"] = screen(self._exchange, message["headers"])
        if message.get("links"):
            screen_links = self._gate.response_filter.screen_links
            message["links"] = screen_links(self._exchange, message["links"])
        return self._send_raw(message)

    def _cut_breaks(self, message: Message) -> None:
        """Take out of a message what would split the head of a response."""
        exchange, gate_filter = self._exchange, self._gate.response_filter
        if message.get("headers") is not None:
            head = self._read_head(message)
            message["headers"] = gate_filter.without_breaks(exchange, head.pairs)
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


async def _nothing() -> None:
    """Wait for nothing, where nothing is sent."""
