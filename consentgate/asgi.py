"""The ASGI door: takes header lists apart, asks the gate, sends a list of its own.

Every message with headers is looked at, whatever its type; the body passes untouched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, Unpack

from consentgate.context import GateContext, Request
from consentgate.doorway import (
    BLOCKED_HEADERS,
    GateOptions,
    Passages,
    PolicyOption,
    blocked_body,
    blocked_lines,
    enclosing,
    enter,
    header_kind,
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


class _Passage(NamedTuple):
    context: GateContext
    gate: Gate
    thinner: Thinner | None
    free: frozenset[bytes]


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
    return [
        bytes(value).decode("latin-1") for key, value in request.get("headers", ()) if key == name
    ]


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
            policy, lambda one: Gate(one, secret_key=secret_key, **options), _prepare
        )
        self._single = self._passages.single

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application behind the gate."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        context, gate, thinner, free = self._single or self._passages.pick(scope)
        outer = scope.get(CONSENT_KEY)
        if outer is not None and enclosing(outer, context) is not None:
            await self.app(scope, receive, send)
            return
        visit = AsgiVisit(context, scope)
        if outer is None:
            scope[CONSENT_KEY] = visit
        else:
            enter(visit, outer)
        if thinner is not None:
            _thin(scope, visit, thinner)

        def guarded_send(message: Message) -> Awaitable[None]:
            # A plain function that hands on the inner awaitable: half the cost of a coroutine.
            kind = message["type"]
            if kind == "http.response.body":
                return send(message)
            own: list[RawHeader] = []
            noted: Noted = []
            must_decide = visit.touched
            for name, value in message.get("headers") or ():
                if name not in _PLAIN:
                    if name == b"set-cookie" and _is_free(value, free):
                        own.append((name, value))
                        continue
                    header = header_kind(name.decode("latin-1"))
                    if header:
                        noted.append((len(own), header, value.decode("latin-1")))
                        must_decide = must_decide or header in COOKIE_KINDS
                own.append((name, value))
            if kind in _STARTS:
                visit.started = True
                if must_decide:
                    return _decide(gate, visit, message, own, noted=noted, send=send)
                return send({**message, "headers": own})
            if "headers" not in message:
                return send(message)
            return _screen(gate, visit, message, own, noted=noted, send=send)

        guarded: Send = guarded_send
        if context.mode is Mode.BLOCK:
            guarded = _silence_after_block(visit, guarded_send)
        try:
            await self.app(scope, receive, guarded)
        finally:
            visit.active = False


def _is_free(value: bytes, free: frozenset[bytes]) -> bool:
    """True for a value that passes whoever the visitor is: an exact necessary name before its
    first "=" and nothing that would end the header's line."""
    name, equals, _ = value.partition(b"=")
    if not equals or name not in free:
        return False
    return not (b"\n" in value or b"\r" in value or b"\0" in value)


def _prepare(gate: Gate) -> _Passage:
    free = frozenset(name.encode("ascii") for name in gate.unconditional_names)
    return _Passage(gate.context, gate, gate.thinner, free)


def _thin(scope: Scope, visit: AsgiVisit, thinner: Thinner) -> None:
    """Hide from the application what it may not read, in the same scope."""
    found = [value for name, value in scope["headers"] if name == b"cookie"]
    if not found:
        return
    text = (found[0] if len(found) == 1 else b"; ".join(found)).decode("latin-1")
    if visit.original_cookie is None:
        visit.original_cookie = text
    thinned = thinner.thin(visit, text)
    if thinned is None:
        return
    headers = []
    for name, value in scope["headers"]:
        if name != b"cookie":
            headers.append((name, value))
        elif thinned:
            headers.append((name, thinned.encode("latin-1")))
            thinned = ""
    scope["headers"] = headers


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
