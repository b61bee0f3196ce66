"""A site that gives each visitor a number in every header that may keep one, and looks for it when
the visitor comes again; each way has a host of its own, behind a gate and bare."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from consentgate import Policy
from consentgate.asgi import ConsentMiddleware
from tests.browser.raw_server import App, Receive, Scope, Send

NUMBER = "4242"
GATED, BARE = "gated", "bare"
PORTAL = "portal.example.net"
"""A host of somebody else, whose page embeds what its query names."""

REPORTS = "reports.example.org"

PAGE, IMAGE, SCRIPT, JSON = "text/html", "image/png", "text/javascript", "application/json"
FOR_LONG = {"Cache-Control": "max-age=9999, immutable"}
ASK_AGAIN = {"Cache-Control": "no-cache"}


class Seen(NamedTuple):
    """A request that reached the site: behind a gate, as the application sees it."""

    scheme: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]

    @property
    def bears_number(self) -> bool:
        """Whether the visitor's number is in it."""
        return any(NUMBER in text for text in (self.query, *self.headers.values()))


class Answer(NamedTuple):
    """What a path answers."""

    kind: str = PAGE
    headers: Mapping[str, str] = {}
    body: str = "<!doctype html><title>A page</title>"
    status: int = 200


class Way(NamedTuple):
    """A way to know a visitor again: what the first page and other paths answer, where the visitor
    comes again, and what shows it."""

    page: Answer
    others: Mapping[str, Answer] = {}
    again: str = "https://{host}/"
    shows: Callable[[Seen], bool] = lambda seen: seen.bears_number


def keeps_image(shows: Callable[[Seen], bool], **headers: str) -> Way:
    """A page with an image that the browser keeps, and of which it asks whether it changed."""
    image = Answer(IMAGE, ASK_AGAIN | headers)
    page = Answer(body="<!doctype html><title>An image</title><img src=/image>")
    return Way(page, {"/image": image}, shows=shows)


SESSION = {
    "session_identifier": NUMBER,
    "refresh_url": "/refresh",
    "scope": {"include_site": False, "scope_specification": []},
    "credentials": [
        {"type": "cookie", "name": "bound", "attributes": "Path=/; Secure; SameSite=Lax"}
    ],
}
# It is over when the visitor comes again, so that the browser has it renewed.
BOUND = {"Set-Cookie": "bound=1; Max-Age=1; Path=/; Secure; SameSite=Lax"}
REGISTER = """<!doctype html><title>A worker</title><script>
navigator.serviceWorker.register("/deep/worker.js", {scope: "/"})
  .then(() => navigator.serviceWorker.ready).then(() => { document.title = "ready" })
</script>"""
WORKER = f"""addEventListener("fetch", (event) => event.respondWith(fetch("/found?{NUMBER}")))"""
KEEPS = json.dumps({"report_to": "all", "max_age": 9999, "success_fraction": 1})

REPORT_TO = json.dumps(
    {
        "group": "all",
        "max_age": 9999,
        "endpoints": [{"url": f"https://{REPORTS}/HOST?{NUMBER}"}],
    }
)

WAYS = {
    "Set-Cookie": Way(Answer(headers={"Set-Cookie": f"visitor={NUMBER}; Max-Age=9999"})),
    "ETag": keeps_image(lambda seen: seen.bears_number, ETag=f'"{NUMBER}"'),
    "Last-Modified": keeps_image(
        lambda seen: "00:42:42" in seen.headers.get("if-modified-since", ""),
        **{"Last-Modified": "Mon, 01 Jan 2001 00:42:42 GMT"},
    ),
    "Cache-Control": Way(
        Answer(body="<!doctype html><title>Kept</title><script src=/kept.js></script>"),
        {"/kept.js": Answer(SCRIPT, FOR_LONG, f"fetch('/found?{NUMBER}')")},
    ),
    "Location": Way(
        Answer(status=301, headers=FOR_LONG | {"Location": f"/found?{NUMBER}"}),
    ),
    "Link": Way(
        Answer(headers={"Link": "</image>; rel=preload; as=image"}),
        {"/image": Answer(IMAGE, ASK_AGAIN | {"ETag": f'"{NUMBER}"'})},
    ),
    "Accept-CH": Way(
        Answer(headers={"Accept-CH": "DPR"}), shows=lambda seen: "dpr" in seen.headers
    ),
    "Use-As-Dictionary": Way(
        Answer(headers=FOR_LONG | {"Use-As-Dictionary": f'match="/*", id="{NUMBER}"'}),
        again="https://{host}/other",
    ),
    "NEL": Way(Answer(headers={"NEL": KEEPS, "Report-To": REPORT_TO})),
    "Strict-Transport-Security": Way(
        Answer(headers={"Strict-Transport-Security": "max-age=9999"}),
        again="http://{host}/",
        shows=lambda seen: seen.scheme == "https",
    ),
    "Service-Worker-Allowed": Way(
        Answer(body=REGISTER),
        {"/deep/worker.js": Answer(SCRIPT, {"Service-Worker-Allowed": "/"}, WORKER)},
    ),
    "Secure-Session-Registration": Way(
        Answer(
            headers={"Secure-Session-Registration": '(ES256 RS256);path="/start";challenge="c"'}
        ),
        {path: Answer(JSON, BOUND, json.dumps(SESSION)) for path in ("/start", "/refresh")},
    ),
    "Activate-Storage-Access": Way(
        Answer(IMAGE, {"Activate-Storage-Access": "retry; allowed-origin=*"}),
        again="https://" + PORTAL + "/?{host}",
    ),
}


def host_of(way: str, kind: str) -> str:
    """The host of a way, behind the gate or bare."""
    return f"{way.lower()}-{kind}.example.org"


class StoringSite:
    """The hosts of all ways; `seen` are the requests that reached them."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        # The guard holds workers, and would sweep the cookie of a session too.
        self._gates: dict[bool, App] = {
            is_guarded: ConsentMiddleware(
                self._answer,
                policy=Policy(),
                secret_key="a secret for a site that stores, long enough",
                guard="enforce" if is_guarded else "off",
            )
            for is_guarded in (False, True)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, behind the gate where the host says so."""
        host = _host_in(scope)
        gate = self._gates[host.startswith("service-worker")]
        await (gate if f"-{GATED}." in host else self._answer)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        host, query = _host_in(scope), scope["query_string"].decode()
        self.seen.append(Seen(scope["scheme"], host, scope["path"], query, headers))
        answer = self._answer_for(host, scope["path"], query)
        given = {"Content-Type": answer.kind, **answer.headers}
        raw = [(name.encode(), one.replace("HOST", host).encode()) for name, one in given.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body.encode()})

    def _answer_for(self, host: str, path: str, query: str) -> Answer:
        if host == PORTAL:
            return Answer(body=f"<!doctype html><title>A portal</title><img src=https://{query}/>")
        ways = [way for name, way in WAYS.items() if host.startswith(f"{name.lower()}-")]
        found = {"/": way.page, **way.others} if (way := next(iter(ways), None)) else {}
        return found.get(path, Answer())

    def knows(self, way: str, kind: str) -> bool:
        """Whether the visitor was known again on the host of a way."""
        host = host_of(way, kind)
        return any(
            WAYS[way].shows(seen)
            for seen in self.seen
            if seen.host == host or seen.path == f"/{host}"
        )


def _host_in(scope: Scope) -> str:
    host: bytes = dict(scope["headers"])[b"host"]
    return host.decode()
