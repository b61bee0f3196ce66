"""One visit to a gate without a server, for tests of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from consentgate import Gate
from consentgate.asgi import AsgiVisit
from consentgate.caching import Header
from consentgate.gate import Outcome
from consentgate.headers import SET_COOKIE

HOST = "www.example.org"


def visit_of(
    gate: Gate,
    *,
    cookie: str = "",
    method: str = "POST",
    https: bool = True,
    host: str = HOST,
    headers: Sequence[Header] = (),
) -> AsgiVisit:
    """The visit of one request; nothing of it is thinned."""
    given = [("host", host), *headers, *([("cookie", cookie)] if cookie else [])]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "scheme": "https" if https else "http",
        "path": "/page",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given],
    }
    visit = AsgiVisit.of(gate.context)()
    visit.request = scope
    visit.headers = scope["headers"]
    return visit


def respond(
    gate: Gate,
    act: Callable[[AsgiVisit], Any] = lambda _: None,
    *,
    cookies: Sequence[str] = (),
    caching: Sequence[Header] = (),
    content_type: str = "text/html",
    **request: Any,
) -> Outcome:
    """What leaves when a handler does `act` and sets these cookies."""
    visit = visit_of(gate, **request)
    act(visit)
    noted = [*caching, *((SET_COOKIE, value) for value in cookies)]
    return gate.respond(visit, noted, content_type=content_type)
