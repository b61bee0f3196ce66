"""Requests to the visitor's pages as values, without a server."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from consentgate.pages.http import Request
from tests.support.exchange import gate_of
from tests.support.gate_exchange import visit_of

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ORIGIN = "https://www.example.org"


def ask(
    method: str = "GET",
    path: str = "/",
    *,
    query: str = "",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    cookie: str = "",
    **options: Any,
) -> Request:
    """A request of a visitor with this Cookie header, behind a gate of these options."""
    given = headers or {}
    exchange = visit_of(gate_of(**options), cookie=cookie, method=method, headers=[*given.items()])
    return Request(
        method, path, exchange=exchange, query=query, headers=given, body=body, origin=ORIGIN
    )


def post(body: bytes | str, media_type: str = FORM, **headers: str) -> Request:
    """A POST of this body."""
    raw = body.encode() if isinstance(body, str) else body
    return ask("POST", body=raw, headers={"content-type": media_type, **headers})


def post_fields(*pairs: tuple[str, str]) -> Request:
    """A POST of a form with these fields."""
    return post(urlencode(pairs))
