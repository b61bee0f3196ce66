"""The middleware class puts the head script into Django's pages, and the guard before workers."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse

from tests.ext.django.test_banner import Exchange, streamed, streamed_async, visit, whole
from tests.support.frameworks import Send

# Django says so itself of what is no stream for ASGI, or none for WSGI.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")

__all__ = ["visit"]  # the fixture

SCRIPT = b'<script src="/consent/static/guard.'
FRAME = Send(path="/page", headers=(("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")))


def worker(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"self.x = 1;", content_type="text/javascript")


@pytest.mark.parametrize("view", [whole, streamed, streamed_async])
def test_a_page_has_the_script_and_the_banner_and_a_frame_the_script_alone(
    visit: Exchange, view: object
) -> None:
    page = visit(view, Send(path="/page"), guard="enforce")
    frame = visit(view, FRAME, guard="enforce")

    assert b"<html lang=en>" + SCRIPT in page.body
    assert b'<div id="consentgate"' in page.body
    assert b"<html lang=en>" + SCRIPT in frame.body
    assert b'<div id="consentgate"' not in frame.body


def test_the_guard_precedes_the_script_of_a_worker(visit: Exchange) -> None:
    asked = Send(path="/page", headers=(("Sec-Fetch-Dest", "worker"),))

    assert b"hookStorages(self)" in visit(worker, asked, guard="enforce").body
    assert visit(worker, asked).body == b"self.x = 1;"
