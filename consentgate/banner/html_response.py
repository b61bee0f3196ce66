"""Which requests may be answered with a page to put a banner into, and which responses are one.

A page is what a browser shows as a document of its own: nothing that a script asked for, no part of
a page, no file, and nothing that is compressed already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from typing import AnyStr, Generic

from consentgate._cache import BoundedCache, weigh_nothing
from consentgate.gate.exchange import Exchange
from consentgate.http.caching import directive_names
from consentgate.http.header_names import CONTENT_TYPE
from consentgate.http.wire import WireFormat
from consentgate.pages.endpoints import PolicyPages

DESTINATION = "sec-fetch-dest"
DOCUMENT = "document"
FRAMES = ("iframe", "frame")

POLICIES = ("content-security-policy", "content-security-policy-report-only")
"""The headers of the page's own policy: the one that is enforced first."""

# What scripts add that fetch a part of a page: htmx, Turbo, and most libraries since Prototype.
FETCHED_WITH = ("hx-request", "turbo-frame", "x-requested-with")

_TELLING = frozenset(
    {
        *("cache-control", "content-disposition", "content-encoding", "content-language"),
        *("content-range", CONTENT_TYPE, "etag", "location", *POLICIES),
    }
)
_SHARED = frozenset({"public", "s-maxage"})
_NO_BODY = frozenset({204, 205, 304})
_OK = 200
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


# Bound once: the access to an Enum's member costs more than what is done with it.
_NONE = Page.NONE
_PRIVATE = Page.PRIVATE


def fetched_by(exchange: Exchange) -> str:
    """Return the request's header that says that its answer is not a page of its own, "" without
    any."""
    destination = exchange.header(DESTINATION)
    if destination not in ("", DOCUMENT) and not _is_in_known_frame(exchange, destination):
        return DESTINATION
    sent = exchange.sent_among(FETCHED_WITH)
    return sent[0] if sent else ""


def _is_in_known_frame(exchange: Exchange, destination: str) -> bool:
    """Return whether the page is for a frame, and the site named whose frames it may be in."""
    pages = exchange.pages
    return destination in FRAMES and isinstance(pages, PolicyPages) and pages.may_be_framed


class ResponseReader(Generic[AnyStr]):
    """Reads from a response's headers what the banner must know, as one server interface writes
    them. `is_html` says of a Content-Type whether it is HTML that can be read."""

    def __init__(self, wire: WireFormat[AnyStr]) -> None:
        self._decode: Callable[[AnyStr], str] = wire.decode
        self.is_html: BoundedCache[AnyStr, bool] = BoundedCache(
            _says_html, most_entries=256, most_bytes=1 << 16, weigh=weigh_nothing
        )
        self._names: BoundedCache[AnyStr, str] = BoundedCache(
            _known_name, most_entries=1024, most_bytes=1 << 18
        )

    def read(
        self, status: int, headers: Iterable[tuple[AnyStr, AnyStr]]
    ) -> tuple[Page, Mapping[str, str]]:
        """Return what the response is, and the values of the headers that say more of it, by their
        lower-case names; repeated ones are joined by ", "."""
        values: dict[str, str] = {}
        names, is_html = self._names, False
        for name, value in headers:
            known = names[name]
            if known == CONTENT_TYPE:
                if not self.is_html[value]:
                    return _NONE, values
                is_html = True
            elif known:
                text = self._decode(value)
                values[known] = f"{values[known]}, {text}" if known in values else text
        if not is_html:
            return _NONE, values
        # As nearly all are.
        return (_PRIVATE if status == _OK and not values else _page_of(status, values)), values


def _known_name(name: str) -> str:
    lowered = name.lower()
    return lowered if lowered in _TELLING else ""


def _page_of(status: int, values: Mapping[str, str]) -> Page:
    if status < 200 or status in _NO_BODY or status == _PARTIAL:
        return Page.NONE
    if _is_elsewhere(status, values):
        return Page.NONE
    if values.get("content-encoding", "").strip(_BLANKS).lower() not in ("", "identity"):
        return Page.COMPRESSED
    shared = not _SHARED.isdisjoint(directive_names(values.get("cache-control", "")))
    return Page.SHARED if shared else Page.PRIVATE


def _is_elsewhere(status: int, values: Mapping[str, str]) -> bool:
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
