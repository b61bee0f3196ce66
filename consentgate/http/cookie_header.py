"""Reads the Cookie header of a request. Its text is the visitor's: everything here is linear.

Two readers with opposite safe sides. A choice is read as strictly as possible (`cookie_values`):
only a cookie of exactly that name can grant anything. Cookies to hide are read as the most liberal
reader on a server reads them (`cookie_spans`): whatever it would take for a cookie is one.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_left
from collections.abc import Sequence

from consentgate.http.set_cookie import BLANKS

MOST_NAMES = 400
"""How many names of a Cookie header are looked at. Chrome and Firefox keep 180 cookies of a site,
and as many again where it is partitioned. What sends more is no browser, and must not cost more
(RFC 9110 section 5.6.1.2)."""

MOST_EQUALS_SIGNS = 4_000
"""How many equals signs a header may have if names are to be looked for inside its pairs: twenty
in each cookie that a browser keeps."""

_NO_NAME = "=" + "".join(filter(str.isspace, map(chr, range(256))))
"""What comes before the text that a nameless pair poses under."""

# Readers that know a cookie by its characters, http.cookies and WebOb, end a pair at whatever is
# none of these, and may begin the next one there.
_LEGAL = f"{string.ascii_letters}{string.digits}_!#$%&'()*+-./:<>?@^`{{|}}~=".encode()
_PLAIN = _LEGAL + b";"
_ENDS_AS_BLANKS = bytes(byte if byte in _LEGAL else 0x20 for byte in range(256))

# A quoted value with a ";" in it; it may never be closed. Possessive, so that it is linear.
_QUOTED_SEMICOLON = re.compile(r'=[ \t]*+"(?:[^\\";]|\\[^;])*+;(?:[^\\"]|\\.)*+', re.DOTALL)

CookiePair = tuple[str, int, int, tuple[str, ...]]
"""(name, start, end, inner) of one pair of a Cookie header, `header[start:end]`, without the
blanks around it.

`name` is what nearly every reader takes for its name. `inner` are further names that some readers
see inside the pair, where http.cookies or WebOb would begin another one: text of a cookie's value
to all others, so it must not be logged, reported or kept.
"""


def cookie_values(header: str, name: str) -> list[str]:
    """Return the values of all cookies of exactly that name, in the header's order.

    Only the first 400 places where the name occurs are looked at, more than a browser can send.
    """
    values: list[str] = []
    end = 0
    place = header.find(name)
    for _ in range(MOST_NAMES):
        if place < 0:
            break
        start = header.rfind(";", end, place) + 1
        end = header.find(";", place)
        if end < 0:
            end = len(header)
        key, equals, value = header[start:end].partition("=")
        if equals and key.strip(BLANKS) == name:
            values.append(value.strip(BLANKS))
        place = header.find(name, end + 1)
    return values


def cookie_spans(header: str) -> tuple[list[CookiePair], int]:
    """Return each pair in the header's order, and the place where reading ended.

    What follows that place was not looked at, so it must not reach the application. It is the
    header's length unless there are more than 400 names, those inside of pairs included, or too
    many equals signs. Pairs without any text are left out; a pair without a name poses under its
    text.
    """
    is_plain = not _bytes_of(header.replace("; ", ";")).translate(None, _PLAIN)
    if not is_plain and header.count("=") > MOST_EQUALS_SIGNS:
        return [], 0
    pairs: list[CookiePair] = []
    inner: tuple[str, ...] = ()
    names_left = MOST_NAMES
    end = -1
    for part in header.split(";", MOST_NAMES):
        end += len(part) + 1
        pair = part.lstrip()
        name = pair.partition("=")[0].rstrip() or _posed_name(pair)
        if not is_plain:
            name = _trimmed_name(pair) or name
            inner = _inner_names(pair)
        names_left -= 1 + len(inner)
        if names_left < 0:
            return pairs, end - len(pair)
        if name:
            start = end - len(pair)
            pairs.append((name, start, start + len(pair.rstrip()), inner))
    return pairs, len(header)


def value_pieces(header: str, pairs: Sequence[CookiePair]) -> frozenset[int]:
    """Return the starts of those pairs that may be pieces of a cookie's value.

    Their names must not be logged, reported or kept: a pair without "=" after a name is a nameless
    cookie's value, and what follows a ";" inside quotes is part of the quoted value to http.cookies
    and to Werkzeug.
    """
    nameless = [start for _, start, end, _ in pairs if header.find("=", start, end) <= start]
    if not pairs or '"' not in header:
        return frozenset(nameless)
    quoted = [match.span() for match in _QUOTED_SEMICOLON.finditer(header)]
    inside = [
        start for _, start, _, _ in pairs if header[start] == '"' or _is_within(quoted, start)
    ]
    return frozenset(nameless + inside)


def _is_within(spans: Sequence[tuple[int, int]], place: int) -> bool:
    """Return whether a place is within one of the spans, which are in order."""
    before = bisect_left(spans, (place,)) - 1
    return before >= 0 and place < spans[before][1]


def _posed_name(pair: str) -> str:
    """Return the name that a nameless pair poses under: a browser sends "=_ga" back as "_ga"."""
    return pair.lstrip(_NO_NAME).partition("=")[0].rstrip()


def _trimmed_name(pair: str) -> str:
    """Return the name as Django and Werkzeug trim it, of all white space of Unicode: they decode
    UTF-8 first."""
    if pair.isascii():
        return ""
    name = pair.lstrip(_NO_NAME).partition("=")[0]
    text = _bytes_of(name).decode("utf-8", "surrogateescape").strip()
    return text.encode("utf-8", "surrogateescape").decode("latin-1").strip()


def _inner_names(pair: str) -> tuple[str, ...]:
    """Return each text that comes between the end of a pair, as the most liberal readers see it,
    and an equals sign."""
    before_signs = _bytes_of(pair).translate(_ENDS_AS_BLANKS).split(b"=")[:-1]
    ended = (text.rstrip(b" ").rpartition(b" ") for text in before_signs if b" " in text)
    return tuple(name.decode("ascii") for _, end, name in ended if end and name)


def _bytes_of(text: str) -> bytes:
    return text.encode("latin-1", "replace")
