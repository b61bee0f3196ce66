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

from consentgate._middleware import GatesByPolicy, find_outer, is_inside, pages_of, split_options
from consentgate.banner.response import INSERTING_KEY, PageVisit
from consentgate.ext.django.banner import page_visit_of, put_banner, put_banner_async, tell_apart
from consentgate.ext.django.guarding import guard_response
from consentgate.ext.django.own_pages import answer_own_page
from consentgate.ext.django.settings import read_settings
from consentgate.gate.gate import Gate
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.wsgi import WsgiExchange

# Any: a response, or under ASGI what is awaited for one.
GetResponse = Callable[[HttpRequest], Any]


class DjangoExchange(WsgiExchange):
    """A visit whose facts are in a request's META, which has the form of an environ."""

    is_secure = False

    @property
    def secure(self) -> bool:
        """True for https, as Django sees it (SECURE_PROXY_SSL_HEADER counts)."""
        return self.is_secure


class _Passage:
    """What the middleware made ready for one policy."""

    __slots__ = ("context", "exchange_type", "gate", "request_filter")

    def __init__(self, gate: Gate, sites: PagesByPolicy | None) -> None:
        self.gate = gate
        self.context = gate.context
        self.request_filter = gate.request_filter
        self.exchange_type = DjangoExchange.of(gate.context)
        self.exchange_type.site = None if sites is None else sites.site_of(gate.policy)


class ConsentMiddleware:
    """Lets out only the cookies that the visitor allows, answers for the visitor's pages and puts
    the banner into the project's. Put it first in MIDDLEWARE.

    Raises ConfigurationError and PolicyError where the settings are wrong.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        read = read_settings()
        options, site_options = split_options(read.options)
        self._sites = pages_of(site_options)
        self._passages = GatesByPolicy(
            read.policy,
            lambda one: Gate(one, secret_key=read.secret_key, **options),
            lambda gate: _Passage(gate, self._sites),
        )
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request; under ASGI what is returned must be awaited."""
        passage = self._passages.single or self._passages.pick(request.META)
        exchange = _enter(request, passage)
        if exchange is None:
            answered: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
            return answered
        if self._is_async:
            return self._answer_async(request, passage.gate, exchange)
        try:
            return guard_response(self._respond(request, exchange), passage.gate, exchange)
        finally:
            _leave(exchange)

    async def _answer_async(
        self, request: HttpRequest, gate: Gate, exchange: DjangoExchange
    ) -> HttpResponseBase:
        try:
            return guard_response(await self._respond_async(request, exchange), gate, exchange)
        finally:
            _leave(exchange)

    def _respond(self, request: HttpRequest, exchange: DjangoExchange) -> HttpResponseBase:
        own = self._own_path(request)
        if own is not None:
            return answer_own_page(request, exchange, own)
        page = _page_visit(request, exchange)
        response: HttpResponseBase = self.get_response(request)
        if page is not None:
            put_banner(response, page)
        else:
            tell_apart(request, response, exchange, outer=_outer(request))
        return response

    async def _respond_async(
        self, request: HttpRequest, exchange: DjangoExchange
    ) -> HttpResponseBase:
        own = self._own_path(request)
        if own is not None:
            return answer_own_page(request, exchange, own)
        page = _page_visit(request, exchange)
        response: HttpResponseBase = await self.get_response(request)
        if page is not None:
            await put_banner_async(response, page)
        else:
            tell_apart(request, response, exchange, outer=_outer(request))
        return response

    def _own_path(self, request: HttpRequest) -> str | None:
        return None if self._sites is None else self._sites.own_path(request.path_info)


def _page_visit(request: HttpRequest, exchange: DjangoExchange) -> PageVisit | None:
    return page_visit_of(request, exchange, outer=_outer(request))


def _outer(request: HttpRequest) -> object:
    """The visitor into whose page a gate further out puts the banner."""
    return _holder(request).get(INSERTING_KEY)


def _enter(request: HttpRequest, passage: _Passage) -> DjangoExchange | None:
    """Begin the visit of a request, None where an equal gate is around it already."""
    holder = _holder(request)
    outer = holder.get(CONSENT_KEY)
    if outer is not None and is_inside(outer, passage.context):
        return None
    exchange = passage.exchange_type()
    exchange.request = request.META
    exchange.is_secure = request.is_secure()
    exchange.original_cookie = request.META.get("HTTP_COOKIE", "")
    exchange.outer_gate = find_outer(outer, passage.context)
    if exchange.outer_gate is not None:
        exchange.original_cookie = exchange.outer_gate.cookie
    holder[CONSENT_KEY] = exchange
    if passage.request_filter is not None and "HTTP_COOKIE" in request.META:
        _thin(request, passage, exchange)
    return exchange


def _leave(exchange: DjangoExchange) -> None:
    """End the visit: nothing can be changed any more, and nothing of the request is kept."""
    exchange.started = True
    exchange.is_running = False
    exchange.let_go()


def _holder(request: HttpRequest) -> MutableMapping[str, Any]:
    """Where `get_consent` looks: the scope of an ASGI request, else the environ."""
    scope: MutableMapping[str, Any] | None = getattr(request, "scope", None)
    return request.META if scope is None else scope


def _thin(request: HttpRequest, passage: _Passage, exchange: DjangoExchange) -> None:
    """Hide from the views what they may not read."""
    assert passage.request_filter is not None
    text = request.META["HTTP_COOKIE"]
    spans = passage.request_filter.spans(exchange, text)
    if spans is None:
        return
    del request.META["HTTP_COOKIE"]
    if spans:
        request.META["HTTP_COOKIE"] = "; ".join([text[start:end] for start, end in spans])
    _hide_in_scope(request)
    # A middleware before this one may have read them; they are read from META again.
    for read in ("COOKIES", "headers"):
        if hasattr(type(request), read):
            vars(request).pop(read, None)


def _hide_in_scope(request: HttpRequest) -> None:
    """Have the scope of an ASGI request say the same as its META."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return
    left = request.META.get("HTTP_COOKIE", "").encode("latin-1")
    headers = [header for header in scope["headers"] if header[0].lower() != b"cookie"]
    scope["headers"] = [*headers, (b"cookie", left)] if left else headers
