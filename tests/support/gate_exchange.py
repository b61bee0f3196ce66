"""One visit to a gate without a server, for tests of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from consentgate import Gate
from consentgate.asgi import AsgiExchange
from consentgate.gate.gate import Outcome
from consentgate.http.caching import Header
from consentgate.http.header_names import SET_COOKIE

HOST = "www.example.org"


def visit_of(
    gate: Gate,
    *,
    cookie: str = "",
    method: str = "POST",
    https: bool = True,
    host: str = HOST,
    headers: Sequence[Header] = (),
) -> AsgiExchange:
    """The visit of one request; nothing of it is thinned."""
    given = [("host", host), *headers, *([("cookie", cookie)] if cookie else [])]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "scheme": "https" if https else "http",
        "path": "/page",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given],
    }
    exchange = AsgiExchange.of(gate.context)()
    exchange.request = scope
    exchange.headers = scope["headers"]
    return exchange


def respond(
    gate: Gate,
    act: Callable[[AsgiExchange], Any] = lambda _: None,
    *,
    cookies: Sequence[str] = (),
    caching: Sequence[Header] = (),
    content_type: str = "text/html",
    **request: Any,
) -> Outcome:
    """What leaves when a handler does `act` and sets these cookies."""
    exchange = visit_of(gate, **request)
    act(exchange)
    noted = [*caching, *((SET_COOKIE, value) for value in cookies)]
    return gate.respond(exchange, noted, content_type=content_type)
