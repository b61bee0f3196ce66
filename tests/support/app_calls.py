"""Run an ASGI or WSGI application for one request in this process, keeping the raw headers."""

from __future__ import annotations

import asyncio
from io import BytesIO, StringIO
from typing import Any

from tests.support.exchange import Ask

Raw = tuple[int, list[tuple[str, str]], bytes]


def run_asgi(app: Any, ask: Ask) -> Raw:
    """The status, headers (lower-case names, wire order) and body of one ASGI request."""
    return asyncio.run(call_asgi(app, scope_of(ask)))


async def call_asgi(app: Any, scope: dict[str, Any]) -> Raw:
    """Call an ASGI application once with an empty request body."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(one for one in sent if one["type"] == "http.response.start")
    body = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    headers = [
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in start["headers"]
    ]
    return start["status"], headers, body


def scope_of(ask: Ask) -> dict[str, Any]:
    """The ASGI scope of a request."""
    headers = [("host", "www.example.org"), *ask.headers]
    headers += [("cookie", ask.cookie)] if ask.cookie else []
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "https" if ask.https else "http",
        "path": ask.path,
        "raw_path": ask.path.encode(),
        "root_path": "",
        "query_string": b"secret=in-the-query",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("www.example.org", 443),
        "state": {},
    }


def run_wsgi(app: Any, ask: Ask) -> Raw:
    """The status, headers (lower-case names, wire order) and body of one WSGI request."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started.append((status, headers))
        return written.append

    body = app(environ_of(ask), start_response)
    try:
        chunks = list(body)
    finally:
        getattr(body, "close", lambda: None)()
    status, headers = started[-1]
    lowered = [(name.lower(), value) for name, value in headers]
    return int(status.split()[0]), lowered, b"".join([*written, *chunks])


def environ_of(ask: Ask) -> dict[str, Any]:
    """The WSGI environ of a request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": ask.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": ask.path,
        "QUERY_STRING": "secret=in-the-query",
        "SERVER_NAME": "www.example.org",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "www.example.org",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if ask.https else "http",
        "wsgi.input": BytesIO(b""),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in ask.headers}
    return environ | ({"HTTP_COOKIE": ask.cookie} if ask.cookie else {})
