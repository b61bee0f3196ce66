"""The ASGI door: takes header lists apart, asks the gate, sends a list of its own.

Every message with headers is looked at, whatever its type; the body passes untouched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Unpack

from consentgate.consent import NECESSARY
from consentgate.context import Request
from consentgate.doorway import (
    BLOCKED_HEADERS,
    GateOptions,
    Passages,
    PolicyOption,
    blocked_body,
    blocked_lines,
    header_kind,
    is_inside,
)
from consentgate.enforcement import Mode
from consentgate.gate import COOKIE_KINDS, Gate, Outcome
from consentgate.thinning import Thinner
from consentgate.visitor import CONSENT_KEY, VisitorConsent

# Any: the values of scopes and messages are the specification's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeader = tuple[bytes, bytes]
Noted = list[tuple[int, str, str]]

# What a response with a consented cookie needs where it has no caching headers of its own.
_LET_OUT = ((b"cache-control", b"private"), (b"vary", b"Cookie"))

# Names that are on most responses and that the gate has no business with.
_PLAIN = frozenset(
    {
        b"content-type",
        b"content-length",
        b"date",
        b"server",
        b"location",
        b"etag",
        b"last-modified",
        b"connection",
        b"content-encoding",
        b"content-security-policy",
        b"strict-transport-security",
        b"x-content-type-options",
        b"x-frame-options",
        b"referrer-policy",
        b"accept-ranges",
        b"access-control-allow-origin",
    }
)

POLICY_VIOLATION = 1008
"""The websocket close code for what a policy forbids (RFC 6455 section 7.4.1)."""

# These start a response and can bear the choice; all other messages are only screened.
_STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


class _Passage:
    """What the door made ready for one policy."""

    __slots__ = ("blocks", "context", "gate", "rules", "thinner")

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.context = gate.context
        self.thinner = gate.thinner
        self.blocks = gate.context.mode is Mode.BLOCK
        self.rules = {
            name.encode("ascii"): category for name, category in gate.simple_rules.items()
        }


class AsgiVisit(VisitorConsent):
    """A visit whose facts are in an ASGI scope."""

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
        return ", ".join(_values(self.request, name.encode("ascii")))

    def read_cookie(self) -> str:
        """The Cookie header; HTTP/2 may split it (RFC 9113 section 8.2.3)."""
        return "; ".join(_values(self.request, b"cookie"))


def _values(request: Request, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in request.get("headers", ()) if key == name]


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
        **options: Unpack[GateOptions],
    ) -> None:
        self.app = app
        self._passages = Passages(
            policy, lambda one: Gate(one, secret_key=secret_key, **options), _Passage
        )
        self._single = self._passages.single

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application behind the gate."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        passage = self._single or self._passages.pick(scope)
        outer = scope.get(CONSENT_KEY)
        if outer is not None and is_inside(outer, passage.context):
            await self.app(scope, receive, send)
            return
        visit = AsgiVisit(passage.context, scope)
        if outer is not None:
            visit.outer = outer
        scope[CONSENT_KEY] = visit
        if passage.thinner is not None:
            _thin(scope, visit, passage.thinner)

        def guarded_send(message: Message) -> Awaitable[None]:
            # A plain function that hands on the inner awaitable: half the cost of a coroutine.
            if message["type"] == "http.response.body":
                return send(message)
            own: list[RawHeader] = []
            noted: Noted = []
            must_judge = False
            for header in message.get("headers", ()):
                name = header[0]
                if name not in _PLAIN and not (
                    name == b"set-cookie" and _is_allowed(header[1], passage.rules, visit)
                ):
                    must_judge = _note(header, len(own), noted) or must_judge
                own.append(header if type(header) is tuple else tuple(header))
            if message["type"] not in _STARTS:
                return _screen(passage.gate, visit, message, own, noted=noted, send=send)
            visit.started = True
            if must_judge or visit.touched or visit.let_out:
                return _decide(passage.gate, visit, message, own, noted=noted, send=send)
            return send({**message, "headers": own})

        guarded = _silence_after_block(visit, guarded_send) if passage.blocks else guarded_send
        try:
            await self.app(scope, receive, guarded)
        finally:
            # What ended is no gate around anything, and a scope that holds its visit, which
            # holds its scope, would live until the next garbage collection.
            if outer is None:
                scope.pop(CONSENT_KEY, None)
            else:
                scope[CONSENT_KEY] = outer


def _is_allowed(value: bytes, rules: Mapping[bytes, str], visit: AsgiVisit) -> bool:
    """True for a value that passes byte for byte by its category alone: an exact name before its
    first "=" and nothing that would end the header's line."""
    name, equals, _ = value.partition(b"=")
    if not equals or b"\n" in value or b"\r" in value or b"\0" in value:
        return False
    category = rules.get(name)
    return category == NECESSARY or (category is not None and visit.lets_out(category))


def _note(header: RawHeader, place: int, noted: Noted) -> bool:
    """Note a header that is the gate's business; True when it needs a verdict."""
    kind = header_kind(header[0].decode("latin-1"))
    if kind:
        noted.append((place, kind, header[1].decode("latin-1")))
    return kind in COOKIE_KINDS


def _thin(scope: Scope, visit: AsgiVisit, thinner: Thinner) -> None:
    """Hide from the application what it may not read, in the same scope."""
    headers = scope["headers"]
    raw = None
    for name, value in headers:
        if name == b"cookie":
            # HTTP/2 may split the header (RFC 9113 section 8.2.3).
            raw = value if raw is None else raw + b"; " + value
    if raw is None:
        return
    spans = thinner.spans(visit, raw)
    if spans is None:
        return
    if visit.outer is None:
        visit.original_cookie = raw.decode("latin-1")
    own = [header for header in headers if header[0] != b"cookie"]
    if spans:
        own.append((b"cookie", b"; ".join([raw[start:end] for start, end in spans])))
    scope["headers"] = own


async def _decide(
    gate: Gate,
    visit: AsgiVisit,
    message: Message,
    own: list[RawHeader],
    *,
    noted: Noted,
    send: Send,
) -> None:
    """Send the start of a response with what the gate lets out of it."""
    if not noted and not visit.touched:
        own += _LET_OUT
        await send({**message, "headers": own})
        return
    outcome = gate.respond(
        visit, [(kind, value) for _, kind, value in noted], content_type=_content_type(own)
    )
    visit.blocked = blocked_lines(outcome.blocked)
    if visit.blocked:
        await _send_block(message["type"], visit, send)
        return
    headers = [(b"set-cookie", value.encode("latin-1")) for value in outcome.first]
    headers += _replace(own, noted, outcome)
    headers += [(b"set-cookie", value.encode("latin-1")) for value in outcome.expired]
    if message["type"] != "websocket.accept":
        headers += [(name.encode(), value.encode()) for name, value in outcome.caching]
    await send({**message, "headers": headers})


async def _screen(
    gate: Gate,
    visit: AsgiVisit,
    message: Message,
    own: list[RawHeader],
    *,
    noted: Noted,
    send: Send,
) -> None:
    """Send a message that can't bear a choice, without the cookies that must not leave."""
    if "headers" not in message:
        await send(message)
        return
    outcome = gate.screen(visit, [(kind, value) for _, kind, value in noted])
    await send({**message, "headers": _replace(own, noted, outcome)})


def _replace(own: list[RawHeader], noted: Noted, outcome: Outcome) -> list[RawHeader]:
    """The headers with what became of the noted ones in their places; what goes is left out."""
    places: list[RawHeader | None] = list(own)
    for (place, _, before), value in zip(noted, outcome.values, strict=True):
        if value is None:
            places[place] = None
        elif value is not before:
            places[place] = (own[place][0], value.encode("latin-1"))
    return [header for header in places if header is not None]


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
