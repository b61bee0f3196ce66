"""Which requests may be answered with a page to put a banner into, and which responses are one.

A page is what a browser shows as a document of its own: nothing that a script asked for, no part of
a page, no file, and nothing that is compressed already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import AnyStr

from consentgate.http.caching import directive_names

Headers = Sequence[tuple[str, str]]

PAGE_METHODS = frozenset({"GET", "POST"})
"""The methods of links and forms (HTML standard, 4.10.18.6)."""

HTML_BEGINS = frozenset("tT \t")
"""With which letters the Content-Type of a page can begin."""

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


def fetched_by(header: Callable[[str], str | None]) -> str | None:
    """The request's header that says that its answer is no page of its own; None without any.
    `header` gives a value by its lower-case name, None where it is absent."""
    if header(DESTINATION) not in (None, DOCUMENT):
        return DESTINATION
    return next((name for name in FETCHED_WITH if header(name) is not None), None)


def may_be_html(
    headers: Iterable[tuple[AnyStr, AnyStr]], *, first_letters: Container[AnyStr]
) -> bool:
    """False where no header says so, which its first letter tells: most of what is no page.
    `first_letters` are `HTML_BEGINS` as the headers are written, in text or in bytes."""
    for _, value in headers:  # noqa: SIM110 (a generator costs twice as much)
        if value[:1] in first_letters:
            return True
    return False


def page_of(status: int, headers: Headers) -> Page:
    """What the response with this start is."""
    if status < 200 or status in _NO_BODY or status == _PARTIAL:
        return Page.NONE
    told: dict[str, str] = {}
    kinds: list[str] = []
    for name, value in headers:
        known = name.lower()
        if known == "content-type":
            kinds.append(value)
        elif known in _TELLING:
            told[known] = f"{told[known]}, {value}" if known in told else value
    if not kinds or not all(map(_is_html, kinds)) or _is_elsewhere(status, told):
        return Page.NONE
    if told.get("content-encoding", "").strip(_BLANKS).lower() not in ("", "identity"):
        return Page.COMPRESSED
    shared = not _SHARED.isdisjoint(directive_names(told.get("cache-control", "")))
    return Page.SHARED if shared else Page.PRIVATE


def _is_elsewhere(status: int, told: dict[str, str]) -> bool:
    """True where the browser shows no page for the response: it goes on, or keeps a file."""
    if 300 <= status < 400 and "location" in told:
        return True
    disposition = told.get("content-disposition", "").partition(";")[0].strip(_BLANKS).lower()
    # Anything that is not "inline" is kept as a file (RFC 6266 section 4.2).
    return disposition not in ("", "inline") or "content-range" in told


@lru_cache(maxsize=256)
def _is_html(content_type: str) -> bool:
    """True for HTML in an encoding in which ASCII is ASCII, or in one that nothing is said of."""
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
