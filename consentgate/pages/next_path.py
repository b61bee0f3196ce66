"""Where a visitor goes on after a choice: a path of the same site, or nowhere.

What is refused is whatever some browser, or something on the way, may read as another site.
"""

from __future__ import annotations

import re
from urllib.parse import quote

LONGEST_PATH = 2048
"""Characters: browsers' and servers' addresses are longer by mistake only."""

# Browsers take \ for / and drop TAB, CR and LF wherever they stand (URL Standard, 4.4); so may
# something on the way that decodes the path.
_RAW = re.compile(r"[\x00-\x1f\x7f\\]")
_ENCODED = re.compile(r"%(?:[01][0-9a-f]|7f|5c)", re.IGNORECASE)
_SLASHES = re.compile(r"/(?:/|%2f)", re.IGNORECASE)
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)

_SAFE = "/?%:@!$&'()*+,;=-._~[]"  # stay as they are; all else is percent-encoded


def checked_path(text: str) -> str | None:
    """The path with its query, in ASCII and without a fragment; None where it is no path of the
    same site. It is what the browser shows, mount and all. Never raises."""
    if len(text) > LONGEST_PATH or _RAW.search(text):
        return None
    address = text.partition("#")[0]
    path = address.partition("?")[0]
    if not path.startswith("/") or _SLASHES.match(path):
        return None
    # Browsers never send . and ..; "/.//host" is "//host" once they are taken out.
    if _ENCODED.search(path) or _DOTS.search(path):
        return None
    try:
        return quote(address, safe=_SAFE)
    except UnicodeEncodeError:  # half of a pair of code units
        return None
