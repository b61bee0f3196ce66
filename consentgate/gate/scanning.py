"""Takes out of ASGI messages what would split the head of a response.

A CR, LF or NUL is no part of a field (RFC 9110 section 5.5). Where a server sends it all the same,
what stands behind it is a line of its own, and can be a Set-Cookie that no verdict was on.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Mode
from consentgate.http.header_names import COOKIE_KINDS, header_kind, tells_caches
from consentgate.http.set_cookie import has_line_break

# Any: the values of messages are the specification's, of many types.
Message = MutableMapping[str, Any]


def scan_message(message: Message, exchange: Exchange) -> Message:
    """The message with headers, links and subprotocol that split no response's head.

    Set-Cookie headers stay: the verdict on them says so itself. Report mode changes nothing.
    """
    own = dict(message)
    if message.get("headers"):
        own["headers"] = _scan_headers(message["headers"], exchange)
    if message.get("links"):
        own["links"] = [link for link in message["links"] if _may_leave(exchange, "link", link)]
    subprotocol = message.get("subprotocol") or ""
    if not _may_leave(exchange, "sec-websocket-protocol", subprotocol.encode()):
        own["subprotocol"] = None
    return own


def _scan_headers(
    headers: Iterable[tuple[bytes, bytes]], exchange: Exchange
) -> list[tuple[bytes, bytes]]:
    return [
        (name, value)
        for name, value in headers
        if _may_leave(exchange, name.decode("latin-1"), value)
    ]


def _may_leave(exchange: Exchange, name: str, value: bytes) -> bool:
    """True for a header that ends where it should; false, and reported, for any other."""
    name_breaks = has_line_break(name)
    if not name_breaks and not has_line_break(value.decode("latin-1")):
        return True
    if not name_breaks and header_kind(name) in COOKIE_KINDS:
        return True
    exchange.report(Reason.HEADER_LINE_BREAK, Action.STRIP, name=name)
    if tells_caches(name):
        exchange.is_private = exchange.needs_review = True
    return exchange.context.mode is Mode.REPORT
