"""The visitor's pages within Django: its requests and responses as the values of `site`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from consentgate.ext.django.place import where_of
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.choice_form import LARGEST_BODY
from consentgate.pages.http import Request, Response
from consentgate.pages.template_helpers import site_of


def answer_own_page(request: HttpRequest, visitor: VisitorConsent, own: str) -> HttpResponse:
    """Return the answer of the page at `own`, the path below the prefix."""
    try:
        asked = _as_request(request, visitor, own)
    except UnreadablePostError:
        return HttpResponse(status=400)  # nobody is there to read it
    return _as_django_response(site_of(visitor).answer(asked), asked.method)


def _as_request(request: HttpRequest, visitor: VisitorConsent, own: str) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(
        request.method or "",
        own,
        visitor=visitor,
        query=request.META.get("QUERY_STRING", ""),
        headers=headers,
        body=_read_body(request),
        mount=where_of(request).mount,
        # As the server says it: Django would look at X-Forwarded-Host where it may.
        origin=f"{request.scheme}://{headers.get('host', '')}",
    )


def _read_body(request: HttpRequest) -> bytes:
    """The body, or as much of it as shows that it is too large."""
    body, meta = b"", request.META
    # Django takes a body of no told length for none, unless the server says that it ends.
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
