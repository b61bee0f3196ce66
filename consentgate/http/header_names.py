"""What a response header is to the gate, by its name."""

from __future__ import annotations

import re

from consentgate.http.caching import is_caching

SET_COOKIE = "set-cookie"
SMUGGLED = "smuggled"
"""The kind of a header whose name would make a lenient server send a Set-Cookie line."""

MISNAMED = "misnamed-cache-control"
"""The kind of a caching header that only a lenient cache would recognise."""

COOKIE_KINDS = frozenset({SET_COOKIE, SMUGGLED})

CONTENT_TYPE = "content-type"

OF_BODY = frozenset(
    {
        *("content-length", "etag", "last-modified", "accept-ranges"),
        *("digest", "repr-digest", "content-digest", "content-md5"),
    }
)
"""Names of headers that describe the body, byte by byte."""

SENT_FROM = ("x-accel-redirect", "x-sendfile", "x-litespeed-location")
"""With these the server in front sends a file: nginx, Apache and others, LiteSpeed."""

OF_PAGE = frozenset(
    {
        *("content-disposition", "content-encoding", "content-language", "content-range"),
        *("content-security-policy", "content-security-policy-report-only", "location"),
        *SENT_FROM,
    }
)
"""Names of other headers that say whether a response is a page, and what may be put into it."""

HINTS = frozenset({"link", "speculation-rules"})
"""Names of headers by which a page asks browsers to connect or load ahead."""

TELLING = OF_PAGE | {"cache-control", "etag"}
"""Names of all headers that say what a page is to the banner."""

CLEARS = "clear-site-data"
HELD = "held"
"""The kind of a header by which browsers keep or prove something, where the gate holds it."""

DATE = "date"

_READ = OF_BODY | OF_PAGE | HINTS | {CONTENT_TYPE, CLEARS, DATE}

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_BLANKS = " \t\v\f"


def header_kind(name: str) -> str:
    """Return what a response header is to the gate: "set-cookie", "smuggled", "" for most, or
    for a caching header its lower-case name or "misnamed-cache-control".

    Names count in any case and with blanks around: lenient servers send both, and browsers accept
    them. Set-Cookie2 counts too, though no browser of today reads it. A name that contains
    "set-cookie", control characters aside, and something that no token may have, such as a line
    break or NUL, is smuggled.
    """
    text = name.strip(_BLANKS).lower()
    if text in (SET_COOKIE, "set-cookie2"):
        return SET_COOKIE
    if SET_COOKIE in _CONTROLS.sub("", text) and _TOKEN.fullmatch(text) is None:
        return SMUGGLED
    if not is_caching(text):
        return ""
    # With blanks around, caches may not know it, so it can't replace the header that they know.
    return text if len(text) == len(name) else MISNAMED


def is_caching_kind(kind: str) -> bool:
    """Say whether a header of this kind is one for caches."""
    return kind == MISNAMED or is_caching(kind)


def kind_to_read(name: str) -> str:
    """Return the same as `header_kind`, and for Content-Type, Clear-Site-Data, Date and the names
    of `OF_BODY`, `OF_PAGE` and `HINTS` the name in lower case."""
    kind = header_kind(name)
    if kind:
        return kind
    lowered = name.lower()
    return lowered if lowered in _READ else ""


def tells_caches(name: str) -> bool:
    """Say whether a header of this name, line breaks around it or not, can keep a response out of
    shared caches. If the header is dropped, the response must stay out of them all the same."""
    bare = name.strip(" \t\r\n\0")
    return bare.lower() == "expires" or header_kind(bare) != ""
