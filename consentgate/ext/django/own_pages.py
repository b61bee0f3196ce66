"""The visitor's pages within Django: its requests and responses as the values of `pages`."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from consentgate.ext.django.host import raw_host_of
from consentgate.ext.django.place import address_of
from consentgate.gate.exchange import Exchange
from consentgate.gate.waiting import until_done, wait_for
from consentgate.pages.choice_form import LARGEST_BODY
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import Answer, PendingResponse, Request, Response


class OwnPage(NamedTuple):
    """One of the library's pages that a request asks for, at `path` below the prefix."""

    pages: PolicyPages
    path: str

    def respond(self, request: HttpRequest, exchange: Exchange) -> HttpResponse:
        """Return the response; block while it waits for a record."""
        answer = self._answer(request, exchange)
        if isinstance(answer, PendingResponse):
            wait_for(answer.future)
            answer = answer.answer()
        return _as_django_response(answer, request.method or "")

    async def respond_async(self, request: HttpRequest, exchange: Exchange) -> HttpResponse:
        """Do the same without blocking the event loop."""
        answer = self._answer(request, exchange)
        if isinstance(answer, PendingResponse):
            await until_done(answer.future)
            answer = answer.answer()
        return _as_django_response(answer, request.method or "")

    def _answer(self, request: HttpRequest, exchange: Exchange) -> Answer:
        try:
            page_request = _as_page_request(request, exchange, self.path)
        except UnreadablePostError:
            return Response(400)  # nobody is there to read it
        return self.pages.answer(page_request)


def _as_page_request(request: HttpRequest, exchange: Exchange, path: str) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(
        request.method or "",
        path,
        exchange=exchange,
        query=request.META.get("QUERY_STRING", ""),
        headers=headers,
        body=_read_body(request),
        mount=address_of(request).mount,
        origin=f"{request.scheme}://{raw_host_of(request.META)}",
    )


def _read_body(request: HttpRequest) -> bytes:
    """Return the body, or as much of it as shows that it is too large."""
    body, meta = b"", request.META
    # Django takes a body without a length for none, unless the server says that it ends.
    is_chunked = meta.get("wsgi.input_terminated") and not meta.get("CONTENT_LENGTH")
    read = meta["wsgi.input"].read if is_chunked else request.read
    while len(body) <= LARGEST_BODY and (chunk := read(LARGEST_BODY + 1 - len(body))):
        body += chunk
    return body


def _as_django_response(answer: Response, method: str) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    del response.headers["Content-Type"]
    for name, value in answer.headers:
        response.headers[name] = value
    # The length that GET would have (RFC 9110 section 9.3.2); a 204 has none.
    if answer.status != 204:
        response.headers["Content-Length"] = str(len(answer.body))
    if method == "HEAD":
        response.content = b""
    return response
