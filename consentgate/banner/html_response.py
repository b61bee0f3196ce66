"""Which responses are pages to put a banner into: no file, no part of one, and nothing that is
compressed already. Whether the request asked for a page is another question
(`consentgate.gate.destination`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import AnyStr

from consentgate.gate.response_head import ResponseHead
from consentgate.http.caching import directive_names
from consentgate.http.header_names import SENT_FROM

POLICIES = ("content-security-policy", "content-security-policy-report-only")
"""The headers of the page's own policy: the one that is enforced first."""

_SHARED = frozenset({"public", "s-maxage"})
_NO_BODY = frozenset({204, 205, 304})
_OK = 200
_PARTIAL = 206
_BLANKS = " \t"


class Page(Enum):
    """What a response is to the banner.

    NONE: no page, or one that is let alone. COMPRESSED: a page whose bytes can't be read. FILE: a
    page that the server sends from a file. SHARED: a page that caches may show to everybody.
    PRIVATE: a page for its visitor.
    """

    NONE = auto()
    COMPRESSED = auto()
    FILE = auto()
    SHARED = auto()
    PRIVATE = auto()


# Bound once: the access to an Enum's member costs more than what is done with it.
_NONE = Page.NONE
_PRIVATE = Page.PRIVATE


def read_page(
    status: int, head: ResponseHead[AnyStr], decode: Callable[[AnyStr], str]
) -> tuple[Page, Mapping[str, str]]:
    """Return what a response is, and the values of the headers that say more of it, by their
    lower-case names; repeated ones are joined by ", "."""
    values: dict[str, str] = {}
    for at, kind in head.layout.telling:
        text = decode(head.pairs[at][1])
        values[kind] = f"{values[kind]}, {text}" if kind in values else text
    if not head.is_html:
        return _NONE, values
    # As nearly all are.
    return (_PRIVATE if status == _OK and not values else _page_of(status, values)), values


def _page_of(status: int, values: Mapping[str, str]) -> Page:
    if status < 200 or status in _NO_BODY or status == _PARTIAL:
        return Page.NONE
    if _is_elsewhere(status, values):
        return Page.NONE
    if values.get("content-encoding", "").strip(_BLANKS).lower() not in ("", "identity"):
        return Page.COMPRESSED
    if not values.keys().isdisjoint(SENT_FROM):
        return Page.FILE
    shared = not _SHARED.isdisjoint(directive_names(values.get("cache-control", "")))
    return Page.SHARED if shared else Page.PRIVATE


def _is_elsewhere(status: int, values: Mapping[str, str]) -> bool:
    """Return whether the browser shows another page, or keeps the response as a file."""
    if 300 <= status < 400 and "location" in values:
        return True
    disposition = values.get("content-disposition", "").partition(";")[0].strip(_BLANKS).lower()
    # Anything that is not "inline" is kept as a file (RFC 6266 section 4.2).
    return disposition not in ("", "inline") or "content-range" in values
