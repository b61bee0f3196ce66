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
from consentgate._wsgi_response import CONDITIONAL_KEYS, ExcInfo, Headers, Write, WsgiResponse
from consentgate.banner.page_insertion import may_change, runs_as_worker
from consentgate.banner.plain_request import ACCEPT_ENCODING
from consentgate.banner.response import PAGE_METHODS, may_insert
from consentgate.gate.destination import NAVIGATIONS, destination_of
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.gate.waiting import settle
from consentgate.http.wire import TEXT
from consentgate.pages.banners import Banners
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
        pages = self._gates.pages
        self._mark = "" if pages is None else pages.path_mark
        if pages is not None:
            check_toolkit(extra_for(app, default="wsgi"))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application behind the gate."""
        gate = self._gates.single or self._gates.pick(environ)
        own_path, path = None, environ.get("PATH_INFO", "")
        # Nearly every path is without the mark of the library's pages: that is seen sooner.
        if gate.pages is not None and (self._mark in path or path[:1] != "/"):
            own_path = gate.pages.own_path(path_in_environ(environ))
        banners = gate.banners if own_path is None else None
        exchange = _receive_request(environ, gate, banners)
        if exchange is None:
            return self.app(environ, start_response)
        if not exchange.inserts_banner:
            banners = None
        response: WsgiResponse | None = None
        if exchange.needs_preparation or gate.blocks:
            response = WsgiResponse(exchange, gate, environ, start_response, banners)
            response.prepare()
        read_head = gate.response_filter.read

        def guarded_start(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
            nonlocal response
            if response is not None:
                write = response.start(status, headers, exc_info)
            else:
                head = read_head(headers)
                is_plain = exc_info is None and type(status) is str and status.isprintable()
                if (
                    not is_plain
                    or head.questions
                    or exchange.needs_review
                    or (head.is_html and banners is not None)
                ):
                    response = WsgiResponse(exchange, gate, environ, start_response, banners)
                    write = response.begin(status, head, exc_info)
                else:
                    # Nearly all start like this, and leave as they came. Nothing can be changed
                    # any more, whatever the server says of it.
                    exchange.started = True
                    write = start_response(status, head.pairs)

            def guarded_write(data: bytes) -> None:
                # What `write` is a method of may lead to the server's `start_response`.
                write(data)

            return guarded_write

        if "wsgi.early_hints" in environ:
            _guard_early_hints(environ, gate, exchange)
        environ[CONSENT_KEY] = exchange
        try:
            if own_path is not None:
                assert gate.pages is not None, "there are pages for each policy"
                page = partial(answer_page, gate.pages, own_path, exchange)
                body = self._answer_page(page, environ, guarded_start)
            elif response is not None and response.is_head:
                return response.without_body(self.app(response.ask_as_get(), guarded_start))
            else:
                body = self.app(environ, guarded_start)
            if response is None:
                if exchange.started:
                    return body
                response = WsgiResponse(exchange, gate, environ, start_response, banners)
            return response.around(body)
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


def _receive_request(
    environ: WSGIEnvironment, gate: PreparedGate[str], banners: Banners | None
) -> WsgiExchange | None:
    """Take the facts of the request as the server gave them, and hide from the application what it
    may not read. Return None where an equal gate is around it already.

    Where something may be put into the answer, the application sees no Accept-Encoding either.
    """
    exchange = WsgiExchange()
    exchange.settings = gate.settings
    exchange.pages = gate.pages
    exchange.request = environ.copy()
    exchange.needs_review = False  # read at once, as is what follows it
    exchange.outer_gate = None
    navigation = (environ.get("HTTP_SEC_FETCH_MODE", ""), environ.get("HTTP_SEC_FETCH_DEST", ""))
    exchange.known_destination = NAVIGATIONS.get(navigation)
    cookie = exchange.cookie_header = environ.get("HTTP_COOKIE", "")
    if CONSENT_KEY in environ and not enter_stack(exchange, environ[CONSENT_KEY]):
        return None
    if cookie and gate.request_filter is not None:
        visible = gate.request_filter.visible(exchange, cookie)
        if visible:
            environ["HTTP_COOKIE"] = visible
        else:
            del environ["HTTP_COOKIE"]
    method = environ.get("REQUEST_METHOD", "GET")
    if (
        banners is not None
        and method in PAGE_METHODS
        and (exchange.outer_gate is None or may_insert(exchange))
    ):
        exchange.inserts_banner = True
        destination = exchange.known_destination or destination_of(exchange)
        may_differ = destination.is_page or may_change(banners, exchange)
        if may_differ and ACCEPT_ENCODING in environ:
            del environ[ACCEPT_ENCODING]
        exchange.needs_preparation = (
            not environ.keys().isdisjoint(CONDITIONAL_KEYS)
            or (may_differ and method == "HEAD")
            or (banners.guards and runs_as_worker(exchange))
        )
    return exchange
