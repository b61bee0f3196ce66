"""A site whose pages say in their address what they answer, and count how often they were asked.

Below /gated/ it is behind the gate, below /auto/ and /static/ behind one that puts the banner in,
below /abroad/ behind one that asks a function of the site where a choice is needed (/auto/ does
too), below /naive/ behind a filter that deletes every Set-Cookie and thinks of
nothing else, below /bare/ as it is. Its queries:

- `h`, repeated: a line of the response's head, with `{n}` for the number of the visit
- `later`, repeated: the same, from the second visit on
- `allowed`, repeated: the same, where the page asked and statistics are allowed
- `do`: what the page does with its visitor's consent, one of `ACTS`
- `status`: of the response
- `wait_s`: how long the page takes
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from consentgate import (
    Controller,
    Cookie,
    Enforcement,
    Gate,
    Policy,
    asgi,
    get_consent,
    wsgi,
)
from consentgate._asgi_exchange import App, Message, Receive, Scope, Send
from tests.support.first_choices import in_first_format

SECRET = "a secret for tests, of 40 characters ...."
POLICY = Policy(
    controller=Controller("Example Town", contact="dpo@example.org"),
    necessary=["session"],
    cookies=[
        Cookie("_ga", category="statistics", provider="G", purpose="p", lifetime="13 months"),
        Cookie("_fbp", category="marketing", provider="F", purpose="p", lifetime="90 days"),
    ],
)
GATE = Gate(POLICY, secret_key=SECRET)


def _allowed_before(days: int) -> str:
    ago = timedelta(days=days)
    gate = Gate(POLICY, secret_key=SECRET, clock=lambda: datetime.now(UTC) - ago)
    return gate.preferences_for("statistics")


ALLOWED = GATE.preferences_for("statistics")
ALLOWED_YESTERDAY = _allowed_before(1)
REFUSED = GATE.preferences_for()
EXPIRED = _allowed_before(184)
STALE = Gate(
    Policy(
        controller=POLICY.controller,
        cookies=[
            Cookie("_ga", category="statistics", provider="H", purpose="p", lifetime="13 months")
        ],
    ),
    secret_key=SECRET,
).preferences_for("statistics")
"""A choice under another declaration of its categories."""
FIRST_FORMAT = in_first_format(ALLOWED, secret_key=SECRET)
FORGED = f"{ALLOWED[:-43]}{'A' * 43}"
"""What was allowed, with a signature that is not ours."""

Headers = list[tuple[str, str]]
Query = Mapping[str, list[str]]
Request = Mapping[str, Any]

_visits: Counter[str] = Counter()
_lock = Lock()


def _required(request: Request) -> Enforcement:
    """No choice is needed where a proxy says that the visitor is elsewhere."""
    headers = dict(request.get("headers", ()))
    is_elsewhere = b"x-elsewhere" in headers or "HTTP_X_ELSEWHERE" in request
    return Enforcement.NOT_REQUIRED if is_elsewhere else Enforcement.ENFORCE


def _ask(request: Request) -> str:
    return "allowed" if get_consent(request).allows("statistics") else "not allowed"


def _read(request: Request) -> str:
    return f"refused: {sorted(get_consent(request).value.refused)}"


def _grant(request: Request) -> str:
    get_consent(request).grant()
    return "granted"


def _refuse(request: Request) -> str:
    get_consent(request).refuse()
    return "refused"


def _peek(request: Request) -> str:
    """What a page may do behind the gate's back: read the choice in the Cookie header itself."""
    raw: bytes = dict(request.get("headers", ())).get(b"cookie", b"")
    return str(request.get("HTTP_COOKIE", raw.decode("latin-1")))


ACTS: dict[str, Callable[[Request], str]] = {
    "ask": _ask,
    "read": _read,
    "grant": _grant,
    "refuse": _refuse,
    "peek": _peek,
}


def query_of(*headers: str, **more: object) -> str:
    """The query of a page that answers with these lines and more."""
    return urlencode({"h": headers, "status": 200, "wait_s": 0, **more}, doseq=True)


def _answer(path: str, query: Query, request: Request, *, etag: str) -> tuple[int, Headers, bytes]:
    with _lock:
        _visits[path] += 1
        visit = _visits[path]
    lines = [*query.get("h", ()), *(query.get("later", ()) if visit > 1 else ())]
    if "allowed" in query:
        lines += query["allowed"] * get_consent(request).allows("statistics")
    words = [ACTS[name](request) for name in query.get("do", ())]
    headers = [("Content-Type", "text/html"), *(_header(line, visit) for line in lines)]
    if etag and ("ETag", etag) in headers:
        return 304, headers[1:], b""
    body = " ".join([str(visit), *words]).encode()
    return int(query["status"][0]), [*headers, ("Content-Length", str(len(body)))], body


def _header(line: str, visit: int) -> tuple[str, str]:
    name, _, value = line.replace("{n}", str(visit)).partition(":")
    return name, value.strip()


async def asgi_page(scope: Scope, receive: Receive, send: Send) -> None:
    """The site under ASGI."""
    etag = dict(scope["headers"]).get(b"if-none-match", b"").decode()
    query = parse_qs(scope["query_string"].decode())
    await asyncio.sleep(float(query["wait_s"][0]))
    status, headers, body = _answer(scope["path"], query, scope, etag=etag)
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def wsgi_page(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The site under WSGI."""
    query = parse_qs(environ["QUERY_STRING"])
    etag = environ.get("HTTP_IF_NONE_MATCH", "")
    time.sleep(float(query["wait_s"][0]))
    status, headers, body = _answer(environ["PATH_INFO"], query, environ, etag=etag)
    start_response(f"{status} Any", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _naive_asgi(app: App) -> App:
    async def strip(scope: Scope, receive: Receive, send: Send) -> None:
        def strip_and_send(message: Message) -> Awaitable[None]:
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() != b"set-cookie"]
            return send({**message, "headers": kept})

        await app(scope, receive, strip_and_send)

    return strip


def _naive_wsgi(app: WSGIApplication) -> WSGIApplication:
    def strip(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def strip_and_start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            kept = [pair for pair in headers if pair[0].lower() != "set-cookie"]
            return start_response(status, kept, exc_info)

        return app(environ, strip_and_start)

    return strip


def _gated_asgi(**options: Any) -> App:
    return asgi.ConsentMiddleware(asgi_page, policy=POLICY, secret_key=SECRET, **options)


def _gated_wsgi(**options: Any) -> WSGIApplication:
    return wsgi.ConsentMiddleware(wsgi_page, policy=POLICY, secret_key=SECRET, **options)


_ASGI: dict[str, App] = {
    "gated": _gated_asgi(banner="manual"),
    "abroad": _gated_asgi(banner="manual", required=_required),
    "auto": _gated_asgi(banner="auto", required=_required),
    "static": _gated_asgi(banner="static"),
    "naive": _naive_asgi(asgi_page),
    "bare": asgi_page,
}

_WSGI: dict[str, WSGIApplication] = {
    "gated": _gated_wsgi(banner="manual"),
    "abroad": _gated_wsgi(banner="manual", required=_required),
    "auto": _gated_wsgi(banner="auto", required=_required),
    "static": _gated_wsgi(banner="static"),
    "naive": _naive_wsgi(wsgi_page),
    "bare": wsgi_page,
}


async def asgi_site(scope: Scope, receive: Receive, send: Send) -> None:
    """The sites under ASGI, by the first part of the path."""
    await _ASGI[scope["path"].split("/")[1]](scope, receive, send)


def wsgi_site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The sites under WSGI, by the first part of the path."""
    return _WSGI[environ["PATH_INFO"].split("/")[1]](environ, start_response)
