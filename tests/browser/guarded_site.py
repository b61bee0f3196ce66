"""A site of a few pages behind the gate, with the ways in which its scripts can store something.

A way is a script that tries to store `NAME`. Each runs in a page of its own, whose promise `done`
says when the attempt is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware

SECRET = "a secret for tests of the guard, long enough"
NAME = "track"
KINDS = (
    *("cookie", "local_storage", "session_storage", "indexed_db", "cache_storage"),
    *("storage_bucket", "private_file", "service_worker"),
)
WORKER = f"/{NAME}.js"
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


POLICY = Policy(
    necessary=["needed", *(Cookie("needed", category="necessary", kind=k) for k in KINDS[1:-1])],  # type: ignore[arg-type]
    cookies=map(stored, KINDS),
)


class Page(NamedTuple):
    """What a path answers."""

    body: str
    kind: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()


COOKIES = {
    "assignment": "document.cookie = 'track=1'",
    "blanks": "document.cookie = '  track  = 1; path=/'",
    "a lifetime": "document.cookie = 'track=1; max-age=1000; path=/'",
    "two lifetimes": "document.cookie = 'track=1; max-age=0; max-age=1000; path=/'",
    "a year that two readers read differently": (
        "document.cookie = 'track=1; expires=Thu, 01 Jan 60 00:00:00 GMT'"
    ),
    "with": "new Function(\"with (document) cookie = 'track=1'\")()",
    "eval": "eval(\"document.cookie = 'track=1'\")",
    "text timer": (
        "setTimeout(\"document.cookie = 'track=1'\"); await new Promise((r) => setTimeout(r, 50))"
    ),
    "handler attribute": (
        "const b = document.createElement('b');"
        "b.setAttribute('onclick', \"document.cookie = 'track=1'\"); b.click()"
    ),
    "looked-up setter": "document.__lookupSetter__('cookie').call(document, 'track=1')",
    "descriptor": (
        "Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')"
        ".set.call(document, 'track=1')"
    ),
    "Reflect.set": "Reflect.set(document, 'cookie', 'track=1')",
    "delete, then assign": "delete Document.prototype.cookie; document.cookie = 'track=1'",
    "an object's text": (
        "let n = 0; document.cookie = { toString: () => n++ ? 'track=1' : 'needed=1' }"
    ),
    "cookieStore, object": "await cookieStore.set({ name: 'track', value: '1' })",
    "cookieStore, arguments": "await cookieStore.set('track', '1')",
    "cookieStore, getter": (
        "let n = 0; await cookieStore.set("
        "{ get name() { return n++ ? 'track' : 'needed'; }, value: '1' })"
    ),
    "cookieStore, prototype": (
        "await CookieStore.prototype.set.call(cookieStore, { name: 'track', value: '1' })"
    ),
    "an undeclared name": "document.cookie = 'other=1'",
    "a name that is none": "document.cookie = '=track=1'",
}
_FRAME = "const f = document.createElement('iframe'); document.body.append(f); "
_WRITES = ".document.cookie = 'track=1'"
_LOADS = (
    "const loaded = new Promise((r) => { f.onload = r; }); document.body.append(f); await loaded"
)
FRAMES = {
    "contentWindow": f"{_FRAME} f.contentWindow{_WRITES}",
    "contentDocument": f"{_FRAME} f.contentDocument.cookie = 'track=1'",
    "frames": f"{_FRAME} frames[0]{_WRITES}",
    "appendChild": (
        f"document.body.appendChild(document.createElement('iframe')); frames[0]{_WRITES}"
    ),
    "insertBefore": (
        f"document.body.insertBefore(document.createElement('iframe'), null); window[0]{_WRITES}"
    ),
    "innerHTML": f"document.body.innerHTML = '<iframe></iframe>'; window[0]{_WRITES}",
    "outerHTML": (
        "const b = document.createElement('b'); document.body.append(b); "
        f"b.outerHTML = '<iframe></iframe>'; window[0]{_WRITES}"
    ),
    "insertAdjacentHTML": (
        f"document.body.insertAdjacentHTML('beforeend', '<iframe></iframe>'); window[0]{_WRITES}"
    ),
    "setHTMLUnsafe": f"document.body.setHTMLUnsafe('<iframe></iframe>'); window[0]{_WRITES}",
    "insertNode": (
        "const r = new Range(); r.selectNodeContents(document.body); "
        f"r.insertNode(document.createElement('iframe')); window[0]{_WRITES}"
    ),
    "a fragment": (
        "const f = document.createRange().createContextualFragment('<iframe></iframe>'); "
        f"document.body.append(f); window[0]{_WRITES}"
    ),
    "a frame in a frame": (
        f"{_FRAME} const d = f.contentDocument; d.body.append(d.createElement('iframe')); "
        f"f.contentWindow[0]{_WRITES}"
    ),
    "a frame in a shadow": (
        "const h = document.createElement('div'); document.body.append(h); "
        "const s = h.attachShadow({ mode: 'open' }); const f = document.createElement('iframe'); "
        f"s.append(f); f.contentWindow{_WRITES}"
    ),
    "a name of its own": (
        "document.body.insertAdjacentHTML('beforeend', '<iframe name=inner></iframe>'); "
        f"inner{_WRITES}"
    ),
    "srcdoc": (
        "const f = document.createElement('iframe'); "
        "f.srcdoc = \"<script>document.cookie = 'track=1'<\\/script>\"; " + _LOADS
    ),
    "javascript:": (
        "const f = document.createElement('iframe'); "
        "f.src = \"javascript:document.cookie = 'track=1'\"; document.body.append(f); "
        "await new Promise((r) => setTimeout(r, 100))"
    ),
    "a blob": (
        "const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob("
        "[\"<script>localStorage.track = 1<\\/script>\"], { type: 'text/html' })); " + _LOADS
    ),
    "a page of the site": (
        "const f = document.createElement('iframe'); f.src = '/writes'; " + _LOADS
    ),
    "a second page of the site": (
        "const f = document.createElement('iframe'); f.src = '/writes'; "
        "const load = () => new Promise((r) => { f.onload = r; }); let loaded = load(); "
        "document.body.append(f); await loaded; loaded = load(); f.src = '/writes?2'; await loaded"
    ),
    "a cookieStore": f"{_FRAME} await f.contentWindow.cookieStore.set('track', '1')",
    "a localStorage": f"{_FRAME} f.contentWindow.localStorage.track = '1'",
    "a popup": f"const w = open('about:blank'); w{_WRITES}",
}
_WAITS = "await new Promise((r) => setTimeout(r, 200))"
_SCRIPT = '"<script>localStorage.track = 1<\\/script>"'
WAYS_ROUND = {
    "srcdoc in a shadow": (
        "const h = document.createElement('div'); document.body.append(h); "
        "const f = document.createElement('iframe'); "
        f"f.srcdoc = {_SCRIPT}; h.attachShadow({{ mode: 'open' }}).append(f); {_WAITS}"
    ),
    "srcdoc in srcdoc": (
        "const f = document.createElement('iframe'), g = document.createElement('iframe'); "
        f"g.srcdoc = {_SCRIPT}; f.srcdoc = g.outerHTML; document.body.append(f); {_WAITS}"
    ),
    "a second srcdoc": (
        "const f = document.createElement('iframe'); f.srcdoc = 'x'; document.body.append(f); "
        f"{_WAITS}; f.srcdoc = {_SCRIPT}; {_WAITS}"
    ),
    "SVG in an object": (
        "const o = document.createElement('object'); o.type = 'image/svg+xml'; "
        f"o.data = '/drawing.svg'; document.body.append(o); {_WAITS}"
    ),
    "a worker of a blob": (
        "new Worker(URL.createObjectURL(new Blob([\"indexedDB.open('track')\"]))); " + _WAITS
    ),
}
_OPEN = (
    "const opened = {0}.open('track'); "
    "await new Promise((r) => {{ opened.onsuccess = opened.onerror = r; }})"
)
_SET = "Object.getOwnPropertyDescriptor(window, 'localStorage').get.call(window)"
STORAGES = {
    "setItem": "localStorage.setItem('track', '1')",
    "property": "localStorage.track = '1'",
    "brackets": "localStorage['track'] = '1'",
    "defineProperty": "Object.defineProperty(localStorage, 'track', { value: '1' })",
    "Reflect.set": "Reflect.set(localStorage, 'track', '1')",
    "Object.assign": "Object.assign(localStorage, { track: '1' })",
    "prototype": "Storage.prototype.setItem.call(localStorage, 'track', '1')",
    "getter": f"({_SET}).track = '1'",
    "sessionStorage": "sessionStorage.track = '1'",
    "sessionStorage, setItem": "sessionStorage.setItem('track', '1')",
    "storageArea": (
        f"{_FRAME} const told = new Promise((r) => {{ f.contentWindow.addEventListener("
        "'storage', r); }); localStorage.setItem('needed', '1'); "
        "(await told).storageArea.track = '1'"
    ),
    "indexedDB": _OPEN.format("indexedDB"),
    "indexedDB, prototype": (
        "const opened = IDBFactory.prototype.open.call(indexedDB, 'track'); "
        "await new Promise((r) => { opened.onsuccess = opened.onerror = r; })"
    ),
    "caches": "await caches.open('track')",
    "a bucket": "await navigator.storageBuckets.open('track')",
    "a file": (
        "await (await navigator.storage.getDirectory()).getFileHandle('track', { create: true })"
    ),
    "a folder": (
        "await (await navigator.storage.getDirectory()).getDirectoryHandle("
        "'track', { create: true })"
    ),
    "a service worker": f"await navigator.serviceWorker.register('{WORKER}')",
    "a worker's database": (
        "const w = new Worker('/worker.js'); await new Promise((r) => { w.onmessage = r; })"
    ),
    "a shared worker's database": (
        "const w = new SharedWorker('/shared.js'); "
        "await new Promise((r) => { w.port.onmessage = r; })"
    ),
    "a module worker's cache": (
        "const w = new Worker('/module.js', { type: 'module' }); "
        "await new Promise((r) => { w.onmessage = r; })"
    ),
}

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


class Site:
    """An ASGI application of these pages, behind the gate unless the query is `BARE`."""

    def __init__(self, pages: Mapping[str, Page], **options: Any) -> None:  # Any: the gate's own
        self.pages = {**FILES, **pages}
        policy = options.pop("policy", POLICY)
        self._gated = ConsentMiddleware(self._answer, policy=policy, secret_key=SECRET, **options)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI's
        """Answer a request."""
        is_bare = scope["query_string"] == BARE.encode()
        await (self._answer if is_bare else self._gated)(scope, receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI's
        await receive()
        page = self.pages.get(scope["path"])
        body = b"" if page is None else page.body.encode()
        kind = "text/plain" if page is None else page.kind
        headers = (*(() if page is None else page.headers), ("content-type", kind))
        raw = [(name.encode(), value.encode()) for name, value in headers]
        raw.append((b"content-length", b"%d" % len(body)))
        status = 404 if page is None else 200
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})
