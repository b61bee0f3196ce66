"""Which values of Content-Type are HTML whose markup can be read byte by byte."""

from __future__ import annotations

import re

_BLANKS = " \t"
_ASCII = bytes(range(0x20, 0x7F))
# ISO 2022 shifts to sets in which "<" is half of a character, UTF-7 writes it otherwise.
_SHIFTING = re.compile(r"iso-?2022|csiso2022|hz|utf-?7", re.IGNORECASE)
_CHARSET = re.compile(r"""[;\s]charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)


def is_html_type(content_type: str) -> bool:
    """Return whether it is HTML, in an encoding in which ASCII is ASCII or in an unnamed one."""
    kind, _, _ = content_type.partition(";")
    if kind.strip(_BLANKS).lower() != "text/html":
        return False
    match = _CHARSET.search(content_type)
    return match is None or _holds_ascii((match[1] or match[2] or match[3] or "").strip(_BLANKS))


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
