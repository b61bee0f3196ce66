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


def has_control(text: str) -> bool:
    """Say whether the text has a control character other than the tab, which voids the whole
    header wherever it stands (RFC 6265bis section 5.6, step 1)."""
    # Printable text, nearly all there is, is told apart in one fast scan.
    return not text.isprintable() and _CONTROL.search(text) is not None


def pairs_of(attributes: str) -> Iterator[tuple[str, str]]:
    """Yield (lower-case name, value) of each attribute in wire order, those of no weight too."""
    for text in attributes.split(";"):
        name, _, value = text.partition("=")
        yield name.strip(BLANKS).lower(), value.strip(BLANKS)


def last_values(attributes: str) -> dict[str, str]:
    """Return the value that counts for each attribute: the last one, junk or not, of those that
    are not over-long (RFC 6265bis section 5.7 takes the last of a kind)."""
    return {name: value for name, value in pairs_of(attributes) if len(value) <= LONGEST_ATTRIBUTE}


def is_void(attributes: str) -> bool:
    """Say whether these attributes make a browser throw the whole header away: a control
    character anywhere, or a tab inside an attribute's value."""
    if attributes.isprintable():
        return False
    if _CONTROL.search(attributes) is not None:
        return True
    return "\t" in attributes and any("\t" in value for _, value in pairs_of(attributes))
