"""What the middleware class makes of requests for pages: files, compressed pages, and HEAD."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

from tests.ext.django.test_banner import LONG, PAGE, Exchange, visit_async, visit_sync, whole
from tests.support.exchange import preferences_for
from tests.support.frameworks import Send

pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")

HOME = Send(path="/page")


@pytest.fixture(params=[visit_sync, visit_async], ids=["wsgi", "asgi"])
def visit(request: Any) -> Exchange:
    """A visit under each interface."""
    found: Exchange = request.param
    return found


@pytest.mark.behaviour(41)
def test_a_page_from_a_file_is_a_page_as_any_other(visit: Exchange) -> None:
    file = BytesIO(PAGE)

    reply = visit(lambda _: FileResponse(file, filename="page.html"), HOME)

    assert b'<div id="consentgate"' in reply.body
    assert reply["content-length"] == str(len(reply.body))
    assert file.closed


@pytest.mark.behaviour(39)
def test_compression_inside_does_not_silence_the_question(visit: Exchange) -> None:
    def seen(request: HttpRequest) -> HttpResponse:
        assert request.headers.get("Accept-Encoding") == request.META.get("HTTP_ACCEPT_ENCODING")
        return HttpResponse(PAGE + LONG)

    accepts = ("Accept-Encoding", "gzip, br")
    send = Send(path="/page", headers=(accepts, ("Sec-Fetch-Dest", "document")))
    fetch = Send(path="/page", headers=(accepts, ("Sec-Fetch-Dest", "empty")))
    inside = (f"{__name__}.reading", "django.middleware.gzip.GZipMiddleware")

    page, fetched = visit(seen, send, *inside), visit(seen, fetch, *inside)

    assert b'<div id="consentgate"' in page.body
    assert fetched["content-encoding"] == "gzip"


@pytest.mark.behaviour(28)
@pytest.mark.parametrize("cookie", ["", preferences_for("statistics")], ids=["undecided", "all"])
def test_a_head_has_the_headers_of_its_get(visit: Exchange, cookie: str) -> None:
    tagged = cache_control(max_age=600)(etag(lambda _: '"v1"')(whole))
    common = "django.middleware.common.CommonMiddleware"

    get = visit(tagged, Send(path="/page", cookie=cookie), common)
    head = visit(tagged, Send("HEAD", path="/page", cookie=cookie), common)

    assert head.headers == get.headers
    assert head["etag"].startswith('W/"v1~cgv')


def reading(get_response: Any) -> Any:
    """Middleware that reads the request's headers before others do."""

    def read(request: HttpRequest) -> Any:
        assert request.headers
        return get_response(request)

    return read
