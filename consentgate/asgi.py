"""The ASGI door: takes header lists apart, asks the gate, sends a list of its own.

Every message with headers is looked at, whatever its type; the body passes untouched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterable, MutableMapping, Sequence
from typing import Any, Unpack

from consentgate._middleware import (
    BLOCKED_HEADERS,
    GatesByPolicy,
    MiddlewareOptions,
    PolicyOption,
    blocked_body,
    blocked_lines,
    find_outer,
    is_inside,
    pages_of,
    split_options,
)
from consentgate.choice.stored import StoredChoice
from consentgate.gate.gate import Gate, Outcome
from consentgate.gate.options import Mode
from consentgate.gate.request_filter import RequestFilter
from consentgate.gate.response_filter import Alphabet, ResponseFilter
from consentgate.gate.scanning import scan_message
from consentgate.gate.visitor import CONSENT_KEY, VisitorConsent
from consentgate.http.header_names import COOKIE_KINDS, Remembered, header_kind
from consentgate.pages.asgi import AsgiPages
from consentgate.pages.by_policy import PagesByPolicy

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeader = tuple[bytes, bytes]
Noted = list[tuple[str, str]]

_kinds = Remembered[bytes, str](header_kind, wanted=lambda kind: kind == "")

# By which headers no cookie can leave.
_is_plain = Remembered[bytes, bool](lambda name: header_kind(name) not in COOKIE_KINDS, wanted=bool)
_plain_names = _is_plain.gathered

_IN_BYTES = Alphabet(
    equals=b"=",
    semicolon=b";",
    breaks=(10, 13, 0),  # numbers: `in` is slow with bytes
    private=(b"cache-control", b"private"),
    vary=(b"vary", b"Cookie"),
)

POLICY_VIOLATION = 1008
"""The websocket close code for what a policy forbids (RFC 6455 section 7.4.1)."""

# These start a response and can bear the choice; all other messages are only screened.
_STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


class _Passage:
    """What the door made ready for one policy."""

    __slots__ = (
        "blocks",
        "context",
        "exchange_type",
        "gate",
        "request_filter",
        "response_filter",
        "scans",
    )

    def __init__(self, gate: Gate, sites: PagesByPolicy | None) -> None:
        self.gate = gate
        self.context = gate.context
        self.request_filter = gate.request_filter
        self.response_filter = ResponseFilter[bytes](gate, kinds=_kinds, alphabet=_IN_BYTES)
        self.blocks = gate.context.mode is Mode.BLOCK
        self.scans = gate.scan_headers
        base = StrictExchange if self.blocks or self.scans else AsgiExchange
        self.exchange_type = base.of(gate.context)
        self.exchange_type.site = None if sites is None else sites.site_of(gate.policy)
        self.exchange_type.passage = self
        self.exchange_type.always = self.response_filter.always


class AsgiExchange(VisitorConsent):
    """A visit whose facts are in an ASGI scope, and through which its response is sent.

    `headers` are the request's as they came in and `send` is the server's; `passage` is the gate's,
    and `always` are the names of cookies that leave to everybody.
    """

    passage: _Passage
    always: Container[bytes]
    headers: Sequence[RawHeader] = ()
    send: Send

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
        """True for https and wss."""
        return self.request.get("scheme") in ("https", "wss")

    def header(self, name: str) -> str:
        """All values of a request header, joined by ", "."""
        key = name.encode("ascii")
        found = [value for one, value in self.headers if one == key]
        return b", ".join(found).decode("latin-1") if found else ""

    def read_cookie(self) -> str:
        """The Cookie header."""
        raw = _raw_cookie(self.headers)
        return "" if raw is None else raw.decode("latin-1")

    def read_standing(self) -> StoredChoice:
        """What the stored choice that came in is worth: mostly, what is remembered of it."""
        if self.outer_gate is not None:
            return super().read_standing()
        return self.context.reader.read(_raw_cookie(self.headers) or b"")

    def send_guarded(self, message: Message) -> Awaitable[None]:
        """Send a message of the response with what the gate lets out of it."""
        # A plain function that hands on the inner awaitable: half the cost of a coroutine.
        if message["type"] == "http.response.body":
            send = self.send
            return send(message)
        try:
            headers = message["headers"]
        except KeyError:
            headers = None
        if headers is None or message["type"] != "http.response.start":
            return _send_other(self, message)
        own = [*headers]
        if own and type(own[0]) is list:
            own = [*map(tuple, own)]
        must_sift = self.needs_review
        for name, value in own:
            if name in _plain_names:
                continue
            # What passes byte for byte, whoever the visitor is. In bytes `in` is fast for numbers.
            cookie, has_name, _ = value.partition(b"=")
            if has_name and name == b"set-cookie" and cookie in self.always:
                must_sift = must_sift or 10 in value or 13 in value or 0 in value
            elif not _is_plain[name]:
                must_sift = True
                break
        if must_sift:
            left = self.passage.response_filter.sift(self, own)
            if left is None:
                return _decide(self, message, own)
            own = left
        self.started = True
        message = message.copy()  # type: ignore[attr-defined]  # a dict, as all send it
        message["headers"] = own
        send = self.send
        return send(message)


class StrictExchange(AsgiExchange):
    """A visit to a gate that blocks or scans."""

    def send_guarded(self, message: Message) -> Awaitable[None]:
        """Send what may leave; nothing any more once the response was blocked."""
        if self.passage.scans and message["type"] != "http.response.body":
            message = scan_message(message, self)
        return self._send_unless_blocked(message)

    async def _send_unless_blocked(self, message: Message) -> None:
        if not self.blocked:
            await super().send_guarded(message)


def _raw_cookie(headers: Iterable[RawHeader]) -> bytes | None:
    """The Cookie header, put together where HTTP/2 split it (RFC 9113 section 8.2.3)."""
    raw: bytes | None = None
    for name, value in headers:
        if name == b"cookie":
            raw = value if raw is None else raw + b"; " + value
    return raw


class ConsentMiddleware:
    """An ASGI application that lets out only the cookies its visitor allows.

    Put it outermost: what middleware outside of it sets is not seen. `policy` is a Policy or a
    function of the scope that picks one of a fixed set; the options are those of `Gate`.
    """

    def __init__(
        self,
        app: App,
        *,
        policy: PolicyOption,
        secret_key: str | bytes,
        **options: Unpack[MiddlewareOptions],
    ) -> None:
        gate_options, site_options = split_options(options)
        sites = pages_of(site_options)
        self.app = self._inner = app
        self._mark = ""  # in every path
        if sites is not None:
            self.app = pages = AsgiPages(app, sites)
            self._inner, self._mark = pages.inner, sites.mark
        self._passages = GatesByPolicy(
            policy,
            lambda one: Gate(one, secret_key=secret_key, **gate_options),
            lambda gate: _Passage(gate, sites),
        )
        self._single = self._passages.single

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application behind the gate."""
        passage = self._single or self._passages.pick(scope)
        found = None
        if CONSENT_KEY in scope:
            found = scope[CONSENT_KEY]
            if is_inside(found, passage.context):
                await self.app(scope, receive, send)
                return
        # As they came in: what the application writes into them is no visitor's choice.
        try:
            headers, path = scope["headers"], scope["path"]
        except KeyError:
            headers, path = scope.get("headers"), scope.get("path", "")
        if type(headers) is not list:
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
                return
            # ASGI asks for an iterable only: one that is read here would be empty for the rest.
            headers = scope["headers"] = [*(headers or ())]
        exchange = passage.exchange_type()
        exchange.request = scope
        exchange.headers = headers
        exchange.send = send
        # What is asked at each response is set here: an attribute of the class is found later.
        exchange.needs_review = False
        if found is not None:
            exchange.outer_gate = find_outer(found, passage.context)
        scope[CONSENT_KEY] = exchange
        if passage.request_filter is not None:
            _thin(scope, exchange, passage.request_filter)
        # Nearly every path is without the mark: that is seen sooner than what a path is.
        app = self.app if self._mark in path else self._inner
        try:
            await app(scope, receive, exchange.send_guarded)
        finally:
            exchange.is_running = False
            # What ended is no gate around anything, and a scope that holds its visit, which
            # holds its scope, would live until the next garbage collection.
            if found is None:
                scope.pop(CONSENT_KEY, None)
            else:
                scope[CONSENT_KEY] = found


def _note(own: list[RawHeader]) -> tuple[list[int], Noted]:
    """The places of the headers that are the gate's business, and what it must know of them."""
    places, noted = [], []
    for place, (name, value) in enumerate(own):
        kind = _kinds[name]
        if kind:
            places.append(place)
            noted.append((kind, value.decode("latin-1")))
    return places, noted


def _thin(scope: Scope, exchange: AsgiExchange, request_filter: RequestFilter) -> None:
    """Hide from the application what it may not read, in the same scope."""
    headers = exchange.headers
    raw = None
    pieces = 0
    for name, value in headers:
        if name == b"cookie":
            raw = value if raw is None else raw + b"; " + value
            pieces += 1
    if raw is None or (spans := request_filter.spans(exchange, raw)) is None:
        return
    # The visit keeps the headers that came; these are the application's.
    own = [*headers] if pieces == 1 else [one for one in headers if one[0] != b"cookie"]
    if pieces > 1:  # HTTP/2 split it
        own.append((b"cookie", raw))
    place = len(own) - 1  # browsers send it late
    while own[place][0] != b"cookie":
        place -= 1
    if spans:
        own[place] = (b"cookie", b"; ".join([raw[start:end] for start, end in spans]))
    else:
        del own[place]
    scope["headers"] = own


def _send_other(exchange: AsgiExchange, message: Message) -> Awaitable[None]:
    """Send a message that is neither the usual start of a response nor its body."""
    # A handshake is rare, and servers that refuse line breaks in the headers of a response let
    # them into its answer: uvicorn does with websockets 16.0 and older.
    if exchange.request["type"] == "websocket":
        message = scan_message(message, exchange)
    if message["type"] in _STARTS:
        own = [*map(tuple, message.get("headers") or ())]
        return _decide(exchange, message, own)
    if message.get("headers"):
        return _screen(exchange, message)
    return exchange.send(message)


async def _decide(exchange: AsgiExchange, message: Message, own: list[RawHeader]) -> None:
    """Send the start of a response with what the gate lets out of it."""
    exchange.started = True
    places, noted = _note(own)
    is_websocket = message["type"] == "websocket.accept"
    content_type = "websocket" if is_websocket else _content_type(own)
    outcome = exchange.passage.gate.respond(exchange, noted, content_type=content_type)
    if outcome.blocked:
        exchange.blocked = blocked_lines(outcome.blocked)
        await _send_block(message["type"], exchange)
        return
    headers = _replace(own, places, noted, outcome)
    if outcome.first:
        headers[:0] = [(b"set-cookie", value.encode("latin-1")) for value in outcome.first]
    headers += [(b"set-cookie", value.encode("latin-1")) for value in outcome.expired]
    if not is_websocket:
        headers += [(name.encode(), value.encode()) for name, value in outcome.caching]
    await exchange.send({**message, "headers": headers})


async def _screen(exchange: AsgiExchange, message: Message) -> None:
    """Send a message that can't bear a choice, without the cookies that must not leave."""
    own = [*map(tuple, message["headers"])]
    places, noted = _note(own)
    outcome = exchange.passage.gate.screen(exchange, noted)
    await exchange.send({**message, "headers": _replace(own, places, noted, outcome)})


def _replace(
    own: list[RawHeader], places: list[int], noted: Noted, outcome: Outcome
) -> list[RawHeader]:
    """The headers with what became of the noted ones in their places; what goes is left out."""
    fates: list[RawHeader | None] = list(own)
    for place, (_, before), value in zip(places, noted, outcome.values, strict=True):
        if value is None:
            fates[place] = None
        elif value is not before:
            fates[place] = (own[place][0], value.encode("latin-1"))
    return [header for header in fates if header is not None]


async def _send_block(kind: str, exchange: AsgiExchange) -> None:
    """Send what replaces a blocked response; a websocket is denied."""
    if kind == "websocket.accept":
        await exchange.send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        return
    body = blocked_body(exchange.blocked)
    stem = kind.removesuffix(".start")
    headers = [(name.encode(), value.encode()) for name, value in BLOCKED_HEADERS]
    headers.append((b"content-length", str(len(body)).encode()))
    await exchange.send({"type": kind, "status": 500, "headers": headers})
    await exchange.send(
        {"type": f"{stem}.body", "body": b"" if exchange.method == "HEAD" else body}
    )


def _content_type(own: list[RawHeader]) -> str:
    for name, value in own:
        if name.lower() == b"content-type":
            return value.decode("latin-1")
    return ""
