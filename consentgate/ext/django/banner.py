"""The banner within Django: put into its responses, whole or streamed, sync or async.

The start of a streamed page is read until it is known where its body starts, since its headers
leave before the first of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import chain

from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from consentgate.banner.html_response import DESTINATION, PAGE_METHODS, fetched_by
from consentgate.banner.insertion import Found, Insertion
from consentgate.banner.page_headers import CONDITIONAL, Header, keep_apart
from consentgate.banner.response import NOT_MODIFIED, PageVisit, banners_of
from consentgate.ext.django.place import where_of
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.banners import Banners
from consentgate.pages.template_helpers import site_of


def page_visit_of(
    request: HttpRequest, visitor: VisitorConsent, *, outer: object
) -> PageVisit | None:
    """Return the request as that of a page, None where nothing is put in, or by the gate of
    `outer` already. The views see its conditional headers as they may (RFC 9110 section 13)."""
    banners = _banners_of(request, visitor, outer=outer)
    if banners is None or fetched_by(request.headers.get) is not None:
        return None
    if request.method != "GET":
        # What a form was sent to is no way back.
        place = where_of(request)._replace(inside=f"{site_of(visitor).prefix}/", query="")
        return PageVisit(banners, visitor, where=lambda: place)
    exchange = PageVisit(banners, visitor, where=lambda: where_of(request))
    found = {
        name: request.headers[name]
        for name in (DESTINATION, *CONDITIONAL)
        if name in request.headers
    }
    for name, value in exchange.settle_conditions(found).items():
        key = "HTTP_" + name.upper().replace("-", "_")
        del request.META[key]
        if value is not None:
            request.META[key] = value
        # They are read from META again.
        vars(request).pop("headers", None)
    return exchange


def tell_apart(
    request: HttpRequest, response: HttpResponseBase, visitor: VisitorConsent, *, outer: object
) -> None:
    """Let no cache answer with a page that was fetched where one of its own is asked for."""
    fetched_as = fetched_by(request.headers.get)
    if fetched_as is not None and _banners_of(request, visitor, outer=outer) is not None:
        headers = list(response.headers.items())
        _set_headers(response, keep_apart(response.status_code, headers, fetched_as))


def _banners_of(request: HttpRequest, visitor: VisitorConsent, *, outer: object) -> Banners | None:
    if visitor.site is None or request.method not in PAGE_METHODS:
        return None
    return banners_of(site_of(visitor), visitor, found=outer)


def put_banner(response: HttpResponseBase, exchange: PageVisit) -> None:
    """Put the banner into a response, if that is a page."""
    insertion = _begin(response, exchange)
    if insertion is None:
        return
    if isinstance(response, HttpResponse):
        body = insertion.feed(response.content) + insertion.finish()
        _end(response, exchange, insertion)
        response.content = body
    elif isinstance(response, StreamingHttpResponse) and not response.is_async:
        chunks = iter(response)
        start = _start_of(chunks, insertion)
        _end(response, exchange, insertion)
        response.streaming_content = chain([start], chunks)


async def put_banner_async(response: HttpResponseBase, exchange: PageVisit) -> None:
    """Put the banner into a response of an async view, if that is a page."""
    if not isinstance(response, StreamingHttpResponse):
        put_banner(response, exchange)
        return
    if not response.is_async:
        # What it is read from may wait for a disk or a database.
        await sync_to_async(put_banner)(response, exchange)
        return
    insertion = _begin(response, exchange)
    if insertion is not None:
        chunks = aiter(response)
        start = await _start_of_async(chunks, insertion)
        _end(response, exchange, insertion)
        response.streaming_content = _follow(start, chunks)


def _begin(response: HttpResponseBase, exchange: PageVisit) -> Insertion | None:
    if isinstance(response, FileResponse):
        return None
    headers = list(response.headers.items())
    if response.status_code == NOT_MODIFIED:
        _set_headers(response, exchange.confirm(headers))
        return None
    return exchange.begin(response.status_code, headers)


def _end(response: HttpResponseBase, exchange: PageVisit, insertion: Insertion) -> None:
    _set_headers(response, exchange.end(insertion))


def _set_headers(response: HttpResponseBase, headers: Sequence[Header]) -> None:
    for name in list(response.headers):
        del response.headers[name]
    for name, value in headers:
        response.headers[name] = value


def _start_of(chunks: Iterator[bytes], insertion: Insertion) -> bytes:
    """The start of a body, with what is put into it."""
    while insertion.found is Found.SEARCHING:
        chunk = next(chunks, None)
        if chunk is None:
            return insertion.finish()
        start = insertion.feed(chunk)
    return start


async def _start_of_async(chunks: AsyncIterator[bytes], insertion: Insertion) -> bytes:
    while insertion.found is Found.SEARCHING:
        chunk = await anext(chunks, None)
        if chunk is None:
            return insertion.finish()
        start = insertion.feed(chunk)
    return start


async def _follow(start: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for chunk in chunks:
        yield chunk
