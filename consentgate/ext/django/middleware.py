"""The gate as a middleware class: it judges what a response would be sent as, and has the
visitor's pages and the banner as well.

It sees the requests and responses of Django, the test client's too. What is set outside of them,
by middleware before it or by what is wrapped around the application, it cannot see: for that,
wrap the application (`consentgate.ext.django.wrap`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from consentgate._applications import check_interface
from consentgate._middleware import GatesByPolicy, PreparedGate, enter_stack
from consentgate._wsgi_exchange import WsgiExchange
from consentgate._wsgi_response import CONDITIONAL_KEYS
from consentgate.banner.page_insertion import may_change, runs_as_worker
from consentgate.banner.plain_request import ACCEPT_ENCODING
from consentgate.banner.response import PAGE_METHODS, may_insert
from consentgate.ext.django.banner import banner_for, prepared_banner
from consentgate.ext.django.caches import guard_caches
from consentgate.ext.django.guarding import SentHeaders, guard_response
from consentgate.ext.django.own_pages import OwnPage
from consentgate.ext.django.place import address_of
from consentgate.ext.django.proxy import forwarded_scheme
from consentgate.ext.django.settings import read_settings
from consentgate.gate.destination import NAVIGATIONS, destination_of
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.gate.waiting import settle, settle_async
from consentgate.http.wire import TEXT
from consentgate.pages.banners import Banners

# Any: a response, or under ASGI what is awaited for one.
GetResponse = Callable[[HttpRequest], Any]


class DjangoExchange(WsgiExchange):
    """An exchange whose facts are in a request's META, which has the form of an environ; `scheme`
    is that of the server."""

    scheme: str

    @property
    def secure(self) -> bool:
        """Whether the request came over https, as Django sees it (SECURE_PROXY_SSL_HEADER
        counts)."""
        scheme = forwarded_scheme(self.request)
        return (self.scheme if scheme is None else scheme) == "https"


class ConsentMiddleware:
    """Lets out only the cookies that the visitor allows, answers for the visitor's pages and puts
    the banner into the project's. Put it first in MIDDLEWARE.

    Raises ConfigurationError and PolicyError where the settings are wrong.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        check_interface(get_response, expected=None, owner="the class for Django's MIDDLEWARE")
        self.get_response = get_response
        guard_caches()
        read = read_settings()
        self._gates = GatesByPolicy(
            read.policy, secret_key=read.secret_key, options=read.options, wire=TEXT
        )
        pages = self._gates.pages
        self._mark = "" if pages is None else pages.path_mark
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request; under ASGI what is returned must be awaited."""
        gate = self._gates.single or self._gates.pick(request.META)
        own_path = None
        if gate.pages is not None and self._mark in request.path_info:
            own_path = gate.pages.own_path(request.path_info)
        exchange = _receive_request(request, gate, gate.banners if own_path is None else None)
        if exchange is None:
            answered: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
            return answered
        page = None
        if own_path is not None:
            assert gate.pages is not None, "there are pages for each policy"
            page = OwnPage(gate.pages, own_path)
        if self._is_async:
            return self._answer_async(request, gate, exchange, page)
        try:
            banner, change = None, None
            if exchange.needs_preparation:
                banner = prepared_banner(request, gate, exchange)
            response: HttpResponseBase
            if page is None:
                response = self.get_response(request)
            else:
                response = page.respond(request, exchange)
            if exchange.needs_review:
                settle(exchange)
            sent = SentHeaders(response, gate.response_filter)
            if banner is not None or (exchange.inserts_banner and sent.head.is_html):
                banner = banner or banner_for(request, gate, exchange)
                banner.put(response, sent)
                change = banner.page
            return guard_response(response, sent, gate.response_filter, exchange, change)
        finally:
            # Nothing can be changed any more.
            exchange.started = True
            exchange.is_running = False

    async def _answer_async(
        self,
        request: HttpRequest,
        gate: PreparedGate[str],
        exchange: DjangoExchange,
        page: OwnPage | None,
    ) -> HttpResponseBase:
        try:
            banner, change = None, None
            if exchange.needs_preparation:
                banner = prepared_banner(request, gate, exchange)
            response: HttpResponseBase
            if page is None:
                response = await self.get_response(request)
            else:
                response = await page.respond_async(request, exchange)
            await settle_async(exchange)
            sent = SentHeaders(response, gate.response_filter)
            if banner is not None or (exchange.inserts_banner and sent.head.is_html):
                banner = banner or banner_for(request, gate, exchange)
                await banner.put_async(response, sent)
                change = banner.page
            return guard_response(response, sent, gate.response_filter, exchange, change)
        finally:
            exchange.started = True
            exchange.is_running = False


def _receive_request(
    request: HttpRequest, gate: PreparedGate[str], banners: Banners | None
) -> DjangoExchange | None:
    """Take the facts of the request, None where an equal gate is around it already, and hide from
    the views what they may not read.

    Where something may be put into the answer, they see no Accept-Encoding either.
    """
    meta, scope = request.META, getattr(request, "scope", None)
    holder = meta if scope is None else scope  # as `holder_of` says
    exchange = DjangoExchange()
    exchange.settings = gate.settings
    exchange.pages = gate.pages
    exchange.request = meta.copy()
    exchange.scheme = (meta.get("wsgi.url_scheme") if scope is None else scope.get("scheme")) or ""
    exchange.needs_review = False  # read at once, as is what follows it
    exchange.outer_gate = None
    navigation = (meta.get("HTTP_SEC_FETCH_MODE", ""), meta.get("HTTP_SEC_FETCH_DEST", ""))
    exchange.known_destination = NAVIGATIONS.get(navigation)
    if meta.get("SCRIPT_NAME"):
        exchange.mount = address_of(request).mount
    cookie = exchange.cookie_header = meta.get("HTTP_COOKIE", "")
    if CONSENT_KEY in holder and not enter_stack(exchange, holder[CONSENT_KEY]):
        return None
    holder[CONSENT_KEY] = exchange
    if cookie and gate.request_filter is not None:
        visible = gate.request_filter.visible(exchange, cookie)
        if visible is not cookie:
            _hide(request, visible)
            if scope is not None:
                _hide_in_scope(scope, visible.encode("latin-1"))
    if (
        banners is not None
        and request.method in PAGE_METHODS
        and (exchange.outer_gate is None or may_insert(exchange))
    ):
        exchange.inserts_banner = True
        destination = exchange.known_destination or destination_of(exchange)
        if ACCEPT_ENCODING in meta and (destination.is_page or may_change(banners, exchange)):
            del meta[ACCEPT_ENCODING]
            vars(request).pop("headers", None)  # they are read from META again
        exchange.needs_preparation = request.method != "POST" and (
            not meta.keys().isdisjoint(CONDITIONAL_KEYS)
            or (banners.guards and runs_as_worker(exchange))
        )
    return exchange


def _hide(request: HttpRequest, cookie: str) -> None:
    """Let the views see this Cookie header, none where it is empty."""
    meta, known = request.META, vars(request)
    if cookie:
        meta["HTTP_COOKIE"] = cookie
    else:
        del meta["HTTP_COOKIE"]
    # A middleware before this one may have read them; they are read from META again.
    for attribute in ("COOKIES", "headers"):
        if attribute in known and hasattr(type(request), attribute):
            del known[attribute]


# Any: the values of a scope are the specification's, of many types.
def _hide_in_scope(scope: MutableMapping[str, Any], cookie: bytes) -> None:
    """Have the scope of an ASGI request say the same as its META."""
    headers = [header for header in scope["headers"] if header[0].lower() != b"cookie"]
    scope["headers"] = [*headers, (b"cookie", cookie)] if cookie else headers
