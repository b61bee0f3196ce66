"""Headers as bytes and as text, and what a gate lets leave of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from consentgate import Gate
from consentgate.gate.exchange import Exchange
from consentgate.gate.response_filter import ResponseFilter
from consentgate.http.wire import BYTES, TEXT, WireFormat
from tests.support.exchange import gate_of
from tests.support.gate_exchange import visit_of

# Any: the same tests hold for bytes and for text.
Headers = list[tuple[str, str]]

both_wires = pytest.mark.parametrize("wire", [BYTES, TEXT], ids=["bytes", "text"])

GA = ("set-cookie", "_ga=1")
SESSION = ("set-cookie", "session=1; Path=/")
PLAIN = ("x-a", "1")
PRIVATE = ("cache-control", "private")
VARY = ("vary", "Cookie")


def encoded(wire: WireFormat[Any], headers: Iterable[tuple[str, str]]) -> list[tuple[Any, Any]]:
    """The headers as the interface has them."""
    return [(wire.encode(name), wire.encode(value)) for name, value in headers]


def decoded(wire: WireFormat[Any], headers: Iterable[tuple[Any, Any]]) -> Headers:
    """The same headers as text; each interface writes the names that the gate adds in its way."""
    return [(wire.decode(name).lower(), wire.decode(value)) for name, value in headers]


def left_of(
    wire: WireFormat[Any],
    *headers: tuple[str, str],
    gate: Gate | None = None,
    exchange: Exchange | None = None,
    scans: bool = False,
    **options: Any,
) -> Headers:
    """What leaves of these headers."""
    gate = gate or gate_of()
    exchange = exchange or visit_of(gate)
    response_filter = gate.response_filter(wire, scans=scans)
    return decoded(wire, filtered(response_filter, exchange, encoded(wire, headers), **options))


def filtered(
    response_filter: ResponseFilter[Any],
    exchange: Exchange,
    headers: Iterable[tuple[Any, Any]],
    **options: Any,
) -> list[tuple[Any, Any]]:
    """What leaves of these headers, as the interface has them."""
    return response_filter.filter(exchange, response_filter.read(headers), **options)
