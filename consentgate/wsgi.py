"""The WSGI door: PEP 3333 to the letter, nothing added to the body and nothing kept of it.

The application's iterable goes to the server as it is, so that `len()` and `wsgi.file_wrapper`
objects keep working; only `start_response` is the gate's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from types import TracebackType
from typing import Unpack
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

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
from consentgate.gate.events import Action, Reason
from consentgate.gate.gate import Gate, Outcome
from consentgate.gate.options import Mode
from consentgate.gate.request_filter import RequestFilter
from consentgate.gate.response_filter import Alphabet, ResponseFilter
from consentgate.gate.visitor import CONSENT_KEY, VisitorConsent
from consentgate.http.header_names import COOKIE_KINDS, Remembered, header_kind, tells_caches
from consentgate.http.set_cookie import has_line_break
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.wsgi import WsgiPages

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]

_kinds = Remembered[str, str](header_kind, wanted=lambda kind: kind == "")


def _is_plain_name(name: str) -> bool:
    """True where by a header of this name no cookie can leave, nor the response's head be split."""
    return header_kind(name) not in COOKIE_KINDS and not has_line_break(name)


_is_plain = Remembered[str, bool](_is_plain_name, wanted=bool)
_plain_names = _is_plain.gathered

_IN_TEXT = Alphabet(
    equals="=",
    semicolon=";",
    breaks=("\n", "\r", "\0"),
    private=("Cache-Control", "private"),
    vary=("Vary", "Cookie"),
)

BLOCKED_STATUS = "500 Internal Server Error"


class _Passage:
    """What the door made ready for one policy."""

    __slots__ = (
        "always",
        "blocks",
        "context",
        "exchange_type",
        "gate",
        "request_filter",
        "response_filter",
    )

    def __init__(self, gate: Gate, sites: PagesByPolicy | None) -> None:
        self.gate = gate
        self.context = gate.context
        self.request_filter = gate.request_filter
        self.exchange_type = WsgiExchange.of(gate.context)
        self.exchange_type.site = None if sites is None else sites.site_of(gate.policy)
        self.response_filter = ResponseFilter[str](gate, kinds=_kinds, alphabet=_IN_TEXT)
        self.always = self.response_filter.always
        self.blocks = gate.context.mode is Mode.BLOCK


class WsgiExchange(VisitorConsent):
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

    def let_go(self) -> None:
        """Keep of the environ only what may be asked while the body is sent: the environ holds
        the visit, and both would live until the next garbage collection."""
        if self.context.required is not None:
            self._enforcement = self.enforcement
        signal = self.request.get("HTTP_SEC_GPC")
        self.request = {} if signal is None else {"HTTP_SEC_GPC": signal}

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
        **options: Unpack[MiddlewareOptions],
    ) -> None:
        gate_options, site_options = split_options(options)
        sites = pages_of(site_options)
        self.app = self._inner = app
        self._mark = ""  # in every path
        if sites is not None:
            self.app = pages = WsgiPages(app, sites)
            self._inner, self._mark = pages.inner, sites.mark
        self._passages = GatesByPolicy(
            policy,
            lambda one: Gate(one, secret_key=secret_key, **gate_options),
            lambda gate: _Passage(gate, sites),
        )
        self._single = self._passages.single

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application behind the gate."""
        passage = self._single or self._passages.pick(environ)
        found = None
        if CONSENT_KEY in environ:
            found = environ[CONSENT_KEY]
            if is_inside(found, passage.context):
                return self.app(environ, start_response)
        exchange = passage.exchange_type()
        exchange.request = environ
        # What is asked at each response is set here: an attribute of the class is found later.
        exchange.needs_review = False
        # As it came in: what the application writes into it is no visitor's choice.
        exchange.original_cookie = environ.get("HTTP_COOKIE", "")
        if found is not None and (outer := find_outer(found, passage.context)) is not None:
            exchange.outer_gate = outer
            exchange.original_cookie = outer.original_cookie
        environ[CONSENT_KEY] = exchange
        if passage.request_filter is not None and "HTTP_COOKIE" in environ:
            _thin(environ, exchange, passage.request_filter)

        def guarded_start(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
            exchange.request = environ
            own = [*headers]
            must_sift = exchange.needs_review
            # One text for all: a bare CR, LF or NUL anywhere in it would split the head.
            text = status
            for name, value in own:
                text += value
                if name in _plain_names:
                    continue
                if name == "Set-Cookie":
                    # What passes byte for byte, whoever the visitor is.
                    cookie, has_name, _ = value.partition("=")
                    if has_name and cookie in passage.always:
                        continue
                if not _is_plain[name]:
                    must_sift = True
                    text += name
            must_decide = "\n" in text or "\r" in text or "\0" in text or passage.blocks
            if must_sift and not must_decide:
                left = passage.response_filter.sift(exchange, own)
                must_decide = left is None
                own = own if left is None else left
            if must_decide:
                status, own = _decide(passage.gate, exchange, status, own)
            exchange.started = True
            if passage.blocks:
                write = start_response(status, own, *(() if exc_info is None else (exc_info,)))
                return _discard if exchange.blocked else write
            if passage.context.required is not None or "HTTP_SEC_GPC" in environ:
                exchange.let_go()
            else:
                exchange.request = {}
            if exc_info is None:
                return start_response(status, own)
            return start_response(status, own, exc_info)

        # Nearly every path is without the mark: that is seen sooner than what a path is.
        app = self.app if self._mark in environ.get("PATH_INFO", "") else self._inner
        try:
            body = app(environ, guarded_start)
        except BaseException:
            # What failed is no gate around anything.
            exchange.is_running = False
            raise
        return _BodyUnlessBlocked(body, exchange) if passage.blocks else body


def _thin(environ: WSGIEnvironment, exchange: WsgiExchange, request_filter: RequestFilter) -> None:
    """Hide from the application what it may not read, in the same environ."""
    text = environ["HTTP_COOKIE"]
    spans = request_filter.spans(exchange, text)
    if spans is None:
        return
    if spans:
        environ["HTTP_COOKIE"] = "; ".join([text[start:end] for start, end in spans])
    else:
        del environ["HTTP_COOKIE"]


def _cut_breaks(exchange: WsgiExchange, status: str, own: Headers) -> tuple[str, Headers]:
    """The status line and headers without what would split the response's head.

    Set-Cookie headers stay: the verdict on them says so itself. Report mode changes nothing.
    """
    if not has_line_break(status + "".join(chain.from_iterable(own))):
        return status, own
    reports = exchange.context.mode is Mode.REPORT
    if has_line_break(status):
        exchange.report(Reason.STATUS_LINE_BREAK, Action.REWRITE)
        status = status if reports else BLOCKED_STATUS
    kept = []
    for name, value in own:
        is_judged = header_kind(name) in COOKIE_KINDS and not has_line_break(name)
        if is_judged or not (has_line_break(name) or has_line_break(value)):
            kept.append((name, value))
            continue
        exchange.report(Reason.HEADER_LINE_BREAK, Action.STRIP, name=name)
        exchange.is_private = exchange.is_private or tells_caches(name)
        if reports:
            kept.append((name, value))
    return status, kept


def _decide(gate: Gate, exchange: WsgiExchange, status: str, own: Headers) -> tuple[str, Headers]:
    """The status line and headers of a response with what the gate lets out of it."""
    status, own = _cut_breaks(exchange, status, own)
    places = [place for place, (name, _) in enumerate(own) if _kinds[name]]
    noted = [(_kinds[own[place][0]], own[place][1]) for place in places]
    outcome = gate.respond(exchange, noted, content_type=_content_type(own))
    exchange.blocked = blocked_lines(outcome.blocked)
    if exchange.blocked:
        length = str(len(blocked_body(exchange.blocked)))
        headers = [(_as_title(name), value) for name, value in BLOCKED_HEADERS]
        return BLOCKED_STATUS, [*headers, ("Content-Length", length)]
    headers = [("Set-Cookie", value) for value in outcome.first]
    headers += _replace(own, places, outcome)
    headers += [("Set-Cookie", value) for value in outcome.expired]
    return status, headers + [(_as_title(name), value) for name, value in outcome.caching]


def _replace(own: Headers, places: list[int], outcome: Outcome) -> Headers:
    """The headers with what became of the noted ones in their places; what goes is left out."""
    fates: list[tuple[str, str] | None] = list(own)
    for place, value in zip(places, outcome.values, strict=True):
        fates[place] = None if value is None else (own[place][0], value)
    return [header for header in fates if header is not None]


def _content_type(own: Headers) -> str:
    return next((value for name, value in own if name.lower() == "content-type"), "")


def _as_title(name: str) -> str:
    return name.title()


def _discard(data: bytes) -> None:
    """What a blocked application writes to."""


class _BodyUnlessBlocked:
    """The application's body, or what replaces it once its response was blocked."""

    def __init__(self, body: Iterable[bytes], exchange: WsgiExchange) -> None:
        self._body = body
        self._chunks = iter(body)
        self._visit = exchange
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
