"""A site whose page contacts a tracker in every way that a page can, behind a gate that limits
hosts; each way asks the tracker for a path of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from tests.browser.contact_ways import LINKS, MARKUP, RELATIONS, SCRIPTS, WORKER, WORKERS
from tests.browser.raw_server import Receive, Scope, Send
from tests.browser.tracker import ADVERTS, STATISTICS
from tests.support.http_servers import serve_asgi

SECRET = "a secret for a site with trackers, long enough"

HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript"

# Served with the query in the place of %s.
ECHOES = {
    "/echo.css": ("text/css", '[title="%s"] { background: url("%s") }'),
    "/echo.xml": ("application/xml", '<?xml-stylesheet type="text/css" href="%s"?><a/>'),
    "/echo.xhtml": (
        "application/xhtml+xml",
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><img alt="" src="%s"/></body></html>',
    ),
    "/echo.svg": (
        "image/svg+xml",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="%s"/></svg>',
    ),
}

HELPERS = """
const make = (name, fields) => Object.assign(document.createElement(name), fields);
const blob = (text, type = 'text/html') => URL.createObjectURL(new Blob([text], {type}));
const SCRIPT = 'text/javascript';
"""


def page_of(*sites: str) -> str:
    """A page that contacts the sites in every way."""
    parts = [
        text.replace("%s", site).replace("%k", f"k{at}x{number}")
        for number, text in enumerate((*MARKUP.values(), *map(_link, RELATIONS)))
        for at, site in enumerate(sites)
    ]
    code = ";\n".join(filter(None, (*SCRIPTS.values(), *WORKERS.values())))
    scripts = [
        f"<script>{{ let x; const site = '{site}', key = 'k{at}'; {HELPERS} {code} }}</script>"
        for at, site in enumerate(sites)
    ]
    return f"<!doctype html><title>A page</title><body>{''.join(parts)}{''.join(scripts)}"


def _link(relation: str) -> str:
    return f'<link rel="{relation}" href="%s/{relation}">'


def declared_trackers(port: int) -> list[Cookie]:
    """The declarations of statistics and of marketing, each with a host of the tracker."""
    told: dict[str, Any] = {"provider": "T", "purpose": "Counts.", "lifetime": "1 day"}
    return [
        Cookie("stats", category="statistics", hosts=f"{STATISTICS}:{port}", **told),
        Cookie("ads", category="marketing", hosts=f"{ADVERTS}:{port}", **told),
    ]


def policy_of(port: int) -> Policy:
    """A policy of these declarations alone."""
    return Policy(cookies=declared_trackers(port))


class TrackedSite:
    """An application of the given pages by path: each a body, its type and more headers."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {}

    def put(self, path: str, body: str, kind: str = HTML, *headers: tuple[str, str]) -> str:
        """Serve a body at a path, and return the path."""
        self.pages[path] = (body, kind, headers)
        return path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": "hello"})
            return
        status, headers, body = 200, [], b""
        if scope["path"] == "/to":
            status, headers = 302, [(b"location", scope["query_string"])]
        elif scope["path"] in ECHOES:
            kind, text = ECHOES[scope["path"]]
            body = text.replace("%s", scope["query_string"].decode()).encode()
            headers = [(b"content-type", kind.encode())]
        elif scope["path"] in self.pages:
            text, kind, more = self.pages[scope["path"]]
            body = text.encode()
            headers = [(b"content-type", kind.encode())]
            headers += [(name.lower().encode(), value.encode()) for name, value in more]
        else:
            status = 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def every_way(port: int, *links: str) -> TrackedSite:
    """The site whose page contacts both hosts of the tracker in every way, and has more links."""
    site = TrackedSite()
    sites = [f"http://{host}:{port}" for host in (STATISTICS, ADVERTS)]
    for name in ("worker", "module", "shared", "service"):
        site.put(f"/tracked/{name}.js", WORKER, SCRIPT)
    sent = [text.replace("%s", one) for one in sites for text in LINKS.values()]
    site.put("/", page_of(*sites), HTML, *(("Link", value) for value in (*sent, *links)))
    return site


@contextmanager
def serve_tracked(site: TrackedSite, port: int, **options: Any) -> Iterator[str]:
    """The address of the site behind its gate; the tracker listens on `port`."""
    options = {"policy": policy_of(port), "csp": "enforce", "banner": "manual", **options}
    gate = ConsentMiddleware(site, secret_key=SECRET, **options)
    with serve_asgi(gate, ws="websockets-sansio") as url:
        yield url.replace("127.0.0.1", "home.localhost")
