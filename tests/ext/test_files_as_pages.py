"""Pages that are sent from files: the same rule under each middleware and framework."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.middleware.banner_pages import ASKS, DOCUMENT, MIDDLEWARES, PAGE, Page, Show, asking
from tests.support.app_calls import run_asgi, run_wsgi, scope_of
from tests.support.exchange import HTML, Ask
from tests.support.minimal_servers import Message, asgi_gate, http_scope, talk, wsgi_gate

pytestmark = pytest.mark.behaviour(41)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the one page of an application that runs in the browser."""
    path = tmp_path_factory.mktemp("site")
    (path / "index.html").write_bytes(PAGE)
    (path / "data.json").write_bytes(b"{}")
    return path


def starlette_site(folder: Path) -> Callable[[Ask], Any]:
    """Starlette's way to serve such an application."""
    app = Starlette(routes=[Mount("/", StaticFiles(directory=folder, html=True))])
    return lambda ask: run_asgi(asgi_gate(app, banner="auto"), ask)


def starlette_file(folder: Path) -> Callable[[Ask], Any]:
    """A file from an endpoint."""

    async def page(request: Request) -> FileResponse:
        return FileResponse(folder / request.path_params["name"])

    app = Starlette(routes=[Route("/{name}", page)])
    return lambda ask: run_asgi(asgi_gate(app, banner="auto"), ask)


def flask_site(folder: Path) -> Callable[[Ask], Any]:
    """Flask's static files."""
    app = flask.Flask("files", static_folder=str(folder), static_url_path="/")
    gated = wsgi_gate(app.wsgi_app, banner="auto")
    return lambda ask: run_wsgi(gated, ask)


SITES = {"starlette": starlette_site, "file response": starlette_file, "flask": flask_site}


@pytest.mark.parametrize("site", SITES)
def test_a_page_from_a_file_asks(site: str, folder: Path) -> None:
    visit = SITES[site](folder)

    status, headers, body = visit(Ask(path="/index.html", headers=(DOCUMENT,)))
    _, _, other = visit(Ask(path="/data.json", headers=(DOCUMENT,)))

    assert (status, dict(headers)["content-length"]) == (200, str(len(body)))
    assert ASKS in body
    assert other == b"{}"


@pytest.mark.parametrize("destination", ["document", "empty"])
def test_only_for_a_page_the_application_does_not_leave_the_file_to_the_server(
    destination: str,
) -> None:
    offered: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        offered.append(sorted(scope["extensions"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    scope = scope_of(Ask(headers=(("Sec-Fetch-Dest", destination),)))
    extensions: dict[str, Any] = {"http.response.pathsend": {}, "http.response.trailers": {}}
    talk(asgi_gate(app, banner="auto"), scope | {"extensions": extensions})

    kept = [] if destination == "document" else ["http.response.pathsend"]
    assert offered == [[*kept, "http.response.trailers"]]
    assert len(extensions) == 2


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


@pytest.mark.parametrize(
    "header", ["X-Accel-Redirect", "X-Sendfile", "X-LiteSpeed-Location"], ids=str.lower
)
def test_a_page_that_the_server_in_front_sends_is_reported(show: Show, header: str) -> None:
    shown = show(Page(chunks=[b""], headers=(HTML, (header, "/srv/page.html"))), asking())

    assert [event.reason for event in shown.events] == ["CG153"]
    assert (header.lower(), "/srv/page.html") in shown.headers


def test_a_page_that_is_sent_by_its_path_all_the_same_is_reported_once() -> None:
    start: Message = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"text/html")],
    }

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(dict(start))
        await send({"type": "http.response.pathsend", "path": "/srv/page.html"})

    events: list[Any] = []
    gated = asgi_gate(app, events, banner="auto")

    sent = [talk(gated, http_scope()) for _ in range(2)]

    assert [event.reason for event in events] == ["CG153"]
    assert sent[0][1]["path"] == sent[1][1]["path"] == "/srv/page.html"


def test_a_page_that_ends_otherwise_is_no_file() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.trailers", "headers": []})

    events: list[Any] = []
    talk(asgi_gate(app, events, banner="auto"), http_scope())

    assert events == []
