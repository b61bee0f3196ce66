"""A site of one page, for what no example shows: strict policies, shared pages, signals."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from tests.browser.raw_server import App, Message, Receive, Scope, Send
from tests.support.http_servers import serve_asgi

SECRET = "a secret for a site of one page, long enough"

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
)

PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>A page</h1><p><a id="first" href="/other">The first link of the page</a></p>
<p><label>A field <input id="field"></label></p></main></body></html>"""


def asking(category: str) -> Policy:
    """A policy that asks for one category."""
    tracker = Cookie("track", category=category, provider="S", purpose="Counts.", lifetime="1 day")
    return Policy(necessary=["login"], cookies=[tracker])


STATISTICS = asking("statistics")

Headers = tuple[tuple[bytes, bytes], ...]


@contextmanager
def serve_page(
    policy: Policy = STATISTICS,
    *,
    body: bytes = PAGE,
    headers: Headers = (),
    everywhere: Headers = (),
    **options: Any,  # they are the gate's
) -> Iterator[str]:
    """The address of the site. `headers` are the page's; `everywhere`, what a proxy would add to
    the gate's own pages too."""
    page = _Page(body, headers)
    gate = ConsentMiddleware(page, policy=policy, secret_key=SECRET, **options)
    with serve_asgi(_Proxy(gate, everywhere)) as url:
        yield url


class _Page:
    def __init__(self, body: bytes, headers: Headers) -> None:
        self._body = body
        self._headers = [(b"content-type", b"text/html; charset=utf-8"), *headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [*self._headers, (b"content-length", b"%d" % len(self._body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


class _Proxy:
    def __init__(self, app: App, headers: Headers) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        def add(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers]}
            return send(message)

        await self._app(scope, receive, add)
