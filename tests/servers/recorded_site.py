"""A site whose processes share a store of records and a file of keys."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import consentgate.asgi
import consentgate.wsgi
from consentgate import Cookie, Policy

STORE, KEYS = "CONSENTGATE_TEST_STORE", "CONSENTGATE_TEST_KEYS"
"""The variables of the environment with the address of the store, and with the file of the keys:
a JSON list, of which the first signs."""

POLICY = Policy(necessary=["session"], cookies=[Cookie("count", category="statistics")])


def options() -> dict[str, Any]:
    """The options of a gate, as this process reads them when it starts."""
    first, *others = json.loads(Path(os.environ[KEYS]).read_text(encoding="utf-8"))
    return {
        "policy": POLICY,
        "secret_key": first,
        "fallback_keys": others,
        "records": os.environ[STORE],
    }


def signing_key() -> bytes:
    """The key that this process signs with, as its pages say it."""
    key: str = options()["secret_key"]
    return key.encode()


def make_wsgi() -> consentgate.wsgi.ConsentMiddleware:
    """The site under WSGI."""
    text = signing_key()

    def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [text]

    return consentgate.wsgi.ConsentMiddleware(site, **options())


def make_asgi() -> consentgate.asgi.ConsentMiddleware:
    """The site under ASGI."""
    text = signing_key()

    async def site(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    return consentgate.asgi.ConsentMiddleware(site, **options())
