"""Check the path to which a visitor goes on after a choice: it must be of the same site.

A path is rejected if any browser, or any program on the way, may read it as another site.
"""

from __future__ import annotations

import re
from urllib.parse import quote

LONGEST_PATH = 2048
"""Characters: a longer address is a mistake, in browsers as in servers."""

# Browsers take \ for / and drop TAB, CR and LF anywhere (URL Standard, 4.4); so may a program on
# the way that decodes the path.
_RAW = re.compile(r"[\x00-\x1f\x7f\\]")
_ENCODED = re.compile(r"%(?:[01][0-9a-f]|7f|5c)", re.IGNORECASE)
_SLASHES = re.compile(r"/(?:/|%2f)", re.IGNORECASE)
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)

_SAFE = "/?%:@!$&'()*+,;=-._~[]"  # everything else is percent-encoded


def checked_path(text: str) -> str | None:
    """Return the path with its query, in ASCII and without a fragment, as the browser shows it.

    Return None if it may lead to another site. Never raises.
    """
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
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
