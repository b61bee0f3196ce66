"""The banner within Django: put into its responses, whole or streamed, sync or async.

The start of a streamed page is read until something of it can leave, since its headers leave
before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import chain

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from consentgate._middleware import PreparedGate
from consentgate.banner.page_headers import CONDITIONAL
from consentgate.banner.page_insertion import (
    PageInsertion,
    insertion_for,
    runs_as_worker,
)
from consentgate.ext.django.guarding import SentHeaders
from consentgate.ext.django.place import address_of
from consentgate.gate.exchange import Exchange
from consentgate.pages.banners import Banners


class DjangoBanner:
    """The banner of one request and its response, if that is a page.

    `page` is how the headers of the response change, None where nothing is put in.
    """

    def __init__(
        self, request: HttpRequest, gate: PreparedGate[str], exchange: Exchange, banners: Banners
    ) -> None:
        self.page: PageInsertion[str] | None = None
        self._request = request
        self._gate = gate
        self._exchange = exchange
        self._banners = banners

    def settle_conditions(self) -> None:
        """Let the views see the request's conditional headers as they may (RFC 9110 section 13)."""
        exchange = self._exchange
        self.page = self._make_page()
        headers = {name: exchange.header(name) for name in exchange.sent_among(CONDITIONAL)}
        _change(self._request, self.page.conditions(headers))

    def put(self, response: HttpResponseBase, sent: SentHeaders) -> None:
        """Put the banner into a response with these headers, if that is a page."""
        page = self._start(response, sent)
        if page is None:
            return
        if isinstance(response, HttpResponse):
            response.content = page.feed(response.content) + page.end()
        elif isinstance(response, StreamingHttpResponse):  # Django reads an async one itself
            chunks = iter(response)
            response.streaming_content = chain([_read_start(chunks, page)], _feed(chunks, page))

    async def put_async(self, response: HttpResponseBase, sent: SentHeaders) -> None:
        """Put the banner into a response of an async view, if that is a page."""
        if not isinstance(response, StreamingHttpResponse):
            self.put(response, sent)
        elif not response.is_async:
            # What it is read from may wait for a disk or a database.
            await sync_to_async(self.put)(response, sent)
        elif (page := self._start(response, sent)) is not None:
            chunks = aiter(response)
            start = await _read_start_async(chunks, page)
            response.streaming_content = _follow(start, chunks, page)

    def _start(self, response: HttpResponseBase, sent: SentHeaders) -> PageInsertion[str] | None:
        """Return the page where its body is waited for."""
        is_worker = self._banners.guards and runs_as_worker(self._exchange)
        if not (sent.head.is_html or response.status_code == 304 or is_worker):
            self.page = None
            return None
        page = self.page = self.page or self._make_page()
        page.start(response.status_code, sent.head)
        return page if page.is_holding else None

    def _make_page(self) -> PageInsertion[str]:
        # What a form was sent to is not a way back.
        path = f"{self._banners.prefix}/" if self._request.method == "POST" else None
        return insertion_for(
            self._banners,
            self._exchange,
            wire=self._gate.wire,
            address=partial(address_of, self._request, path=path),
        )


def banner_for(request: HttpRequest, gate: PreparedGate[str], exchange: Exchange) -> DjangoBanner:
    """Return the banner for a response into which it may be put."""
    assert gate.banners is not None, "else nothing is put in"
    return DjangoBanner(request, gate, exchange, gate.banners)


def prepared_banner(
    request: HttpRequest, gate: PreparedGate[str], exchange: Exchange
) -> DjangoBanner:
    """Return the banner for the response to a request of which it must know; the views see that as
    they may."""
    banner = banner_for(request, gate, exchange)
    banner.settle_conditions()
    return banner


def _change(request: HttpRequest, changes: dict[str, str | None]) -> None:
    """Let the views see these headers otherwise; None: one goes."""
    for name, value in changes.items():
        key = "HTTP_" + name.upper().replace("-", "_")
        del request.META[key]
        if value is not None:
            request.META[key] = value
    if changes:
        _read_headers_again(request)


def _read_headers_again(request: HttpRequest) -> None:
    vars(request).pop("headers", None)  # they are read from META again


def _read_start(chunks: Iterator[bytes], page: PageInsertion[str]) -> bytes:
    """Return the start of a body, with what is put into it."""
    while (chunk := next(chunks, None)) is not None:
        start = page.feed(chunk)
        if not page.is_holding:
            return start
    return page.end()


async def _read_start_async(chunks: AsyncIterator[bytes], page: PageInsertion[str]) -> bytes:
    while (chunk := await anext(chunks, None)) is not None:
        start = page.feed(chunk)
        if not page.is_holding:
            return start
    return page.end()


def _feed(chunks: Iterator[bytes], page: PageInsertion[str]) -> Iterator[bytes]:
    """Yield the rest of a body, in which the place may still be looked for."""
    for chunk in chunks:
        yield page.feed(chunk)
    if end := page.end():
        yield end


async def _follow(
    start: bytes, chunks: AsyncIterator[bytes], page: PageInsertion[str]
) -> AsyncIterator[bytes]:
    yield start
    async for chunk in chunks:
        yield page.feed(chunk)
    if end := page.end():
        yield end
