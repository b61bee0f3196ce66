"""Which requests may be answered with a page to put a banner into, and which responses are one.

A page is what a browser shows as a document of its own: nothing that a script asked for, no part of
a page, no file, and nothing that is compressed already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import AnyStr

from consentgate._cache import BoundedCache, weigh_nothing
from consentgate.gate.exchange import Exchange
from consentgate.http.caching import directive_names

DESTINATION = "sec-fetch-dest"
DOCUMENT = "document"

# What scripts add that fetch a part of a page: htmx, Turbo, and most libraries since Prototype.
FETCHED_WITH = ("hx-request", "turbo-frame", "x-requested-with")

_TELLING = frozenset(
    {
        *("cache-control", "content-disposition", "content-encoding"),
        *("content-range", "location"),
    }
)
_SHARED = frozenset({"public", "s-maxage"})
_NO_BODY = frozenset({204, 205, 304})
_PARTIAL = 206
_ASCII = bytes(range(0x20, 0x7F))
# ISO 2022 shifts to sets in which "<" is half of a character, UTF-7 writes it otherwise.
_SHIFTING = re.compile(r"iso-?2022|csiso2022|hz|utf-?7", re.IGNORECASE)
_CHARSET = re.compile(r"""[;\s]charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)
_BLANKS = " \t"


class Page(Enum):
    """What a response is to the banner.

    NONE: no page, or one that is let alone. COMPRESSED: a page whose bytes can't be read. SHARED: a
    page that caches may show to everybody. PRIVATE: a page for its visitor.
    """

    NONE = auto()
    COMPRESSED = auto()
    SHARED = auto()
    PRIVATE = auto()


def fetched_by(exchange: Exchange) -> str:
    """Return the request's header that says that its answer is not a page of its own, "" without
    any."""
    if exchange.header(DESTINATION) not in ("", DOCUMENT):
        return DESTINATION
    for name in FETCHED_WITH:
        if exchange.has_header(name):
            return name
    return ""


def page_of(
    status: int, headers: Iterable[tuple[AnyStr, AnyStr]], *, decode: Callable[[AnyStr], str]
) -> Page:
    """Return what the response with this status and these headers is."""
    if status < 200 or status in _NO_BODY or status == _PARTIAL:
        return Page.NONE
    values: dict[str, str] = {}
    is_html = False
    for name, value in headers:
        known = decode(name).lower()
        if known == "content-type":
            if not _is_html(decode(value)):
                return Page.NONE
            is_html = True
        elif known in _TELLING:
            text = decode(value)
            values[known] = f"{values[known]}, {text}" if known in values else text
    if not is_html or _is_elsewhere(status, values):
        return Page.NONE
    if values.get("content-encoding", "").strip(_BLANKS).lower() not in ("", "identity"):
        return Page.COMPRESSED
    shared = not _SHARED.isdisjoint(directive_names(values.get("cache-control", "")))
    return Page.SHARED if shared else Page.PRIVATE


def _is_elsewhere(status: int, values: dict[str, str]) -> bool:
    """Return whether the browser shows another page, or keeps the response as a file."""
    if 300 <= status < 400 and "location" in values:
        return True
    disposition = values.get("content-disposition", "").partition(";")[0].strip(_BLANKS).lower()
    # Anything that is not "inline" is kept as a file (RFC 6266 section 4.2).
    return disposition not in ("", "inline") or "content-range" in values


def _says_html(content_type: str) -> bool:
    """Return whether it is HTML, in an encoding in which ASCII is ASCII or in an unnamed one."""
    kind, _, _ = content_type.partition(";")
    if kind.strip(_BLANKS).lower() != "text/html":
        return False
    found = _CHARSET.search(content_type)
    return found is None or _holds_ascii((found[1] or found[2] or found[3] or "").strip(_BLANKS))


_is_html = BoundedCache[str, bool](
    _says_html, most_entries=256, most_bytes=64 * 1024, weigh=weigh_nothing
).__getitem__


def _holds_ascii(charset: str) -> bool:
    if _SHIFTING.match(charset):
        return False
    try:
        return _ASCII.decode(charset or "ascii") == _ASCII.decode("ascii")
    except LookupError:
        # Browsers pass over a name that none of them knows; those that only they know are all
        # supersets of ASCII (Encoding standard, section 4.2).
        return True
    except ValueError:
        return False
