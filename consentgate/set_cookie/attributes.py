"""The attributes of one Set-Cookie value: which count, and which characters kill the header."""

from __future__ import annotations

import re
from collections.abc import Iterator

BLANKS = " \t"
"""All that browsers trim (RFC 6265bis section 5.6 knows WSP only): `str.strip()` without this
argument would eat bytes A0 and 85, which belong to the name."""

LONGEST_ATTRIBUTE = 1024
"""An attribute value of more bytes is ignored, RFC 6265bis section 5.6, step 7."""

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def pairs_of(attributes: str) -> Iterator[tuple[str, str]]:
    """Yield (lower-case name, value) of each attribute in wire order, those of no weight too."""
    for text in attributes.split(";"):
        name, _, value = text.partition("=")
        yield name.strip(BLANKS).lower(), value.strip(BLANKS)


def last_values(attributes: str) -> dict[str, str]:
    """Return the value that counts for each attribute: the last one, junk or not, of those that
    are not over-long (RFC 6265bis section 5.7 takes the last of a kind)."""
    return {name: value for name, value in pairs_of(attributes) if len(value) <= LONGEST_ATTRIBUTE}


def is_void(text: str) -> bool:
    """Say whether this text, of a whole value or of one of its parts, makes a browser throw the
    whole header away: a control character anywhere (RFC 6265bis section 5.6, step 1), or a tab
    inside a name or value, where it is not trimmed."""
    # Printable text, nearly all there is, is told apart in one fast scan.
    if text.isprintable():
        return False
    if _CONTROL.search(text) is not None:
        return True
    return "\t" in text and any("\t" in name or "\t" in value for name, value in pairs_of(text))
