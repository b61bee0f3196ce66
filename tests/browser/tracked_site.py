"""A site whose page contacts a tracker in every way that a page can, behind a gate that limits
hosts; each way asks the tracker for a path of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from tests.browser.raw_server import Receive, Scope, Send
from tests.browser.tracker import ADVERTS, STATISTICS
from tests.support.http_servers import serve_asgi

SECRET = "a secret for a site with trackers, long enough"

HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript"
SVG = "image/svg+xml"

# In markup; %s is the tracker's origin. The name of a way is the path, with what it is answered.
MARKUP = {
    "script.js": '<script src="%s/script.js"></script>',
    "module.js": '<script type="module" src="%s/module.js"></script>',
    "modulepreload.js": '<link rel="modulepreload" href="%s/modulepreload.js">',
    "img.svg": '<img alt="" src="%s/img.svg">',
    "srcset.svg": '<img alt="" srcset="%s/srcset.svg 1x">',
    "style.css": '<link rel="stylesheet" href="%s/style.css">',
    "import.css": '<style>@import "%s/import.css";</style>',
    "url.svg": '<style>body { background: url("%s/url.svg") }</style>',
    "font": '<style>@font-face { font-family: f; src: url("%s/font") }'
    "p { font-family: f }</style><p>text</p>",
    "frame.html": '<iframe src="%s/frame.html"></iframe>',
    "object.html": '<object data="%s/object.html" type="text/html"></object>',
    "embed.html": '<embed src="%s/embed.html" type="text/html">',
    "video": '<video src="%s/video" preload="auto"></video>',
    "poster.svg": '<video poster="%s/poster.svg"></video>',
    "audio": '<audio src="%s/audio" preload="auto"></audio>',
    "preload.js": '<link rel="preload" as="script" href="%s/preload.js">',
    "prefetch": '<link rel="prefetch" href="%s/prefetch">',
    "input.svg": '<input type="image" alt="" src="%s/input.svg">',
    "svg-image.svg": '<svg><image href="%s/svg-image.svg"/></svg>',
    "srcdoc.svg": "<iframe srcdoc='<img src=\"%s/srcdoc.svg\">'></iframe>",
    "form": '<iframe name="%s"></iframe><form target="%s" action="%s/form"></form>',
    "ping": '<a href="#x" ping="%s/ping">x</a>',
    "svg-frame.svg": '<iframe src="/drawing.svg"></iframe>',
    "svg-object.svg": '<object data="/drawing.svg?object" type="image/svg+xml"></object>',
    "redirect.svg": '<img alt="" src="/to?%s/redirect.svg">',
}

# In scripts; `site` is the tracker's origin.
SCRIPTS = {
    "fetch": "fetch(`${site}/fetch`, {mode: 'no-cors'}).catch(String)",
    "xhr": "x = new XMLHttpRequest(); x.open('GET', `${site}/xhr`); x.send()",
    "beacon": "navigator.sendBeacon(`${site}/beacon`, 'x')",
    "source.events": "new EventSource(`${site}/source.events`)",
    "websocket": "new WebSocket(`${site.replace('http', 'ws')}/websocket`)",
    "dynamic.js": "import(`${site}/dynamic.js`).catch(String)",
    "image.svg": "new Image().src = `${site}/image.svg`",
    "face": "new FontFace('g', `url(${site}/face)`).load().catch(String)",
    "appended.js": "document.head.append("
    "Object.assign(document.createElement('script'), {src: `${site}/appended.js`}))",
    "eval": "eval('fetch(`${site}/eval`, {mode: `no-cors`}).catch(String)')",
    "form": "document.querySelector(`form[action^='${site}']`).submit()",
    "ping": "document.querySelector(`a[ping^='${site}']`).click()",
}

# In workers of the site itself, which follow the policy of their own answer.
WORKER = """
const site = new URL(location).searchParams.get('site'), kind = new URL(location).pathname;
const mark = kind.slice(1).replace('.js', '');
fetch(`${site}/${mark}-fetch`, {mode: 'no-cors'}).catch(String);
try { importScripts(`${site}/${mark}-import.js`); } catch {}
"""
WORKERS = {
    "worker-fetch": "",
    "worker-import.js": "new Worker(`/worker.js?site=${site}`)",
    "shared-fetch": "",
    "shared-import.js": "new SharedWorker(`/shared.js?site=${site}`)",
    "service-fetch": "",
    "service-import.js": "navigator.serviceWorker.register("
    "`/service.js?site=${site}`, {scope: `/${Math.random()}`}).catch(String)",
    "blob-fetch": "new Worker(URL.createObjectURL(new Blob("
    "[`fetch('${site}/blob-fetch', {mode: 'no-cors'}).catch(String)`])))",
}

LINKS = {
    "link-preload.js": "<%s/link-preload.js>; rel=preload; as=script",
    "link-prefetch": "<%s/link-prefetch>; rel=prefetch",
}

WAYS = sorted({*MARKUP, *SCRIPTS, *WORKERS, *LINKS})


def page_of(*sites: str, markup: Mapping[str, str] = MARKUP) -> str:
    """A page that contacts the sites in every way."""
    parts = [text.replace("%s", site) for site in sites for text in markup.values()]
    code = ";\n".join(filter(None, (*SCRIPTS.values(), *WORKERS.values())))
    scripts = [f"<script>{{ let x; const site = '{site}'; {code} }}</script>" for site in sites]
    return f"<!doctype html><title>A page</title><body>{''.join(parts)}{''.join(scripts)}"


def policy_of(port: int) -> Policy:
    """Statistics and marketing, each with a host of the tracker."""
    told: dict[str, Any] = {"provider": "T", "purpose": "Counts.", "lifetime": "1 day"}
    return Policy(
        cookies=[
            Cookie("stats", category="statistics", hosts=f"{STATISTICS}:{port}", **told),
            Cookie("ads", category="marketing", hosts=f"{ADVERTS}:{port}", **told),
        ]
    )


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
        elif scope["path"] in self.pages:
            text, kind, more = self.pages[scope["path"]]
            body = text.encode()
            headers = [(b"content-type", kind.encode())]
            headers += [(name.lower().encode(), value.encode()) for name, value in more]
        else:
            status = 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def every_way(port: int) -> TrackedSite:
    """The site whose page contacts both hosts of the tracker in every way."""
    site = TrackedSite()
    sites = [f"http://{host}:{port}" for host in (STATISTICS, ADVERTS)]
    drawn = [
        f'<image href="{one}/svg-{kind}.svg"/>' for one in sites for kind in ("frame", "object")
    ]
    site.put("/drawing.svg", f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>', SVG)
    for name in ("worker", "shared", "service"):
        site.put(f"/{name}.js", WORKER, SCRIPT)
    links = [("Link", text.replace("%s", one)) for one in sites for text in LINKS.values()]
    site.put("/", page_of(*sites), HTML, *links)
    return site


@contextmanager
def serve_tracked(site: TrackedSite, port: int, **options: Any) -> Iterator[str]:
    """The address of the site behind its gate; the tracker listens on `port`."""
    options = {"policy": policy_of(port), "csp": "enforce", "banner": "manual", **options}
    gate = ConsentMiddleware(site, secret_key=SECRET, **options)
    with serve_asgi(gate, ws="websockets-sansio") as url:
        yield url.replace("127.0.0.1", "home.localhost")
