"""How response headers are written: as bytes in lower case under ASGI, as text under WSGI.

One piece of code can read and write both where it takes names and characters from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import methodcaller
from typing import Any, AnyStr, Generic

Pair = tuple[AnyStr, AnyStr]
"""A header: its name and its value."""


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
    clear_site_data: AnyStr
    equals: AnyStr
    semicolon: AnyStr
    line_breaks: tuple[Any, Any, Any]  # int or str: no type says "what `in` takes"
    encode: Callable[[str], AnyStr]
    decode: Callable[[AnyStr], str]

    def has_line_break(self, text: AnyStr) -> bool:
        """Return whether there is a CR, LF or NUL in the text."""
        lf, cr, nul = self.line_breaks
        return lf in text or cr in text or nul in text


BYTES: WireFormat[bytes] = WireFormat(
    set_cookie=b"set-cookie",
    cache_control=b"cache-control",
    vary=b"vary",
    clear_site_data=b"clear-site-data",
    equals=b"=",
    semicolon=b";",
    line_breaks=(0x0A, 0x0D, 0x00),
    encode=methodcaller("encode", "latin-1"),
    decode=methodcaller("decode", "latin-1"),
)
"""The headers of ASGI: pairs of bytes, names in lower case."""

TEXT: WireFormat[str] = WireFormat(
    set_cookie="Set-Cookie",
    cache_control="Cache-Control",
    vary="Vary",
    clear_site_data="Clear-Site-Data",
    equals="=",
    semicolon=";",
    line_breaks=("\n", "\r", "\0"),
    encode=str,
    decode=str,
)
"""The headers of WSGI: pairs of text (PEP 3333)."""
