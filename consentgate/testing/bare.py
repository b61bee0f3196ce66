"""Applications without a test client: one is called as a server calls it, with no cookies.

Of a server only that is here which an application cannot do without.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing, nullcontext
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from consentgate.testing.browser import Sent

_USUAL_HOST = "testserver"

# Any, here and below: applications, scopes and messages have no type that frameworks share.


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of an application."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def origin_of_tests() -> str:
    """Return the origin under which an application is visited: by https, so that cookies are sent
    as they will be on the real site.

    Django answers only to the hosts in its settings; where nothing is set up, a project in
    development is "localhost" (Django, ALLOWED_HOSTS).
    """
    settings = getattr(sys.modules.get("django.conf"), "settings", None)
    if settings is None or not settings.configured:
        return f"https://{_USUAL_HOST}"
    allowed = list(settings.ALLOWED_HOSTS) or ["localhost"]
    if _USUAL_HOST in allowed or "*" in allowed:
        return f"https://{_USUAL_HOST}"
    return f"https://{allowed[0].lstrip('.')}"


class BareClient:
    """What both kinds of application have in common: each visitor is a new one."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.origin = origin_of_tests()

    def read(self, response: Answer) -> tuple[int, Iterable[tuple[str, str]]]:
        """Return the status and the headers."""
        return response.status, response.headers

    def text_of(self, response: Answer) -> str:
        """Return the body."""
        return response.body.decode("utf-8", "replace")

    def forget(self, name: str) -> None:
        """Do nothing: no cookie is kept."""


class WsgiClient(BareClient):
    """Calls a WSGI application (PEP 3333)."""

    def send(self, sent: Sent) -> Answer:
        """Return the response to a request."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> Any:
            started.append((status, list(headers)))
            return written.append

        body = self.app(environ_of(sent), start_response)
        with closing(body) if hasattr(body, "close") else nullcontext():
            written.extend(body)
        status, headers = started[-1]
        return Answer(int(status.split(" ", 1)[0]), tuple(headers), b"".join(written))


class AsgiClient(BareClient):
    """Calls an ASGI application, within `lifespan`."""

    def __init__(self, app: Any, state: dict[str, Any]) -> None:
        super().__init__(app)
        self._state = state

    async def send(self, sent: Sent) -> Answer:
        """Return the response to a request."""
        messages: list[dict[str, Any]] = []
        has_body = [True]
        done = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if has_body:
                has_body.clear()
                return {"type": "http.request", "body": sent.body, "more_body": False}
            await done.wait()  # the client stays until it has the response
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done.set()

        await self.app(scope_of(sent, self._state), receive, send)
        start = next(message for message in messages if message["type"] == "http.response.start")
        headers = tuple(
            (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
            for name, value in start.get("headers", ())
        )
        bodies = (
            message.get("body", b"")
            for message in messages
            if message["type"] == "http.response.body"
        )
        return Answer(start["status"], headers, b"".join(bodies))


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the application before its first request and stop it after the last; the state that
    it makes is for its requests. An application that knows no lifespan goes without (ASGI)."""
    state: dict[str, Any] = {}
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": _ASGI, "state": state}
    running = asyncio.ensure_future(app(scope, to_app.get, from_app.put))
    if await _is_answered("startup", running, to_app, from_app):
        try:
            yield state
        finally:
            await _is_answered("shutdown", running, to_app, from_app)
            await running
    else:
        yield state


async def _is_answered(
    phase: str,
    running: asyncio.Future[Any],
    to_app: asyncio.Queue[dict[str, Any]],
    from_app: asyncio.Queue[dict[str, Any]],
) -> bool:
    """Send a message of the lifespan; return whether the application did what it asks. Raises
    RuntimeError for an application that says that it failed."""
    await to_app.put({"type": f"lifespan.{phase}"})
    answer = asyncio.ensure_future(from_app.get())
    await asyncio.wait({running, answer}, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        running.exception()  # of an application that knows no lifespan; it is no failure
        return False
    message = answer.result()
    if message["type"] == f"lifespan.{phase}.failed":
        await running
        raise RuntimeError(message.get("message", f"the application failed at its {phase}"))
    return True


_ASGI = {"version": "3.0", "spec_version": "2.4"}


def scope_of(sent: Sent, state: dict[str, Any]) -> dict[str, Any]:
    """Return the scope of a request; `state` is that of the lifespan."""
    parts = urlsplit(sent.url)
    headers = {"Host": parts.netloc, **sent.headers, **_length(sent)}
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": sent.method,
        "scheme": parts.scheme,
        "path": unquote_to_bytes(parts.path).decode("utf-8", "replace"),
        "raw_path": parts.path.encode("latin-1", "replace"),
        "root_path": "",
        "query_string": parts.query.encode("latin-1", "replace"),
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 50000),
        "server": (parts.hostname or "", parts.port or 443),
        "state": {**state},
    }


def environ_of(sent: Sent) -> dict[str, Any]:
    """Return the environ of a request."""
    parts = urlsplit(sent.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 443),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(sent.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in {"Host": parts.netloc, **sent.headers, **_length(sent)}.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ


def _length(sent: Sent) -> dict[str, str]:
    return {"Content-Length": str(len(sent.body))} if sent.body else {}
