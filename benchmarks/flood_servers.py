"""The application that is flooded, behind ASGI and behind WSGI, and what each request has in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from benchmarks.asgi import App, Exchange, Message, Receive, Send, run_to_end
from benchmarks.traffic import LIMITED, SECRET
from consentgate import asgi, wsgi
from consentgate._middleware import MiddlewareOptions
from consentgate.choice.decision import Decision
from consentgate.gate.recording import Receipt, Recorded

PRIVATE = "PRIVATE"
"""Part of each query, each cookie's value and each page's text: none of these may stay."""

Headers = tuple[tuple[str, str], ...]

_HEAD = f"<title>{PRIVATE}</title>"
_HTML = (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"page"'))
_ASKS: Headers = (
    ("Host", "www.example.org"),
    ("Accept-Language", "fr,en;q=0.5"),
    ("Sec-Fetch-Dest", "document"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, and what the application answers to it."""

    path: str = "/page"
    query: str = ""
    headers: Headers = ()
    answers: Headers = ()
    head: str = _HEAD
    body: bytes = b""

    @property
    def sent(self) -> Headers:
        """The request's headers, in place of those that a browser always sends."""
        names = {name for name, _ in self.headers}
        return (*(pair for pair in _ASKS if pair[0] not in names), *self.headers)

    @property
    def method(self) -> str:
        """POST for what has a body."""
        return "POST" if self.body else "GET"

    @property
    def page(self) -> bytes:
        """The text of the page."""
        return f"<!doctype html><html><head>{self.head}</head><body>Hello</body></html>".encode()


class _Recorder:
    """Says of each decision that it is recorded, and keeps nothing of it."""

    def record(self, decision: Decision) -> Future[Recorded]:
        """Keep nothing."""
        future: Future[Recorded] = Future()
        future.set_result(Recorded.STORED)
        return future

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Find nothing."""
        raise NotImplementedError

    def count_shown(self, *, language: str, place: str) -> None:
        """Count nothing."""

    def close(self) -> None:
        """Hold nothing."""
        raise NotImplementedError


class Servers:
    """An application that answers each visit as it says, behind ASGI and behind WSGI."""

    def __init__(self, *, is_gated: bool = True) -> None:
        self._visit = Visit()
        self._asgi: App = self._answer_asgi
        self._wsgi: WSGIApplication = self._answer_wsgi
        if is_gated:
            options: MiddlewareOptions = {"csp": "report-only", "records": _Recorder()}
            self._asgi = asgi.ConsentMiddleware(
                self._asgi, policy=LIMITED, secret_key=SECRET, **options
            )
            self._wsgi = wsgi.ConsentMiddleware(
                self._wsgi, policy=LIMITED, secret_key=SECRET, **options
            )

    def serve(self, visit: Visit) -> None:
        """Serve the visit in both ways."""
        self.serve_asgi(visit)
        self.serve_wsgi(visit)

    def serve_asgi(self, visit: Visit) -> None:
        """Serve the visit as an ASGI server does."""
        self._visit = visit
        run_to_end(self._serve_asgi(_scope_of(visit), visit.body))

    def serve_wsgi(self, visit: Visit) -> None:
        """Serve the visit as a WSGI server does."""
        self._visit = visit
        body = self._wsgi(_environ_of(visit), _start_response)
        for _ in body:
            pass
        close = getattr(body, "close", None)
        if close is not None:
            close()

    async def _serve_asgi(self, scope: Exchange, body: bytes) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._asgi(scope, receive, _discard)

    async def _answer_asgi(self, scope: Exchange, receive: Receive, send: Send) -> None:
        answers = self._headers()
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answers]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._visit.page})

    def _answer_wsgi(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        start_response("200 OK", self._headers())
        return [self._visit.page]

    def _headers(self) -> list[tuple[str, str]]:
        names = {name for name, _ in self._visit.answers}
        return [*(pair for pair in _HTML if pair[0] not in names), *self._visit.answers]


def _scope_of(visit: Visit) -> Exchange:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "https",
        "root_path": "",
        "method": visit.method,
        "path": visit.path,
        "raw_path": visit.path.encode(),
        "query_string": visit.query.encode("latin-1"),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in visit.sent],
        "state": {},
    }


def _environ_of(visit: Visit) -> WSGIEnvironment:
    return {
        "REQUEST_METHOD": visit.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": visit.path,
        "QUERY_STRING": visit.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(visit.body),
        "CONTENT_LENGTH": str(len(visit.body)),
        "CONTENT_TYPE": dict(visit.headers).get("Content-Type", ""),
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in visit.sent},
    }


async def _discard(message: Message) -> None:
    """Take a message as the server's end does."""


def _start_response(*_: Any) -> Callable[[bytes], object]:  # as PEP 3333 lets it be called
    return lambda _: None
