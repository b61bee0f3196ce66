"""WSGI: exchanges, an application that answers with what the exchange holds, and the contenders."""

from __future__ import annotations

import io
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.timing import Contender, Exchange
from benchmarks.traffic import POLICY, SECRET, Lines, Traffic
from benchmarks.truth import Outcome, cookie_names, hidden_names
from consentgate.wsgi import ConsentMiddleware

StartResponse = Callable[..., Any]  # PEP 3333: a third argument may follow, and `write` comes back
App = Callable[[Exchange, StartResponse], Iterable[bytes]]

RESPONSE = "benchmarks.response"
BODY = b"hello"


def application(environ: Exchange, start_response: StartResponse) -> Iterable[bytes]:
    """Answers with the headers and the body that the exchange holds."""
    headers, body = environ[RESPONSE]
    start_response("200 OK", headers)
    chunks: Iterable[bytes] = body
    return chunks


class PassThrough:
    """The leanest middleware that sees the response's start: the N of the table."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, environ: Exchange, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""

        def pass_on(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers, exc_info)

        return self._app(environ, pass_on)


def gated(app: App, *, thin: str) -> App:
    """The application behind the gate."""
    return ConsentMiddleware(app, policy=POLICY, secret_key=SECRET, thin=thin)


def wsgi_contenders(traffic: Traffic, *, thin: str) -> dict[str, Contender]:
    """Every contender that a row may compare the gate with, over the same traffic."""
    make = exchange_maker(traffic)
    return {
        "bare": Contender(serve_with(application), make),
        "N": Contender(serve_with(PassThrough(application)), make, baseline="bare"),
        "gate": Contender(serve_with(gated(application, thin=thin)), make, baseline="bare"),
    }


def serve_with(app: App) -> Callable[[Sequence[Exchange]], None]:
    """A function that serves a batch through the application, as a server's loop does."""

    def serve(exchanges: Sequence[Exchange]) -> None:
        for exchange in exchanges:
            body = app(exchange, _discard_start)
            deque(body, maxlen=0)
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return serve


def exchange_maker(traffic: Traffic) -> Callable[[], Exchange]:
    """A function that makes an environ as servers do, with the response in it."""

    def make() -> Exchange:
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/datasets",
            "QUERY_STRING": "page=3",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **_http_variables(traffic.request),
            RESPONSE: (traffic.response.as_text(), [BODY] * traffic.chunks),
        }

    return make


def observe_wsgi(traffic: Traffic, *, thin: str) -> Outcome:
    """What really happens to one exchange behind the gate."""
    exchange = exchange_maker(traffic)()
    seen: list[str] = []
    started: list[tuple[str, str]] = []

    def observing(environ: Exchange, start_response: StartResponse) -> Iterable[bytes]:
        seen.extend(_cookie_headers(environ))
        return application(environ, start_response)

    def collect(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        started.extend(headers)

    came = _cookie_headers(exchange)
    body = list(gated(observing, thin=thin)(exchange, collect))
    return Outcome(sets=cookie_names(started), hidden=hidden_names(came, seen), chunks=len(body))


def _discard_start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
    """The server's own end; it costs every contender the same."""


def _http_variables(request: Lines) -> dict[str, str]:
    return {"HTTP_" + name.upper().replace("-", "_"): value for name, value in request.as_text()}


def _cookie_headers(environ: Exchange) -> list[str]:
    return [environ[name] for name in ("HTTP_COOKIE",) if name in environ]
