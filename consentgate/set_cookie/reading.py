"""What a browser makes of a Set-Cookie value: the name it stores, and whether it deletes."""

from __future__ import annotations

from consentgate.set_cookie.attributes import BLANKS, is_void
from consentgate.set_cookie.expiry import deletes_from


def split_set_cookie(value: str) -> tuple[str, str]:
    """Return the name that a browser stores ("" for a nameless cookie or none) and the text of
    the attributes, all after the first ";".

    No splitting at commas, no unquoting (RFC 6265bis section 5.6).
    """
    pair, _, attributes = value.partition(";")
    name, equals, _ = pair.partition("=")
    return (name.strip(BLANKS), attributes) if equals else ("", attributes)


def is_deletion(value: str, now_s: float) -> bool:
    """Say whether the value deletes a named cookie at that moment (POSIX seconds) instead of
    storing one. A control character voids the header, so such a value deletes nothing."""
    name, attributes = split_set_cookie(value)
    return name != "" and deletes_from(attributes) <= now_s and not is_void(value)


def has_line_break(value: str) -> bool:
    """Say whether the text has a CR, LF or NUL: it would end the header's line and smuggle
    another past the gate (RFC 9110 section 5.5)."""
    return "\r" in value or "\n" in value or "\0" in value
