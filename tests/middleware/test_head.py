"""A HEAD has the headers that its GET would have (RFC 9110 section 9.3.2), those of pages with the
banner included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import flask
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentgate.ext.flask import ConsentGate
from tests.middleware.banner_pages import (
    ALLOWED,
    DOCUMENT,
    MEASURED,
    MIDDLEWARES,
    PAGE,
    PUBLIC,
    REFUSED,
    Page,
    Show,
    asking,
)
from tests.support.app_calls import Raw, run_asgi, run_wsgi
from tests.support.exchange import HTML, POLICY, SECRET, Ask
from tests.support.minimal_servers import App, answerer, asgi_gate, serve, wsgi_gate

pytestmark = pytest.mark.behaviour(28)

JSON = ("Content-Type", "application/json")
FRENCH = PAGE.replace(b"lang=en", b"lang=fr")


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


PAGES = [
    pytest.param(MEASURED, {}, id="measured"),
    pytest.param(replace(MEASURED, chunks=(FRENCH,)), {}, id="in another language"),
    pytest.param(PUBLIC, {}, id="public"),
    pytest.param(MEASURED, {"banner": "static"}, id="static"),
    pytest.param(Page(chunks=(b"<title>t", b"</title>", b"<p>x")), {}, id="in chunks"),
    pytest.param(Page(headers=(JSON, ("ETag", '"a"')), chunks=(b"{}",)), {}, id="no page"),
    pytest.param(replace(MEASURED, status=404), {}, id="not found"),
    pytest.param(MEASURED, {"mode": "report"}, id="report"),
]


@pytest.mark.parametrize("cookie", ["", ALLOWED, REFUSED], ids=["undecided", "all", "none"])
@pytest.mark.parametrize(("page", "options"), PAGES)
def test_a_head_has_the_headers_of_its_get(
    show: Show, page: Page, options: dict[str, Any], cookie: str
) -> None:
    get = show(page, asking(DOCUMENT, cookie=cookie), **options)
    head = show(page, asking(DOCUMENT, cookie=cookie, method="HEAD"), **options)

    assert (head.status, head.headers) == (get.status, get.headers)


def test_and_is_asked_about_as_its_get_is(show: Show) -> None:
    tag = show(MEASURED, asking(DOCUMENT)).all("etag")[0]
    page = Page(status=304, headers=(("ETag", '"a"'),), chunks=())

    get = show(page, asking(DOCUMENT, ("If-None-Match", tag)))
    head = show(page, asking(DOCUMENT, ("If-None-Match", tag), method="HEAD"))

    assert head.seen["if-none-match"] == get.seen["if-none-match"] == '"a"'
    assert (head.status, head.headers) == (get.status, get.headers)


def flask_site(ask: Ask) -> Raw:
    """Flask, which sends no body of its own to a HEAD."""
    app = flask.Flask("head")
    app.config |= {"SECRET_KEY": SECRET, "CONSENTGATE_POLICY": POLICY}

    def page() -> flask.Response:
        response = flask.Response(PAGE, mimetype="text/html")
        response.set_etag("a")
        response.cache_control.max_age = 600
        return response

    app.add_url_rule("/page", view_func=page)
    ConsentGate(app)
    return run_wsgi(app, ask)


def starlette_site(ask: Ask) -> Raw:
    """Starlette, which leaves it to the server to send no body to a HEAD."""

    async def page(request: Any) -> HTMLResponse:
        return HTMLResponse(PAGE, headers={"ETag": '"a"', "Cache-Control": "max-age=600"})

    app = Starlette(routes=[Route("/page", page)])
    return run_asgi(asgi_gate(app, banner="auto"), ask)


@pytest.mark.parametrize("site", [flask_site, starlette_site])
def test_a_framework_head_has_the_headers_of_its_get(site: Any) -> None:
    status, get, body = site(asking(DOCUMENT))
    found, head, _ = site(asking(DOCUMENT, method="HEAD"))

    assert (found, head) == (status, get)
    assert dict(head)["content-length"] == str(len(body))


def test_where_the_body_is_not_known_nothing_is_said_of_it() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html"), (b"content-length", b"86"), (b"etag", b'"a"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else PAGE
        await send({"type": "http.response.body", "body": body})

    _, get, _ = run_asgi(asgi_gate(app, banner="auto"), asking(DOCUMENT))
    _, head, _ = run_asgi(asgi_gate(app, banner="auto"), asking(DOCUMENT, method="HEAD"))

    # In which language the banner would be, and so its id, depends on the body too.
    assert head == [header for header in get if header[0] not in ("content-length", "etag")]


# WSGI: the application answers the GET, since frameworks give a HEAD no body to look at


def test_nothing_of_the_body_leaves_even_where_it_is_written() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])(PAGE)
        return [b"<p>more"]

    server = serve(wsgi_gate(app, banner="auto"), asking(DOCUMENT, method="HEAD"))

    assert (server.status, server.body, server.content) == ("200 OK", [b""], b"")


def test_of_a_body_no_more_is_made_than_is_looked_at() -> None:
    made: list[bytes] = []

    def make(chunk: bytes) -> bytes:
        made.append(chunk)
        return chunk

    def body() -> Iterator[bytes]:
        return map(make, (b"<title>t</title>", b"<body><p>x", b"<p>y", b"<p>z"))

    page, other = answerer(HTML, body=body()), answerer(JSON, body=body())
    serve(wsgi_gate(page, banner="auto"), asking(DOCUMENT, method="HEAD"))
    of_page = list(made)
    serve(wsgi_gate(other, banner="auto"), asking(DOCUMENT, method="HEAD"))

    assert of_page == made == [b"<title>t</title>", b"<body><p>x"]


def test_the_body_is_closed() -> None:
    closed: list[bool] = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    app = answerer(HTML, body=Body([PAGE]))
    serve(wsgi_gate(app, banner="auto"), asking(DOCUMENT, method="HEAD"))

    assert closed == [True]


def test_the_server_and_the_gate_know_that_it_is_a_head() -> None:
    seen: list[str] = []

    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        seen.append(environ["REQUEST_METHOD"])
        start_response("200 OK", [HTML])
        return [PAGE]

    def outer(environ: Any, start_response: App) -> Any:
        body = wsgi_gate(app, banner="auto")(environ, start_response)
        seen.append(environ["REQUEST_METHOD"])
        return body

    serve(outer, asking(DOCUMENT, method="HEAD"))

    assert seen == ["GET", "HEAD"]


def test_a_head_that_asks_for_no_page_is_the_applications_own() -> None:
    seen: list[str] = []

    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        seen.append(environ["REQUEST_METHOD"])
        start_response("200 OK", [HTML])
        return []

    serve(wsgi_gate(app), asking(("Sec-Fetch-Dest", "empty"), method="HEAD"))

    assert seen == ["HEAD"]
