"""A site whose pages are shown by scripts: htmx, Turbo, Unpoly, a service worker, fetch alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentgate.asgi import ConsentMiddleware
from consentgate.ext.starlette import consent_context
from tests.browser.page_site import SECRET, STATISTICS
from tests.support.http_servers import serve_asgi

_NPM = Path(__file__).parents[1] / "data" / "npm"

LIBRARIES = {
    "htmx-2": _NPM / "htmx-2.0.11.min.js",
    "htmx-4": _NPM / "htmx-4.0.1.min.js",
    "turbo-7": _NPM / "turbo-7.3.0.js",
    "turbo-8": _NPM / "turbo-8.0.23.js",
    "unpoly-3": _NPM / "unpoly-3.14.3.min.js",
}

_PAGE = """<!doctype html><html lang=en><head><title>{name}</title>{head}</head>
<body{attributes}><h1>{name}</h1><a id=next href=two>next</a>{body}</body></html>"""

# htmx 4 inherits an attribute only where that says so. Without its cache htmx asks again for a page
# to which a visitor goes back.
_HTMX = {
    "head": (
        '<meta name="htmx-config" content=\'{"historyCacheSize": 0}\'>'
        "<script src=/script/%s></script>"
    ),
    "attributes": " hx-boost=true hx-boost:inherited=true",
    "body": "<button id=more hx-get=rows hx-target='#list'>more</button><ul id=list></ul>",
}
_TURBO = {
    "head": "<script src=/script/%s></script>",
    "attributes": "",
    "body": (
        "<turbo-frame id=frame><a id=more href=framed>more</a></turbo-frame>"
        "<form method=post action=streamed><button id=stream>stream</button></form>"
        "<ul id=list></ul>"
    ),
}
# Unpoly shows what a link leads to in the place of <main>, or of <body> on a page without one.
_UNPOLY = {
    "head": (
        "<script src=/script/%s></script>"
        "<script>up.link.config.followSelectors.push('#next')</script>"
    ),
    "attributes": "",
    "body": "<a id=more href=framed up-target='#frame'>more</a><div id=frame></div>",
}
_KINDS = {
    "htmx-2": _HTMX,
    "htmx-4": _HTMX,
    "turbo-7": _TURBO,
    "turbo-8": _TURBO,
    "unpoly-3": _UNPOLY,
}

_FETCHING = {
    "head": "",
    "attributes": "",
    "body": (
        "<ul id=list></ul><script>fetch('rows').then((one) => one.text())"
        ".then((text) => { document.getElementById('list').innerHTML = text; })</script>"
    ),
}
_WORKED = {
    "head": "",
    "attributes": "",
    "body": "<script>navigator.serviceWorker.register('/worker.js')</script>",
}

WORKER = """
self.addEventListener("install", (event) => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
"""


async def _show(request: Request) -> HTMLResponse:
    kind, name = request.path_params["kind"], request.path_params["name"]
    parts = {"fetch": _FETCHING, "worker": _WORKED, **_KINDS}[kind]
    head = parts["head"].replace("%s", kind)
    return HTMLResponse(
        _PAGE.format(name=name, head=head, body=parts["body"], attributes=parts["attributes"])
    )


async def _embed(request: Request) -> HTMLResponse:
    kind = request.path_params["kind"]
    parts = _KINDS[kind]
    embed = consent_context(request)["consent_embed"]
    body = embed("statistics", caller=lambda: "<div id=player>A film</div>")
    head = parts["head"].replace("%s", kind)
    return HTMLResponse(
        _PAGE.format(name="embed", head=head, body=body, attributes=parts["attributes"])
    )


async def _list_rows(request: Request) -> HTMLResponse:
    return HTMLResponse("<li>one</li>")


async def _frame(request: Request) -> HTMLResponse:
    # With a whole page, of which Turbo and Unpoly take the one element.
    body = "<turbo-frame id=frame><ul id=framed><li>one</li></ul></turbo-frame>"
    return HTMLResponse(_PAGE.format(name="framed", head="", body=body, attributes=""))


async def _stream(request: Request) -> Response:
    return Response(
        '<turbo-stream action="append" target="list"><template><li>one</li></template>'
        "</turbo-stream>",
        media_type="text/vnd.turbo-stream.html",
    )


async def _script(request: Request) -> Response:
    return Response(
        LIBRARIES[request.path_params["kind"]].read_text("utf-8"), media_type="text/javascript"
    )


async def _worker(request: Request) -> Response:
    return Response(WORKER, media_type="text/javascript")


@contextmanager
def serve_site() -> Iterator[str]:
    """The address of the site, on a host that browsers trust without https."""
    routes = [
        Route("/worker.js", _worker),
        Route("/script/{kind}", _script),
        Route("/{kind}/embed", _embed),
        Route("/{kind}/rows", _list_rows),
        Route("/{kind}/framed", _frame),
        Route("/{kind}/streamed", _stream, methods=["POST"]),
        Route("/{kind}/{name}", _show),
    ]
    gate = ConsentMiddleware(Starlette(routes=routes), policy=STATISTICS, secret_key=SECRET)
    with serve_asgi(gate) as url:
        yield url.replace("127.0.0.1", "localhost")
