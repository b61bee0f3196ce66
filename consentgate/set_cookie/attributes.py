"""The attributes of one Set-Cookie value: which count, and which characters kill the header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from typing import TypeVar

BLANKS = " \t"
"""All that browsers trim (RFC 6265bis section 5.6 knows WSP only): `str.strip()` without this
argument would eat bytes A0 and 85, which belong to the name."""

LONGEST_ATTRIBUTE = 1024
"""An attribute value of more bytes is ignored, RFC 6265bis section 5.6."""

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


LONGEST_REMEMBERED = 512
"""Longer texts of attributes are read anew each time, so that the memos stay small."""

_MOST_REMEMBERED = 1024

T = TypeVar("T")


def remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """Return the same function with a bounded memory: an application sets few different
    attributes, and these texts hold no cookie's value."""
    memory = lru_cache(maxsize=_MOST_REMEMBERED)(read)

    @wraps(read)
    def recall(attributes: str) -> T:
        return memory(attributes) if len(attributes) <= LONGEST_REMEMBERED else read(attributes)

    return recall


def pairs_of(attributes: str) -> Iterator[tuple[str, str]]:
    """Yield (lower-case name, value) of each attribute in wire order, those of no weight too."""
    for text in attributes.split(";"):
        name, _, value = text.partition("=")
        yield name.strip(BLANKS).lower(), value.strip(BLANKS)


@remembered
def last_values(attributes: str) -> Mapping[str, str]:
    """Return the value that counts for each attribute: the last one, junk or not, of those that
    are not over-long (RFC 6265bis section 5.7 takes the last of a kind)."""
    return {name: value for name, value in pairs_of(attributes) if len(value) <= LONGEST_ATTRIBUTE}


def is_void(text: str) -> bool:
    """Say whether this text, of a whole value or of one of its parts, makes a browser throw the
    whole header away: a control character anywhere (RFC 6265bis section 5.6), or a tab
    inside a name or value, where it is not trimmed."""
    # Printable text, nearly all there is, is told apart in one fast scan.
    if text.isprintable():
        return False
    if _CONTROL.search(text) is not None:
        return True
    return "\t" in text and any("\t" in name or "\t" in value for name, value in pairs_of(text))
