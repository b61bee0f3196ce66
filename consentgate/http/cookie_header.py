"""Reads the Cookie header of a request. Its text is the visitor's: everything here is linear."""

from __future__ import annotations

import re
from functools import lru_cache

from consentgate.http.set_cookie import BLANKS

_NO_NAME = "=" + "".join(filter(str.isspace, map(chr, range(256))))
"""What stands before the text that a nameless pair poses under."""


def cookie_values(header: str, name: str) -> list[str]:
    """Return the values of all cookies of exactly that name, in the header's order."""
    start = header.find(name)
    if start < 0:
        return []
    if header.find(name, start + 1) >= 0:
        return [value.strip(BLANKS) for value in _pairs_of(name).findall(header)]
    # Only the one pair that holds the name is looked at, however many others there are.
    end = header.find(";", start)
    if end < 0:
        end = len(header)
    value_start = start + len(name) + 1
    if header[start - 2 : value_start] == f"; {name}=":
        return [header[value_start:end].strip(BLANKS)]
    value = _value(header[header.rfind(";", 0, start) + 1 : end], name)
    return [] if value is None else [value]


def cookie_spans(header: str) -> list[tuple[str, int, int]]:
    """Return (name, start, end) of each pair, in the header's order; `header[start:end]` is the
    pair without the blanks around it.

    The name is what the most liberal reader on a server takes for it: all white space trimmed,
    and a pair without a name poses under its text. Pairs without any text are left out.
    """
    spans = []
    end = -1
    for part in header.split(";"):
        end += len(part) + 1
        pair = part.lstrip()
        if pair:
            name = pair.partition("=")[0].rstrip() or _posed_name(pair)
            if name:
                start = end - len(pair)
                spans.append((name, start, start + len(pair.rstrip())))
    return spans


@lru_cache(maxsize=64)
def _pairs_of(name: str) -> re.Pattern[str]:
    """The pattern of all pairs of that name: many of them are a hostile header, and must not cost
    more than other headers do."""
    blanks = f"[{BLANKS}]*+"
    return re.compile(f"(?:^|;){blanks}{re.escape(name)}{blanks}=([^;]*+)")


def _value(pair: str, name: str) -> str | None:
    """Return the pair's value if it is of that name, else None."""
    found, equals, value = pair.partition("=")
    return value.strip(BLANKS) if equals and found.strip(BLANKS) == name else None


def _posed_name(pair: str) -> str:
    """Return the name that a nameless pair poses under: a browser sends "=_ga" back as "_ga"."""
    return pair.lstrip(_NO_NAME).partition("=")[0].rstrip()
