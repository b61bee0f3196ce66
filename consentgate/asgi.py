"""The ASGI door: takes header lists apart, asks the gate, sends a list of its own.

Every message with headers is looked at, whatever its type; the body passes untouched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any, Unpack

from consentgate.asgi_pages import AsgiPages
from consentgate.consent import NECESSARY
from consentgate.doorway import (
    BLOCKED_HEADERS,
    MiddlewareOptions,
    Passages,
    PolicyOption,
    blocked_body,
    blocked_lines,
    find_outer,
    is_inside,
    sites_of,
    split_options,
)
from consentgate.enforcement import Mode
from consentgate.gate import Gate, Outcome
from consentgate.headers import COOKIE_KINDS, SET_COOKIE, Remembered, header_kind
from consentgate.scanning import scan_before
from consentgate.site.sites import Sites
from consentgate.thinning import Thinner
from consentgate.visitor import CONSENT_KEY, VisitorConsent

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeader = tuple[bytes, bytes]
Noted = list[tuple[str, str]]

_kinds = Remembered[bytes](header_kind)

_LET_OUT = ((b"cache-control", b"private"), (b"vary", b"Cookie"))
_CONSULTED = ((b"vary", b"Cookie"),)
_NO_CACHING = frozenset({"", SET_COOKIE})

POLICY_VIOLATION = 1008
"""The websocket close code for what a policy forbids (RFC 6455 section 7.4.1)."""

# These start a response and can bear the choice; all other messages are only screened.
_STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


class _Passage:
    """What the door made ready for one policy."""

    __slots__ = (
        *("blocks", "category_of", "context", "enforces", "gate"),
        *("is_plain", "scans", "thinner", "visit_type"),
    )

    def __init__(self, gate: Gate, sites: Sites | None) -> None:
        self.gate = gate
        self.context = gate.context
        self.thinner = gate.thinner
        self.visit_type = AsgiVisit.of(gate.context)
        self.visit_type.site = None if sites is None else sites.site_of(gate.policy)
        self.category_of = Remembered[bytes](gate.simple_category)
        self.blocks = gate.context.mode is Mode.BLOCK
        self.enforces = gate.context.mode is Mode.ENFORCE
        self.scans = gate.scan_headers
        self.is_plain = not (self.blocks or self.scans)


class AsgiVisit(VisitorConsent):
    """A visit whose facts are in an ASGI scope."""

    headers: Sequence[RawHeader] = ()

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
        return ", ".join([v.decode("latin-1") for k, v in self.headers if k == key])

    def read_cookie(self) -> str:
        """The Cookie header."""
        raw = _raw_cookie(self.headers)
        return "" if raw is None else raw.decode("latin-1")


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
        sites = sites_of(site_options)
        self.app = app if sites is None else AsgiPages(app, sites)
        self._passages = Passages(
            policy,
            lambda one: Gate(one, secret_key=secret_key, **gate_options),
            lambda gate: _Passage(gate, sites),
        )
        self._single = self._passages.single

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application behind the gate."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        passage = self._single or self._passages.pick(scope)
        found = scope.get(CONSENT_KEY)
        if found is not None and is_inside(found, passage.context):
            await self.app(scope, receive, send)
            return
        visit = passage.visit_type()
        visit.request = scope
        # As they came in: what the application writes into them is no visitor's choice.
        headers = scope.get("headers", [])
        if type(headers) is not list:
            # ASGI asks for an iterable only: one that is read here would be empty for the rest.
            headers = scope["headers"] = [*headers]
        visit.headers = headers
        if found is not None:
            visit.outer = find_outer(found, passage.context)
        scope[CONSENT_KEY] = visit
        if passage.thinner is not None:
            _thin(scope, visit, passage.thinner)

        def guarded_send(message: Message) -> Awaitable[None]:
            # A plain function that hands on the inner awaitable: half the cost of a coroutine.
            kind = message["type"]
            if kind == "http.response.body":
                return send(message)
            headers = message.get("headers")
            if not headers or kind != "http.response.start":
                return _send_other(passage, visit, message, send)
            own = [*headers]
            if own and type(own[0]) is list:
                own = [*map(tuple, own)]
            for name, value in own:
                if _kinds[name] not in COOKIE_KINDS:
                    continue
                if name != b"set-cookie" or not _is_allowed(value, passage.category_of, visit):
                    return _decide(passage, visit, message, own, send=send)
            if visit.touched and not (passage.enforces and _add_caching(own, visit)):
                return _decide(passage, visit, message, own, send=send)
            visit.started = True
            message = message.copy()  # type: ignore[attr-defined]  # a dict, as all send it
            message["headers"] = own
            return send(message)

        try:
            if passage.is_plain and scope["type"] == "http":
                await self.app(scope, receive, guarded_send)
            else:
                await self.app(scope, receive, _wrap_send(passage, visit, guarded_send))
        finally:
            visit.active = False
            # What ended is no gate around anything, and a scope that holds its visit, which
            # holds its scope, would live until the next garbage collection.
            if found is None:
                scope.pop(CONSENT_KEY, None)
            else:
                scope[CONSENT_KEY] = found


def _is_allowed(value: bytes, category_of: Remembered[bytes], visit: AsgiVisit) -> bool:
    """True for a value that passes byte for byte by its category alone, and that nothing in it
    ends the header's line of (numbers, since `in` is slow with bytes: LF, CR, NUL)."""
    name, equals, _ = value.partition(b"=")
    if not equals or 10 in value or 13 in value or 0 in value:
        return False
    category = category_of[name]
    return category == NECESSARY or (category != "" and visit.lets_out(category))


def _add_caching(own: list[RawHeader], visit: AsgiVisit) -> bool:
    """Add the caching headers that a response needs which depends on the choice and has none yet;
    False, and nothing added, where more is to be done."""
    if visit.has_changed or visit.showed_signal:
        return False
    if not _NO_CACHING.issuperset([_kinds[name] for name, _ in own]):
        return False
    own += _LET_OUT if visit.let_out else _CONSULTED
    return True


def _note(own: list[RawHeader]) -> tuple[list[int], Noted]:
    """The places of the headers that are the gate's business, and what it must know of them."""
    places, noted = [], []
    for place, (name, value) in enumerate(own):
        kind = _kinds[name]
        if kind:
            places.append(place)
            noted.append((kind, value.decode("latin-1")))
    return places, noted


def _thin(scope: Scope, visit: AsgiVisit, thinner: Thinner) -> None:
    """Hide from the application what it may not read, in the same scope."""
    raw = _raw_cookie(visit.headers)
    if raw is None or (spans := thinner.spans(visit, raw)) is None:
        return
    if visit.outer is None:
        visit.original_cookie = raw.decode("latin-1")
    own = [header for header in visit.headers if header[0] != b"cookie"]
    if spans:
        own.append((b"cookie", b"; ".join([raw[start:end] for start, end in spans])))
    scope["headers"] = own


def _send_other(
    passage: _Passage, visit: AsgiVisit, message: Message, send: Send
) -> Awaitable[None]:
    """Send a message that is neither the usual start of a response nor its body."""
    if message["type"] in _STARTS:
        own = [*map(tuple, message.get("headers") or ())]
        return _decide(passage, visit, message, own, send=send)
    if message.get("headers"):
        return _screen(passage, visit, message, send)
    return send(message)


async def _decide(
    passage: _Passage, visit: AsgiVisit, message: Message, own: list[RawHeader], *, send: Send
) -> None:
    """Send the start of a response with what the gate lets out of it."""
    visit.started = True
    places, noted = _note(own)
    is_websocket = message["type"] == "websocket.accept"
    content_type = "websocket" if is_websocket else _content_type(own)
    outcome = passage.gate.respond(visit, noted, content_type=content_type)
    if outcome.blocked:
        visit.blocked = blocked_lines(outcome.blocked)
        await _send_block(message["type"], visit, send)
        return
    headers = _replace(own, places, noted, outcome)
    if outcome.first:
        headers[:0] = [(b"set-cookie", value.encode("latin-1")) for value in outcome.first]
    headers += [(b"set-cookie", value.encode("latin-1")) for value in outcome.expired]
    if not is_websocket:
        headers += [(name.encode(), value.encode()) for name, value in outcome.caching]
    await send({**message, "headers": headers})


async def _screen(passage: _Passage, visit: AsgiVisit, message: Message, send: Send) -> None:
    """Send a message that can't bear a choice, without the cookies that must not leave."""
    own = [*map(tuple, message["headers"])]
    places, noted = _note(own)
    outcome = passage.gate.screen(visit, noted)
    await send({**message, "headers": _replace(own, places, noted, outcome)})


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


def _wrap_send(passage: _Passage, visit: AsgiVisit, send: Send) -> Send:
    """The gate's `send`, with what a gate that blocks or scans does besides."""
    if passage.blocks:
        send = _silence_after_block(visit, send)
    # A handshake is rare, and servers that refuse line breaks in the headers of a response let
    # them into its answer: uvicorn does with websockets 16.0 and older.
    if passage.scans or visit.request["type"] == "websocket":
        send = scan_before(send, visit)
    return send


def _silence_after_block(visit: AsgiVisit, send: Send) -> Send:
    """Swallow what the application sends after its response was blocked."""

    async def send_unless_blocked(message: Message) -> None:
        if not visit.blocked:
            await send(message)

    return send_unless_blocked


async def _send_block(kind: str, visit: AsgiVisit, send: Send) -> None:
    """Send what replaces a blocked response; a websocket is denied."""
    if kind == "websocket.accept":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        return
    body = blocked_body(visit.blocked)
    stem = kind.removesuffix(".start")
    headers = [(name.encode(), value.encode()) for name, value in BLOCKED_HEADERS]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": kind, "status": 500, "headers": headers})
    await send({"type": f"{stem}.body", "body": b"" if visit.method == "HEAD" else body})


def _content_type(own: list[RawHeader]) -> str:
    for name, value in own:
        if name.lower() == b"content-type":
            return value.decode("latin-1")
    return ""
