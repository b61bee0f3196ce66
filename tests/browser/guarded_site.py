"""A site of a few pages behind the gate, whose scripts try to store `NAME`.

Each way runs in a page of its own, whose promise `done` says when the attempt is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from tests.browser.storing_ways import NAME, WAYS, WORKER

SECRET = "a secret for tests of the guard, long enough"
KINDS = (
    *("cookie", "local_storage", "session_storage", "indexed_db", "cache_storage"),
    *("storage_bucket", "private_file", "service_worker"),
)
BARE = "bare"
"""The query of what is served without the gate."""


def stored(kind: str) -> Cookie:
    """The declaration of what the ways store, of one kind."""
    name = WORKER if kind == "service_worker" else NAME
    return Cookie(
        name,
        category="statistics",
        provider="S",
        purpose="Counts.",
        lifetime="1 day",
        kind=kind,  # type: ignore[arg-type]  # one of KINDS
    )


def policy_with(*cookies: Cookie, regime: str = "eu") -> Policy:
    """What the ways store is for statistics, and so much of it is necessary; and more cookies."""
    necessary = [Cookie("needed", category="necessary", kind=kind) for kind in KINDS[:-1]]  # type: ignore[arg-type]
    return Policy(cookies=[*necessary, *map(stored, KINDS), *cookies], regime=regime)


POLICY = policy_with()


class Page(NamedTuple):
    """What a path answers."""

    body: str
    kind: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()


_JS = "text/javascript"
FILES = {
    "/writes": Page("<script>document.cookie = 'track=1'; localStorage.track = '1'</script>"),
    WORKER: Page("// does nothing", _JS),
    "/worker.js": Page(
        "'use strict'; let opened; try { opened = indexedDB.open('track'); opened.onsuccess = "
        "opened.onerror = () => postMessage(1); } catch { postMessage(0); }",
        _JS,
    ),
    "/shared.js": Page(
        "onconnect = ({ ports: [port] }) => { try { indexedDB.open('track').onsuccess = "
        "() => port.postMessage(1); } catch { port.postMessage(0); } };",
        _JS,
    ),
    "/nest.js": Page(
        "new Worker(URL.createObjectURL(new Blob([`try { indexedDB.open('track').onsuccess = "
        "() => postMessage(1); } catch { postMessage(0); }`]))).onmessage = () => postMessage(1)",
        _JS,
    ),
    "/module.js": Page(
        "export {}; await caches.open('track').catch(() => 0); postMessage(1);", _JS
    ),
    "/drawing.svg": Page(
        "<svg xmlns='http://www.w3.org/2000/svg'><script>localStorage.track = 1</script></svg>",
        "image/svg+xml",
    ),
    "/cleared": Page(
        "<!doctype html><title>Cleared</title>", headers=(("clear-site-data", '"storage"'),)
    ),
    "/empty": Page("<!doctype html><title>Empty</title>"),
}

# All that the browser keeps for the origin, the cookies aside, by kind.
LEFT = """async () => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
        local_storage: Object.keys(localStorage),
        session_storage: Object.keys(sessionStorage),
        indexed_db: (await indexedDB.databases()).map(({ name }) => name),
        cache_storage: await caches.keys(),
        storage_bucket: await navigator.storageBuckets.keys(),
        private_file: files,
        service_worker: (await navigator.serviceWorker.getRegistrations())
            .map(({ active, waiting, installing }) => (active || waiting || installing).scriptURL)
            .map((address) => new URL(address).pathname),
    };
}"""


def page_that(way: str) -> Page:
    """A page whose script tries one way."""
    return Page(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>A way</title></head><body>"
        f"<script>window.done = (async () => {{ {way} }})().catch(String)</script></body></html>"
    )


PATHS = {name: f"/way/{number}" for number, name in enumerate(WAYS)}
PAGES = {PATHS[name]: page_that(way) for name, way in WAYS.items()}


class Site:
    """An ASGI application of these pages, behind the gate unless the query is `BARE`; another one
    answers what is at no path of theirs, if there is one."""

    def __init__(
        self, pages: Mapping[str, Page], *, beyond: Any = None, **options: Any
    ) -> None:  # Any: an application, the gate's own
        self.pages = {**FILES, **pages}
        self._beyond = beyond
        policy = options.pop("policy", POLICY)
        self._gated = ConsentMiddleware(self._answer, policy=policy, secret_key=SECRET, **options)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI's
        """Answer a request."""
        is_bare = scope.get("query_string") == BARE.encode()
        await (self._answer if is_bare else self._gated)(scope, receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI's
        page = self.pages.get(scope["path"])
        if page is None and self._beyond is not None:
            await self._beyond(scope, receive, send)
            return
        await receive()
        body = b"" if page is None else page.body.encode()
        kind = "text/plain" if page is None else page.kind
        headers = (*(() if page is None else page.headers), ("content-type", kind))
        raw = [(name.encode(), value.encode()) for name, value in headers]
        raw.append((b"content-length", b"%d" % len(body)))
        status = 404 if page is None else 200
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})
