"""One exchange with a gate, without a server, for tests of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from consentgate import Gate, VisitorConsent
from consentgate._asgi_exchange import AsgiExchange
from consentgate.gate.exchange import Exchange
from consentgate.http.caching import Header
from consentgate.http.header_lists import joined_headers
from consentgate.http.header_names import SET_COOKIE
from consentgate.http.wire import TEXT
from tests.support.exchange import asking_for_page

HOST = "www.example.org"


@dataclass(frozen=True)
class Outcome:
    """What leaves. `values` are those of the headers that the application set, caching headers
    before cookies, its Content-Type aside; `first` and `expired` are the Set-Cookie values that the
    gate added before and after them, and `caching` the caching headers that it added."""

    values: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    caching: tuple[Header, ...] = ()


def visit_of(
    gate: Gate,
    *,
    cookie: str = "",
    method: str = "POST",
    https: bool = True,
    host: str = HOST,
    headers: Sequence[Header] = (),
) -> AsgiExchange:
    """The exchange of one request; nothing is hidden from it."""
    wanted = [(name.lower(), value) for name, value in asking_for_page(headers)]
    given = [("host", host), *wanted, *([("cookie", cookie)] if cookie else [])]
    exchange = AsgiExchange()
    exchange.settings = gate.settings
    exchange.request = {
        "type": "http",
        "method": method,
        "scheme": "https" if https else "http",
        "path": "/page",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given],
    }
    exchange.headers = joined_headers(exchange.request["headers"])
    exchange.cookie_header = cookie.encode("latin-1")
    exchange.pages = None
    return exchange


def consent_of(gate: Gate, **request: Any) -> VisitorConsent:
    """What the handler of one request gets."""
    return VisitorConsent(visit_of(gate, **request))


def outcome_of(
    gate: Gate,
    exchange: Exchange,
    headers: Sequence[Header] = (),
    *,
    content_type: str = "text/html",
    is_handshake: bool = False,
) -> Outcome:
    """What leaves of a response with these headers (lower-case names), "" for no Content-Type."""
    given = [("content-type", content_type), *headers] if content_type else headers
    response_filter = gate.response_filter(TEXT)
    left = response_filter.filter(exchange, response_filter.read(given), is_handshake=is_handshake)
    # The gate writes names as WSGI applications do: that tells what it added from what was given.
    added = [value for name, value in left if name == TEXT.set_cookie]
    own_name = f"{gate.policy.preferences_cookie}="
    return Outcome(
        values=tuple(value for name, value in left if name.islower() and name != "content-type"),
        first=tuple(value for value in added if value.startswith(own_name)),
        expired=tuple(value for value in added if not value.startswith(own_name)),
        caching=tuple(
            (name.lower(), value) for name, value in left if name in (TEXT.cache_control, TEXT.vary)
        ),
    )


def respond(
    gate: Gate,
    act: Callable[[VisitorConsent], Any] = lambda _: None,
    *,
    cookies: Sequence[str] = (),
    caching: Sequence[Header] = (),
    content_type: str = "text/html",
    **request: Any,
) -> Outcome:
    """What leaves when a handler does `act` and sets these cookies."""
    exchange = visit_of(gate, **request)
    act(VisitorConsent(exchange))
    headers = [*caching, *((SET_COOKIE, value) for value in cookies)]
    return outcome_of(gate, exchange, headers, content_type=content_type)
