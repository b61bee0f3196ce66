"""How response headers are written: as bytes in lower case under ASGI, as text under WSGI.

One piece of code can read and write both where it takes names and characters from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, AnyStr, Generic


@dataclass(frozen=True, slots=True)
class WireFormat(Generic[AnyStr]):
    """The names, characters and conversions of one server interface.

    `line_breaks` are LF, CR and NUL in the form that `in` finds fastest, numbers in bytes.
    `encode` and `decode` turn text whose code points are the bytes on the wire (latin-1) into
    what this interface writes, and back.
    """

    set_cookie: AnyStr
    cache_control: AnyStr
    vary: AnyStr
    equals: AnyStr
    semicolon: AnyStr
    line_breaks: tuple[Any, Any, Any]  # int or str: no type says "what `in` takes"
    encode: Callable[[str], AnyStr]
    decode: Callable[[AnyStr], str]


def _encode(text: str) -> bytes:
    return text.encode("latin-1")


def _decode(written: bytes) -> str:
    return written.decode("latin-1")


def _as_is(text: str) -> str:
    return text


BYTES: WireFormat[bytes] = WireFormat(
    set_cookie=b"set-cookie",
    cache_control=b"cache-control",
    vary=b"vary",
    equals=b"=",
    semicolon=b";",
    line_breaks=(0x0A, 0x0D, 0x00),
    encode=_encode,
    decode=_decode,
)
"""The headers of ASGI: pairs of bytes, names in lower case."""

TEXT: WireFormat[str] = WireFormat(
    set_cookie="Set-Cookie",
    cache_control="Cache-Control",
    vary="Vary",
    equals="=",
    semicolon=";",
    line_breaks=("\n", "\r", "\0"),
    encode=_as_is,
    decode=_as_is,
)
"""The headers of WSGI: pairs of text (PEP 3333)."""
