"""How headers are written under ASGI and under WSGI."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate.http.wire import BYTES, TEXT, WireFormat

FORMATS = [pytest.param(BYTES, id="ASGI"), pytest.param(TEXT, id="WSGI")]


@pytest.mark.parametrize("wire", FORMATS)
def test_every_byte_comes_back(wire: WireFormat[Any]) -> None:
    text = "".join(map(chr, range(256)))

    assert wire.decode(wire.encode(text)) == text


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_line_break_is_found(wire: WireFormat[Any], place: int) -> None:
    written = wire.encode("a=1" + "\n\r\0"[place])

    assert [one in written for one in wire.line_breaks] == [one == place for one in range(3)]


@pytest.mark.parametrize("wire", FORMATS)
def test_both_write_the_same_names_and_characters(wire: WireFormat[Any]) -> None:
    names = [wire.decode(name) for name in (wire.set_cookie, wire.cache_control, wire.vary)]

    assert [name.lower() for name in names] == ["set-cookie", "cache-control", "vary"]
    assert wire.decode(wire.equals + wire.semicolon) == "=;"
