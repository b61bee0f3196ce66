"""WSGI: exchanges, an application that answers with what the exchange holds, and the contenders."""

from __future__ import annotations

import io
import sys
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from benchmarks.timing import Contender
from benchmarks.traffic import POLICY, SECRET, Lines, Traffic
from benchmarks.truth import Outcome, cookie_names, hidden_names
from consentgate.gate.options import HideCookiesOption
from consentgate.wsgi import ConsentMiddleware

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]

RESPONSE = "benchmarks.response"
BODY = b"hello"
_NO_BODY = io.BytesIO()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers with what the exchange holds, made for it alone."""
    flow: Traffic = environ[RESPONSE]
    start_response("200 OK", flow.response.as_text())
    return [BODY] * flow.chunks


class PassThrough:
    """The leanest middleware that sees the response's start: the N of the table."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""

        def pass_on(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
            return start_response(status, headers, exc_info)

        return self._app(environ, pass_on)


def gated(app: WSGIApplication, *, hide_cookies: HideCookiesOption) -> WSGIApplication:
    """The application behind the gate."""
    return ConsentMiddleware(
        app, policy=POLICY, secret_key=SECRET, hide_cookies=hide_cookies, banner="manual"
    )


def wsgi_contenders(traffic: Traffic, *, hide_cookies: HideCookiesOption) -> dict[str, Contender]:
    """Every contender that a row may compare the gate with, over the same traffic."""
    return {
        "bare": Contender(serve_with(application, traffic)),
        "N": Contender(serve_with(PassThrough(application), traffic), baseline="bare"),
        "gate": Contender(
            serve_with(gated(application, hide_cookies=hide_cookies), traffic), baseline="bare"
        ),
    }


def serve_with(app: WSGIApplication, traffic: Traffic) -> Callable[[int], None]:
    """A function that serves exchanges through the application, as a server's loop does."""
    make = exchange_maker(traffic)

    def serve(count: int) -> None:
        for _ in range(count):
            body = app(make(), _discard_start)
            deque(body, maxlen=0)
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return serve


def exchange_maker(traffic: Traffic) -> Callable[[], WSGIEnvironment]:
    """A function that makes an environ as servers do, with what the application answers in it."""

    def make() -> WSGIEnvironment:
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": traffic.path,
            "QUERY_STRING": traffic.query(),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": _NO_BODY,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **_http_variables(traffic.request),
            RESPONSE: traffic,
        }

    return make


def observe_wsgi(traffic: Traffic, *, hide_cookies: HideCookiesOption) -> Outcome:
    """What really happens to one exchange behind the gate."""
    exchange = exchange_maker(traffic)()
    seen: list[str] = []
    started: list[tuple[str, str]] = []

    def observing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.extend(_cookie_headers(environ))
        return application(environ, start_response)

    def collect(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
        started.extend(headers)
        return _write

    came = _cookie_headers(exchange)
    body = list(gated(observing, hide_cookies=hide_cookies)(exchange, collect))
    return Outcome(sets=cookie_names(started), hidden=hidden_names(came, seen), chunks=len(body))


def _discard_start(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
    """The server's own end; it costs every contender the same."""
    return _write


def _write(chunk: bytes) -> None:
    """Nobody writes here."""


def _http_variables(request: Lines) -> dict[str, str]:
    return {"HTTP_" + name.upper().replace("-", "_"): value for name, value in request.as_text()}


def _cookie_headers(environ: WSGIEnvironment) -> list[str]:
    return [environ[name] for name in ("HTTP_COOKIE",) if name in environ]
