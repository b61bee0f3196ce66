"""Everything in a page that makes a browser ask a server, each of which can bring a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.browser.site import ECHO, Headers
from tests.browser.stage import HOST, OTHER_HOST


class Content(NamedTuple):
    """A media type and a body of it."""

    kind: bytes
    body: bytes


PAGE = Content(b"text/html", b"ok")
NOTHING = Content(b"text/html", b"")
SVG = Content(b"image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
SCRIPT = Content(b"text/javascript", b"/* */")
STYLE = Content(b"text/css", b"")


@dataclass(frozen=True, slots=True)
class Carrier:
    """One way for a response to reach the browser.

    `script` is a function of the address, run in a page of the site, which it `leaves` or not.
    `stores` says whether the browser takes cookies from such a response; `cookies_in` where the
    response has them.
    """

    name: str
    script: str
    status: int = 200
    content: Content = PAGE
    headers: Headers = ()
    host: str = HOST
    scheme: str = "https"
    attributes: str = "Path=/; Secure; SameSite=None"
    leaves: bool = False
    stores: bool = True
    cookies_in: str = "cookies"

    def __str__(self) -> str:
        return self.name


def element(tag: str, attribute: str, more: str = "") -> str:
    """A script that puts an element with the address in an attribute into the page."""
    return f"""(address) => {{
        const element = document.createElement("{tag}");
        {more}
        element.{attribute} = address;
        document.body.append(element);
    }}"""


def link(relation: str, more: str = "") -> str:
    """A script that puts such a link into the page's head."""
    return element("link", "href", f'element.rel = "{relation}"; {more}')


NAVIGATE = "(address) => { setTimeout(() => { location.href = address }) }"
EMBED = element("iframe", "src")
SHOW = element("img", "src")
SOCKET = "(address) => { new WebSocket(address) }"
TO_ECHO = ((b"Location", ECHO.encode()),)


def fetching(options: str) -> str:
    """A script that fetches the address with these options."""
    return f"(address) => {{ fetch(address, {{{options}}}).catch(() => {{}}) }}"


REDIRECTS = (
    Carrier("a navigation that is redirected", NAVIGATE, 302, headers=TO_ECHO, leaves=True),
    Carrier("an image redirected", SHOW, 302, headers=TO_ECHO),
    Carrier(
        "a fetch that follows no redirect", fetching('redirect: "manual"'), 302, headers=TO_ECHO
    ),
    Carrier("a fetch that a redirect breaks", fetching('redirect: "error"'), 302, headers=TO_ECHO),
)

REQUESTS = (
    Carrier("a fetch with a body", fetching('method: "POST", body: "x"')),
    Carrier("a fetch of the head", fetching('method: "HEAD"')),
    Carrier("a fetch by PUT", fetching('method: "PUT", body: "x"')),
    Carrier("a fetch by DELETE", fetching('method: "DELETE"')),
    Carrier("a fetch by OPTIONS", fetching('method: "OPTIONS"')),
    Carrier("a fetch that outlives its page", fetching("keepalive: true")),
    Carrier("a fetch past the cache", fetching('cache: "no-store"')),
    Carrier(
        "a fetch that asks for changes",
        fetching('headers: {"If-None-Match": "x"}'),
        304,
        content=NOTHING,
    ),
    Carrier(
        "a request of the older kind",
        "(address) => { const x = new XMLHttpRequest(); x.open('GET', address); x.send() }",
    ),
    Carrier("a beacon", "(address) => { navigator.sendBeacon(address, 'x') }"),
    Carrier(
        "a beacon without content",
        "(address) => { navigator.sendBeacon(address) }",
        204,
        content=NOTHING,
    ),
    Carrier(
        "a link's ping",
        element("a", "ping", 'element.href = "#here"; setTimeout(() => element.click());'),
    ),
    Carrier(
        "a stream of events",
        "(address) => { new EventSource(address) }",
        content=Content(b"text/event-stream", b"data: x\n\n"),
    ),
    Carrier("a websocket's handshake", SOCKET, 101, scheme="wss"),
)

RESOURCES = (
    Carrier("an image", SHOW, content=SVG),
    Carrier("an image that was not found", SHOW, 404),
    Carrier("a script", element("script", "src"), content=SCRIPT),
    Carrier("a module", element("script", "src", 'element.type = "module";'), content=SCRIPT),
    Carrier("a style sheet", link("stylesheet"), content=STYLE),
    Carrier(
        "a style sheet's import",
        """(address) => {
            const style = document.createElement("style");
            style.textContent = `@import url(${address});`;
            document.head.append(style);
        }""",
        content=STYLE,
    ),
    Carrier(
        "a background",
        "(address) => { document.body.style.background = `url(${address})` }",
        content=SVG,
    ),
    Carrier(
        "a font", "(address) => { new FontFace('x', `url(${address})`).load().catch(() => {}) }"
    ),
    Carrier(
        "a sound",
        "(address) => { new Audio(address).load() }",
        content=Content(b"audio/ogg", b"ok"),
    ),
    Carrier(
        "a film",
        element("video", "src", 'element.preload = "auto";'),
        content=Content(b"video/webm", b"ok"),
    ),
    Carrier("an embedded object", element("object", "data")),
    Carrier("an embedded resource", element("embed", "src", 'element.type = "text/html";')),
    Carrier("a prefetched page", link("prefetch")),
    Carrier("a preloaded image", link("preload", 'element.as = "image";'), content=SVG),
    Carrier("a preloaded module", link("modulepreload"), content=SCRIPT),
    Carrier("a worker", "(address) => { new Worker(address) }", content=SCRIPT),
    Carrier("a shared worker", "(address) => { new SharedWorker(address) }", content=SCRIPT),
    Carrier(
        "a service worker",
        "(address) => { navigator.serviceWorker.register(address).catch(() => {}) }",
        404,
    ),
    Carrier(
        "a worker's import",
        """(address) => {
            const text = `importScripts("${address}")`;
            new Worker(URL.createObjectURL(new Blob([text], {type: "text/javascript"})));
        }""",
        content=SCRIPT,
    ),
)

PAGES = (
    Carrier("a navigation", NAVIGATE, leaves=True),
    Carrier("a navigation to a page that was not found", NAVIGATE, 404, leaves=True),
    Carrier("a navigation without content", NAVIGATE, 204, content=NOTHING, leaves=True),
    Carrier("a page in a frame", EMBED),
    Carrier("a page in a sandbox", element("iframe", "src", 'element.sandbox = "";')),
    Carrier(
        "a page that another one refreshes to",
        element(
            "iframe",
            "title",
            "element.srcdoc = `<meta http-equiv=refresh content='0;url=${address}'>`;",
        ),
    ),
    Carrier("a new window", "(address) => { open(address) }"),
    Carrier(
        "a form",
        # Its fields take the place of the address's query.
        element(
            "form",
            "action",
            """element.innerHTML = `<input name="${new URL(address).search.slice(1)}">`;
            setTimeout(() => element.submit());""",
        ),
        leaves=True,
    ),
    Carrier(
        "a form that is posted",
        element("form", "action", 'element.method = "post"; setTimeout(() => element.submit());'),
        leaves=True,
    ),
    Carrier(
        "a download",
        NAVIGATE,
        content=Content(b"application/zip", b"ok"),
        headers=((b"Content-Disposition", b"attachment"),),
        leaves=True,
    ),
)

# What another site sets in a page is kept apart for that page's site (RFC 6265bis successors call
# it partitioned), or not at all.
PARTITIONED = "Path=/; Secure; SameSite=None; Partitioned"
FROM_ELSEWHERE = tuple(
    Carrier(name, script, content=content, host=OTHER_HOST, attributes=PARTITIONED)
    for name, script, content in (
        ("another site's image", SHOW, SVG),
        ("another site's script", element("script", "src"), SCRIPT),
        ("another site's page in a frame", EMBED, PAGE),
        (
            "a fetch from another site",
            fetching('mode: "no-cors", credentials: "include"'),
            PAGE,
        ),
    )
)

# Browsers take no cookie from these today. The gate holds them all the same.
UNHEARD = (
    Carrier("early hints", NAVIGATE, cookies_in="early", leaves=True, stores=False),
    Carrier("a websocket that is denied", SOCKET, 403, scheme="wss", stores=False),
    Carrier(
        "a preflight that is refused",
        fetching('method: "PUT", credentials: "include", headers: {"X-Any": "x"}'),
        host=OTHER_HOST,
        attributes=PARTITIONED,
        stores=False,
    ),
    Carrier("a fetch without credentials", fetching('credentials: "omit"'), stores=False),
)

CARRIERS = (*REDIRECTS, *REQUESTS, *RESOURCES, *PAGES, *FROM_ELSEWHERE, *UNHEARD)
