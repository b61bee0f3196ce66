"""Reads Cookie and Set-Cookie as browsers do, and is the only serializer.

Header values are `str` whose code points 0 to 255 are the bytes on the wire, as WSGI has them.
The name judged is the name that a browser stores and sends; nothing here raises on any text.
"""

from __future__ import annotations

from consentgate.set_cookie.attributes import BLANKS
from consentgate.set_cookie.cookie_header import cookie_spans, cookie_values
from consentgate.set_cookie.expiry import deletes_from
from consentgate.set_cookie.reading import has_line_break, is_deletion, split_set_cookie
from consentgate.set_cookie.writing import (
    clamp_lifetime,
    delete_canonically,
    expire_cookie,
    raise_attributes,
    serialize_set_cookie,
)

__all__ = [
    "BLANKS",
    "clamp_lifetime",
    "cookie_spans",
    "cookie_values",
    "delete_canonically",
    "deletes_from",
    "expire_cookie",
    "has_line_break",
    "is_deletion",
    "raise_attributes",
    "serialize_set_cookie",
    "split_set_cookie",
]
