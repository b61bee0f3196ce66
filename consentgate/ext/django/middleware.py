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

from consentgate.doorway import Passages, find_outer, is_inside, sites_of, split_options
from consentgate.ext.django.banner import page_visit_of, put_banner, put_banner_async, tell_apart
from consentgate.ext.django.guarding import guard_response
from consentgate.ext.django.own_pages import answer_own_page
from consentgate.ext.django.settings import read_settings
from consentgate.gate import Gate
from consentgate.site.page_visit import INSERTING_KEY, PageVisit
from consentgate.site.sites import Sites
from consentgate.visitor import CONSENT_KEY
from consentgate.wsgi import WsgiVisit

# Any: a response, or under ASGI what is awaited for one.
GetResponse = Callable[[HttpRequest], Any]


class DjangoVisit(WsgiVisit):
    """A visit whose facts are in a request's META, which has the form of an environ."""

    is_secure = False

    @property
    def secure(self) -> bool:
        """True for https, as Django sees it (SECURE_PROXY_SSL_HEADER counts)."""
        return self.is_secure


class _Passage:
    """What the middleware made ready for one policy."""

    __slots__ = ("context", "gate", "thinner", "visit_type")

    def __init__(self, gate: Gate, sites: Sites | None) -> None:
        self.gate = gate
        self.context = gate.context
        self.thinner = gate.thinner
        self.visit_type = DjangoVisit.of(gate.context)
        self.visit_type.site = None if sites is None else sites.site_of(gate.policy)


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
        self._sites = sites_of(site_options)
        self._passages = Passages(
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
        visit = _enter(request, passage)
        if visit is None:
            answered: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
            return answered
        if self._is_async:
            return self._answer_async(request, passage.gate, visit)
        try:
            return guard_response(self._respond(request, visit), passage.gate, visit)
        finally:
            _leave(visit)

    async def _answer_async(
        self, request: HttpRequest, gate: Gate, visit: DjangoVisit
    ) -> HttpResponseBase:
        try:
            return guard_response(await self._respond_async(request, visit), gate, visit)
        finally:
            _leave(visit)

    def _respond(self, request: HttpRequest, visit: DjangoVisit) -> HttpResponseBase:
        own = self._own_path(request)
        if own is not None:
            return answer_own_page(request, visit, own)
        page = _page_visit(request, visit)
        response: HttpResponseBase = self.get_response(request)
        if page is not None:
            put_banner(response, page)
        else:
            tell_apart(request, response, visit, outer=_outer(request))
        return response

    async def _respond_async(self, request: HttpRequest, visit: DjangoVisit) -> HttpResponseBase:
        own = self._own_path(request)
        if own is not None:
            return answer_own_page(request, visit, own)
        page = _page_visit(request, visit)
        response: HttpResponseBase = await self.get_response(request)
        if page is not None:
            await put_banner_async(response, page)
        else:
            tell_apart(request, response, visit, outer=_outer(request))
        return response

    def _own_path(self, request: HttpRequest) -> str | None:
        return None if self._sites is None else self._sites.own_path(request.path_info)


def _page_visit(request: HttpRequest, visit: DjangoVisit) -> PageVisit | None:
    return page_visit_of(request, visit, outer=_outer(request))


def _outer(request: HttpRequest) -> object:
    """The visitor into whose page a gate further out puts the banner."""
    return _holder(request).get(INSERTING_KEY)


def _enter(request: HttpRequest, passage: _Passage) -> DjangoVisit | None:
    """Begin the visit of a request, None where an equal gate is around it already."""
    holder = _holder(request)
    outer = holder.get(CONSENT_KEY)
    if outer is not None and is_inside(outer, passage.context):
        return None
    visit = passage.visit_type()
    visit.request = request.META
    visit.is_secure = request.is_secure()
    visit.original_cookie = request.META.get("HTTP_COOKIE", "")
    visit.outer = find_outer(outer, passage.context)
    if visit.outer is not None:
        visit.original_cookie = visit.outer.cookie
    holder[CONSENT_KEY] = visit
    if passage.thinner is not None and "HTTP_COOKIE" in request.META:
        _thin(request, passage, visit)
    return visit


def _leave(visit: DjangoVisit) -> None:
    """End the visit: nothing can be changed any more, and nothing of the request is kept."""
    visit.started = True
    visit.active = False
    visit.let_go()


def _holder(request: HttpRequest) -> MutableMapping[str, Any]:
    """Where `get_consent` looks: the scope of an ASGI request, else the environ."""
    scope: MutableMapping[str, Any] | None = getattr(request, "scope", None)
    return request.META if scope is None else scope


def _thin(request: HttpRequest, passage: _Passage, visit: DjangoVisit) -> None:
    """Hide from the views what they may not read."""
    assert passage.thinner is not None
    text = request.META["HTTP_COOKIE"]
    spans = passage.thinner.spans(visit, text)
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
