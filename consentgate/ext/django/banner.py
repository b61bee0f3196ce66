"""The banner within Django: put into its responses, whole or streamed, sync or async.

The start of a streamed page is read until it is known where its body starts, since its headers
leave before the first of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import chain

from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from consentgate._middleware import PreparedGate
from consentgate.banner.page_headers import CONDITIONAL
from consentgate.banner.response import BannerResponse, may_insert
from consentgate.ext.django.place import address_of
from consentgate.gate.exchange import Exchange
from consentgate.pages.http import PageAddress

PageBanner = BannerResponse[str]


def banner_for(
    request: HttpRequest, gate: PreparedGate[str], exchange: Exchange
) -> PageBanner | None:
    """Return the banner for the response, None where nothing is put in. The views see the request's
    conditional headers as they may (RFC 9110 section 13)."""
    banners = gate.banners
    if banners is None or not may_insert(exchange):
        return None

    def address() -> PageAddress:
        # What a form was sent to is not a way back.
        path = None if request.method == "GET" else f"{banners.prefix}/"
        return address_of(request, path=path)

    banner = BannerResponse(banners, exchange, reader=gate.reader, address=address)
    if request.method == "GET":
        found = {name: request.headers[name] for name in CONDITIONAL if name in request.headers}
        _change(request, banner.conditions(found) if found else {})
    return banner


def put_banner(response: HttpResponseBase, banner: PageBanner) -> None:
    """Put the banner into a response, if that is a page."""
    _start(response, banner)
    if not banner.is_holding:
        return
    if isinstance(response, HttpResponse):
        response.content = banner.feed(response.content) + banner.end()
    elif isinstance(response, StreamingHttpResponse) and not response.is_async:
        chunks = iter(response)
        response.streaming_content = chain([_read_start(chunks, banner)], chunks)


async def put_banner_async(response: HttpResponseBase, banner: PageBanner) -> None:
    """Put the banner into a response of an async view, if that is a page."""
    if not isinstance(response, StreamingHttpResponse):
        put_banner(response, banner)
        return
    if not response.is_async:
        # What it is read from may wait for a disk or a database.
        await sync_to_async(put_banner)(response, banner)
        return
    _start(response, banner)
    if banner.is_holding:
        chunks = aiter(response)
        start = await _read_start_async(chunks, banner)
        response.streaming_content = _follow(start, chunks)


def _change(request: HttpRequest, changes: dict[str, str | None]) -> None:
    """Let the views see these headers otherwise; None: one goes."""
    for name, value in changes.items():
        key = "HTTP_" + name.upper().replace("-", "_")
        del request.META[key]
        if value is not None:
            request.META[key] = value
    if changes:
        vars(request).pop("headers", None)  # they are read from META again


def _start(response: HttpResponseBase, banner: PageBanner) -> None:
    # A file is sent as it is.
    if not isinstance(response, FileResponse):
        banner.start(response.status_code, list(response.headers.items()))


def _read_start(chunks: Iterator[bytes], banner: PageBanner) -> bytes:
    """Return the start of a body, with what is put into it."""
    while (chunk := next(chunks, None)) is not None:
        start = banner.feed(chunk)
        if not banner.is_holding:
            return start
    return banner.end()


async def _read_start_async(chunks: AsyncIterator[bytes], banner: PageBanner) -> bytes:
    while (chunk := await anext(chunks, None)) is not None:
        start = banner.feed(chunk)
        if not banner.is_holding:
            return start
    return banner.end()


async def _follow(start: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for chunk in chunks:
        yield chunk
