"""The WSGI middleware: puts the gate around an application."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Unpack
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from consentgate._applications import Interface, extra_for, for_applications
from consentgate._middleware import (
    GatesByPolicy,
    MiddlewareOptions,
    PolicyOption,
    PreparedGate,
    enter_stack,
)
from consentgate._wsgi_exchange import WsgiExchange
from consentgate._wsgi_response import ExcInfo, Headers, Write, WsgiResponse
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.gate.waiting import settle
from consentgate.http.wire import TEXT
from consentgate.pages.http import path_in_environ
from consentgate.pages.wsgi import answer_page, check_toolkit


@for_applications(Interface.WSGI)
class ConsentMiddleware:
    """A WSGI application that lets out only the cookies its visitor allows.

    Put it outermost: what middleware outside of it sets is not seen. `policy` is a Policy or a
    function of the environ that picks one of a fixed set; the options are those of `Gate` and those
    of the visitor's pages.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        policy: PolicyOption,
        secret_key: str | bytes,
        **options: Unpack[MiddlewareOptions],
    ) -> None:
        self.app = app
        self._gates = GatesByPolicy(
            policy, secret_key=secret_key, options=options, wire=TEXT, scans=True
        )
        self._pages = self._gates.pages
        if self._pages is not None:
            check_toolkit(extra_for(app, default="wsgi"))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application behind the gate."""
        gate = self._gates.single or self._gates.pick(environ)
        exchange = _receive_request(environ, gate)
        if exchange is None:
            return self.app(environ, start_response)
        response = WsgiResponse(exchange, gate, environ, start_response)

        def guarded_start(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
            write = response.start(status, headers, exc_info)

            def guarded_write(data: bytes) -> None:
                # What `write` is a method of may lead to the server's `start_response`.
                write(data)

            return guarded_write

        if "wsgi.early_hints" in environ:
            _guard_early_hints(environ, gate, exchange)
        environ[CONSENT_KEY] = exchange
        try:
            # Nearly every path is without the mark of the library's pages: that is seen sooner.
            if self._pages is not None:
                path = path_in_environ(environ)
                own_path = self._pages.own_path(path) if self._pages.path_mark in path else None
                if own_path is not None:
                    assert gate.pages is not None, "there are pages for each policy"
                    page = partial(answer_page, gate.pages, own_path, exchange)
                    return response.around(self._answer_page(page, environ, guarded_start))
                response.prepare_banner()
                if response.is_head:
                    as_get = response.ask_as_get()
                    return response.without_body(self.app(as_get, guarded_start))
            return response.around(self.app(environ, guarded_start))
        except BaseException:
            exchange.is_running = False
            raise
        finally:
            # Whoever calls a gate later may do so because this one's body failed.
            exchange.is_in_call = False

    def _answer_page(
        self, page: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request to one of the library's pages, which is a WSGI application."""
        return page(environ, start_response)


def _guard_early_hints(
    environ: WSGIEnvironment, gate: PreparedGate[str], exchange: WsgiExchange
) -> None:
    """Let the application send early hints without the cookies that must not leave.

    Gunicorn offers a function that takes the headers of a 103 (RFC 8297).
    """
    send_raw = environ["wsgi.early_hints"]
    response_filter = gate.response_filter

    def send_hints(headers: Iterable[tuple[str, str]]) -> object:
        settle(exchange)
        pairs = [(_as_text(name), _as_text(value)) for name, value in headers]
        return send_raw(response_filter.screen(exchange, pairs))

    # In the copy too, which leads an application to whatever the server gave.
    environ["wsgi.early_hints"] = exchange.request["wsgi.early_hints"] = send_hints


def _as_text(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text


def _receive_request(environ: WSGIEnvironment, gate: PreparedGate[str]) -> WsgiExchange | None:
    """Take the facts of the request as the server gave them, and hide from the application what it
    may not read. Return None where an equal gate is around it already."""
    exchange = WsgiExchange()
    exchange.settings = gate.settings
    exchange.pages = gate.pages
    exchange.request = environ.copy()
    exchange.needs_review = False
    cookie = exchange.cookie_header = environ.get("HTTP_COOKIE", "")
    if CONSENT_KEY in environ and not enter_stack(exchange, environ[CONSENT_KEY]):
        return None
    if cookie and gate.request_filter is not None:
        visible = gate.request_filter.visible(exchange, cookie)
        if visible:
            environ["HTTP_COOKIE"] = visible
        else:
            del environ["HTTP_COOKIE"]
    return exchange
