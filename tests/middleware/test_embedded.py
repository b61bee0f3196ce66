"""An application that other sites show in a frame can ask there, where its site names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test.utils import override_settings
from django.views.decorators.http import etag
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.frameworks import (
    ALL,
    Exchange,
    Reply,
    Send,
    call_asgi,
    call_wsgi,
    choose,
    options_of,
)

pytestmark = pytest.mark.behaviour(42)

PORTALS = ("https://portal.example", "https://other.example:8443")
EMBEDDED: dict[str, Any] = {
    "same_site": "None",
    "partitioned": True,
    "frame_ancestors": PORTALS,
}
TAG = '"v1"'
PAGE = "<!doctype html><html><body>hello</body></html>"


def page_under_wsgi(send: Send, **options: Any) -> Reply:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        is_known = environ.get("HTTP_IF_NONE_MATCH") == TAG
        start_response(
            "304 Not Modified" if is_known else "200 OK",
            [("Content-Type", "text/html"), ("ETag", TAG)],
        )
        return [] if is_known else [PAGE.encode()]

    return call_wsgi(WsgiMiddleware(app, **options_of(options)), send)


def page_under_asgi(send: Send, **options: Any) -> Reply:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        is_known = Request(scope).headers.get("if-none-match") == TAG
        response = Response(status_code=304) if is_known else HTMLResponse(PAGE)
        response.headers["etag"] = TAG
        await response(scope, receive, send)

    return call_asgi(AsgiMiddleware(app, **options_of(options)), send)


def page_in_django(send: Send, **options: Any) -> Reply:
    given = {name.upper(): value for name, value in options_of(options).items()}

    @etag(lambda _: TAG)
    def view(request: Any) -> HttpResponse:
        return HttpResponse(PAGE)

    with override_settings(CONSENTGATE=given, MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(view)):
        return call_wsgi(WSGIHandler(), send)


every = pytest.mark.parametrize("visit", ALL.values(), ids=ALL)
pages = pytest.mark.parametrize(
    "visit", [page_under_wsgi, page_under_asgi, page_in_django], ids=["wsgi", "asgi", "django"]
)
Visit = Callable[..., Reply]


def framed(kind: str, *more: tuple[str, str], mode: str = "navigate") -> Send:
    asked = (("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", kind))
    return Send(path="/page", headers=(*asked, *more))


@every
@pytest.mark.parametrize("path", ["/consent/", "/consent/charter", "/consent/none"])
@pytest.mark.parametrize(
    ("options", "allowed"),
    [({}, "'none'"), (EMBEDDED, " ".join(PORTALS))],
    ids=["by default", "embedded"],
)
def test_the_pages_may_be_in_frames_of_the_named_origins_only(
    visit: Exchange, path: str, options: dict[str, Any], allowed: str
) -> None:
    rules = visit(Send(path=path), **options)["content-security-policy"]

    assert rules == f"base-uri 'none'; form-action 'self'; frame-ancestors {allowed}"


@every
def test_the_choice_is_kept_in_the_partition_of_the_frame(visit: Exchange) -> None:
    reply = visit(choose("accept"), **EMBEDDED)

    assert reply.cookies[0].endswith("; Path=/; Secure; SameSite=None; Partitioned")


@every
def test_a_choice_from_a_frame_of_another_site_is_the_visitors_as_the_form_is_the_pages(
    visit: Exchange,
) -> None:
    portal = (("Sec-Fetch-Site", "cross-site"), ("Origin", PORTALS[0]))

    # Who may show the application may not choose for its visitors.
    assert visit(choose("accept", headers=portal), **EMBEDDED).status == 403


@pages
@pytest.mark.parametrize("kind", ["iframe", "frame"])
def test_a_page_in_a_frame_asks_where_an_origin_is_named(visit: Visit, kind: str) -> None:
    assert "consentgate-banner" in visit(framed(kind), **EMBEDDED).text
    assert "consentgate-banner" not in visit(framed(kind)).text


@pages
@pytest.mark.parametrize(
    ("kind", "mode"),
    [("empty", "cors"), ("embed", "navigate"), ("object", "navigate"), ("image", "no-cors")],
)
def test_what_is_no_page_in_a_frame_is_let_alone(visit: Visit, kind: str, mode: str) -> None:
    reply = visit(framed(kind, mode=mode), **EMBEDDED)

    assert reply.text == PAGE
    assert reply["vary"].startswith("Sec-Fetch-Mode")


@pages
@pytest.mark.behaviour(14)
def test_a_page_in_a_frame_is_not_revived_from_before_it_asked(visit: Visit) -> None:
    reply = visit(framed("iframe", ("If-None-Match", TAG)), **EMBEDDED)

    assert reply.status == 200
    assert "consentgate-banner" in reply.text
