"""Compression inside the gate does not silence the question: pages are asked for uncompressed."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import flask
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentgate.ext.flask import ConsentGate
from tests.middleware.banner_pages import (
    ALLOWED,
    ASKS,
    DOCUMENT,
    MIDDLEWARES,
    PAGE,
    Page,
    Show,
    asking,
)
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.exchange import HTML, POLICY, SECRET, Ask
from tests.support.minimal_servers import App, asgi_gate, wsgi_gate
from tests.support.requirements import require

pytestmark = pytest.mark.behaviour(39)

LONG = PAGE + b"<!-- " + b"much " * 500 + b"-->"
ACCEPTS = ("Accept-Encoding", "gzip, deflate, br, zstd")
FETCHED = ("Sec-Fetch-Dest", "empty")


def starlette_site() -> Callable[[Ask], Any]:
    """A site under Starlette's own middleware, with the gate outermost."""

    async def page(request: Any) -> HTMLResponse:
        return HTMLResponse(LONG)

    app = Starlette(routes=[Route("/page", page)], middleware=[Middleware(GZipMiddleware)])
    return lambda ask: run_asgi(asgi_gate(app, banner="auto"), ask)


class WsgiGzip:
    """Compresses each response that may be, as WSGI middleware does."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: App) -> Iterable[bytes]:
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return self._app(environ, start_response)  # type: ignore[no-any-return]

        def start(status: str, headers: list[tuple[str, str]]) -> Any:
            return start_response(status, [*headers, ("Content-Encoding", "gzip")])

        return [gzip.compress(b"".join(self._app(environ, start)))]


def wsgi_site() -> Callable[[Ask], Any]:
    """A site under WSGI middleware."""

    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])
        return [LONG]

    gated = wsgi_gate(WsgiGzip(app), banner="auto")
    return lambda ask: run_wsgi(gated, ask)


def flask_site() -> Callable[[Ask], Any]:
    """A site under Flask-Compress, with the gate of the extension."""
    require(find_spec("flask_compress"), "Flask-Compress")
    app = flask.Flask("compressed")
    app.config |= {"SECRET_KEY": SECRET, "CONSENTGATE_POLICY": POLICY}
    import_module("flask_compress").Compress(app)
    app.add_url_rule("/page", view_func=LONG.decode, endpoint="page")
    ConsentGate(app)
    return lambda ask: run_wsgi(app, ask)


SITES = {"starlette": starlette_site, "wsgi": wsgi_site, "flask-compress": flask_site}


@pytest.fixture(params=SITES)
def visit(request: pytest.FixtureRequest) -> Callable[[Ask], Any]:
    """Visits each site in turn."""
    return SITES[request.param]()


def test_a_page_that_is_compressed_inside_asks(visit: Callable[[Ask], Any]) -> None:
    _, headers, body = visit(asking(ACCEPTS, DOCUMENT))

    assert ASKS in body
    assert "content-encoding" not in dict(headers)


def test_the_link_back_to_the_choice_is_there_too(visit: Callable[[Ask], Any]) -> None:
    _, _, body = visit(asking(ACCEPTS, cookie=ALLOWED))

    assert b'<div id="consentgate"' in body


def test_what_a_script_asks_for_is_compressed_as_before(visit: Callable[[Ask], Any]) -> None:
    _, headers, body = visit(asking(ACCEPTS, FETCHED))

    assert dict(headers)["content-encoding"] != ""
    assert body != LONG


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


def test_the_application_does_not_see_what_the_browser_can_decode(show: Show) -> None:
    shown = show(Page(), asking(ACCEPTS, ("Accept", "text/html")))

    assert "accept-encoding" not in shown.seen
    assert shown.seen["accept"] == "text/html"


@pytest.mark.parametrize(
    "options",
    [{"banner": "manual"}, {"mode": "report"}, {"prefix": None, "banner": "manual"}],
    ids=["manual", "report", "no pages"],
)
def test_where_nothing_is_put_in_the_application_sees_it(
    show: Show, options: dict[str, Any]
) -> None:
    assert show(Page(), asking(ACCEPTS), **options).seen["accept-encoding"] == ACCEPTS[1]
