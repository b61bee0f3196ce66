"""The WSGI door: PEP 3333 to the letter, nothing added to the body and nothing kept of it.

The application's iterable goes to the server as it is, so that `len()` and `wsgi.file_wrapper`
objects keep working; only `start_response` is the gate's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Unpack
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from consentgate.context import GateContext
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
from consentgate.events import Action, Reason
from consentgate.gate import COOKIE_KINDS, Gate, Outcome
from consentgate.set_cookie import has_line_break
from consentgate.thinning import Thinner
from consentgate.visitor import CONSENT_KEY, VisitorConsent

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]
Noted = list[tuple[int, str, str]]

_PLAIN = frozenset({"Content-Type", "Content-Length", "Date", "Server", "Location", "ETag"})

BLOCKED_STATUS = "500 Internal Server Error"


class _Passage(NamedTuple):
    context: GateContext
    gate: Gate
    thinner: Thinner | None
    free: frozenset[str]


class WsgiVisit(VisitorConsent):
    """A visit whose facts are in a WSGI environ."""

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.request.get("REQUEST_METHOD", "GET"))

    @property
    def path(self) -> str:
        """The request's path without its query."""
        return str(self.request.get("SCRIPT_NAME", "")) + str(self.request.get("PATH_INFO", ""))

    @property
    def secure(self) -> bool:
        """True for https."""
        return self.request.get("wsgi.url_scheme") == "https"

    def header(self, name: str) -> str:
        """The request header; servers join repeated ones themselves."""
        return str(self.request.get("HTTP_" + name.upper().replace("-", "_"), ""))

    def read_cookie(self) -> str:
        """The Cookie header."""
        return str(self.request.get("HTTP_COOKIE", ""))


class ConsentMiddleware:
    """A WSGI application that lets out only the cookies its visitor allows.

    Put it outermost: what middleware outside of it sets is not seen. `policy` is a Policy or a
    function of the environ that picks one of a fixed set; the options are those of `Gate`.
    """

    def __init__(
        self,
        app: WSGIApplication,
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

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application behind the gate."""
        context, gate, thinner, free = self._single or self._passages.pick(environ)
        outer = environ.get(CONSENT_KEY)
        if outer is not None and enclosing(outer, context) is not None:
            return self.app(environ, start_response)
        visit = WsgiVisit(context, environ)
        if outer is None:
            environ[CONSENT_KEY] = visit
        else:
            enter(visit, outer)
        if thinner is not None and "HTTP_COOKIE" in environ:
            _thin(environ, visit, thinner)

        def guarded_start(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
            visit.started = True
            own = list(headers)
            # One text for all: a bare CR, LF or NUL anywhere in it would split the head.
            text = status + "".join(map("".join, own))
            if "\n" in text or "\r" in text or "\0" in text:
                status, own = _cut_breaks(visit, status, own)
            noted: Noted = []
            must_decide = visit.touched
            for place, (name, value) in enumerate(own):
                if name in _PLAIN or (name == "Set-Cookie" and _is_free(value, free)):
                    continue
                kind = header_kind(name)
                if kind:
                    noted.append((place, kind, value))
                    must_decide = must_decide or kind in COOKIE_KINDS
            if must_decide:
                status, own = _decide(gate, visit, status, own, noted=noted)
            write = start_response(status, own, *(() if exc_info is None else (exc_info,)))
            return _discard if visit.blocked else write

        try:
            body = self.app(environ, guarded_start)
        finally:
            visit.active = False
        return body if context.mode is not Mode.BLOCK else _BodyUnlessBlocked(body, visit)


def _is_free(value: str, free: frozenset[str]) -> bool:
    """True for a value that passes whoever the visitor is: an exact necessary name before its
    first "=" and nothing that would end the header's line."""
    name, equals, _ = value.partition("=")
    return bool(equals) and name in free and not has_line_break(value)


def _prepare(gate: Gate) -> _Passage:
    return _Passage(gate.context, gate, gate.thinner, gate.unconditional_names)


def _thin(environ: WSGIEnvironment, visit: WsgiVisit, thinner: Thinner) -> None:
    """Hide from the application what it may not read, in the same environ."""
    text = environ["HTTP_COOKIE"]
    if visit.original_cookie is None:
        visit.original_cookie = text
    thinned = thinner.thin(visit, text)
    if thinned:
        environ["HTTP_COOKIE"] = thinned
    elif thinned is not None:
        del environ["HTTP_COOKIE"]


def _cut_breaks(visit: WsgiVisit, status: str, own: Headers) -> tuple[str, Headers]:
    """The status line and headers without what would split the response's head.

    Set-Cookie headers stay: the verdict on them says so itself. Report mode changes nothing.
    """
    reports = visit.context.mode is Mode.REPORT
    if has_line_break(status):
        visit.report(Reason.STATUS_LINE_BREAK, Action.REWRITE)
        status = status if reports else BLOCKED_STATUS
    kept = []
    for name, value in own:
        is_judged = header_kind(name) in COOKIE_KINDS and not has_line_break(name)
        if is_judged or not (has_line_break(name) or has_line_break(value)):
            kept.append((name, value))
            continue
        visit.report(Reason.HEADER_LINE_BREAK, Action.STRIP, name=name)
        if reports:
            kept.append((name, value))
    return status, kept


def _decide(
    gate: Gate, visit: WsgiVisit, status: str, own: Headers, *, noted: Noted
) -> tuple[str, Headers]:
    """The status line and headers of a response with what the gate lets out of it."""
    outcome = gate.respond(
        visit, [(kind, value) for _, kind, value in noted], content_type=_content_type(own)
    )
    visit.blocked = blocked_lines(outcome.blocked)
    if visit.blocked:
        length = str(len(blocked_body(visit.blocked)))
        headers = [(_as_title(name), value) for name, value in BLOCKED_HEADERS]
        return BLOCKED_STATUS, [*headers, ("Content-Length", length)]
    headers = [("Set-Cookie", value) for value in outcome.first]
    headers += _replace(own, noted, outcome)
    headers += [("Set-Cookie", value) for value in outcome.expired]
    return status, headers + [(_as_title(name), value) for name, value in outcome.caching]


def _replace(own: Headers, noted: Noted, outcome: Outcome) -> Headers:
    """The headers with what became of the noted ones in their places; what goes is left out."""
    places: list[tuple[str, str] | None] = list(own)
    for (place, _, _), value in zip(noted, outcome.values, strict=True):
        places[place] = None if value is None else (own[place][0], value)
    return [header for header in places if header is not None]


def _content_type(own: Headers) -> str:
    return next((value for name, value in own if name.lower() == "content-type"), "")


def _as_title(name: str) -> str:
    return name.title()


def _discard(data: bytes) -> None:
    """What a blocked application writes to."""


class _BodyUnlessBlocked:
    """The application's body, or what replaces it once its response was blocked."""

    def __init__(self, body: Iterable[bytes], visit: WsgiVisit) -> None:
        self._body = body
        self._chunks = iter(body)
        self._visit = visit
        self._done = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._done:
            raise StopIteration
        # An application may start its response with its first chunk only, or with none.
        chunk = next(self._chunks, None)
        if self._visit.blocked:
            self._done = True
            return b"" if self._visit.method == "HEAD" else blocked_body(self._visit.blocked)
        if chunk is None:
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Close the application's body, as the server would."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
