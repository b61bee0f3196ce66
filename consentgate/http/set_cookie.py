"""The attributes of one Set-Cookie value: which count, and which characters kill the header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from math import inf
from sys import getsizeof
from typing import NamedTuple

from consentgate._cache import BoundedCache

BLANKS = " \t"
"""All that browsers trim (RFC 6265bis section 5.6 knows WSP only): `str.strip()` without this
argument would eat bytes A0 and 85, which belong to the name."""

LONGEST_ATTRIBUTE = 1024
"""An attribute value of more bytes is ignored, RFC 6265bis section 5.6."""

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def pairs_of(attributes: str) -> Iterator[tuple[str, str]]:
    """Yield (lower-case name, value) of each attribute in wire order, those of no weight too."""
    for text in attributes.split(";"):
        name, _, value = text.partition("=")
        yield name.strip(BLANKS).lower(), value.strip(BLANKS)


def last_values(attributes: str) -> Mapping[str, str]:
    """Return the value that counts for each attribute: the last one, junk or not, of those that
    are not over-long (RFC 6265bis section 5.7 takes the last of a kind)."""
    return _known[attributes].values


_TOLD = {
    "path": "Path",
    "domain": "Domain",
    "max-age": "Max-Age",
    "expires": "Expires",
    "secure": "Secure",
    "httponly": "HttpOnly",
    "samesite": "SameSite",
    "partitioned": "Partitioned",
}
_FLAGS = frozenset({"secure", "httponly", "partitioned"})
_LONGEST_TOLD = 128  # characters of one value: what is longer, or odd, is nobody's to read


def told_attributes(attributes: str) -> str:
    """Return the attributes that are known, in one order and spelling, and nothing else."""
    values = last_values(attributes) if attributes else {}
    parts = []
    for name, spelling in _TOLD.items():
        value = values.get(name)
        if value is None:
            continue
        if name in _FLAGS:
            parts.append(spelling)
        elif value and len(value) <= _LONGEST_TOLD and value.isascii() and value.isprintable():
            parts.append(f"{spelling}={value}")
    return "; ".join(parts)


def is_void(text: str) -> bool:
    """Say whether this text, of a whole value or of one of its parts, makes a browser throw the
    whole header away: a control character anywhere (RFC 6265bis section 5.6), or a tab
    inside a name or value, where it is not trimmed."""
    # Nearly every text is printable, which one fast scan shows.
    if text.isprintable():
        return False
    if _CONTROL.search(text) is not None:
        return True
    return "\t" in text and any("\t" in name or "\t" in value for name, value in pairs_of(text))


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


class Expiry(NamedTuple):
    """When a cookie ends. Both None: with the browser's session.

    A Max-Age that can be read outdoes any Expires (RFC 6265bis section 5.7).
    """

    max_age_s: int | None
    expires_s: float | None


def deletes_from(attributes: str) -> float:
    """Return the moment, in POSIX seconds, from which a Set-Cookie with these attributes stores
    nothing and deletes instead: -inf is always, +inf never.

    `attributes` is the text after the first ";".
    """
    return _known[attributes].deletes_from_s


def expiry_of(attributes: str) -> Expiry:
    """Return when a cookie with these attributes ends, by the last Max-Age and last Expires."""
    return _known[attributes].expiry


def earliest_date(values: Iterable[str]) -> float | None:
    """Return the earliest moment, in POSIX seconds, in the values of a response's Date, None
    without any.

    Browsers count an Expires from it, Chromium from the first of several; a server adds its own
    where there is none.
    """
    moments = map(moment_of, values)
    return min((moment for moment in moments if moment is not None), default=None)


class _Attributes(NamedTuple):
    """What a text of attributes says."""

    values: Mapping[str, str]
    expiry: Expiry
    deletes_from_s: float


def _read(attributes: str) -> _Attributes:
    values = {
        name: value for name, value in pairs_of(attributes) if len(value) <= LONGEST_ATTRIBUTE
    }
    expiry = Expiry(_seconds(values.get("max-age", "")), moment_of(values.get("expires", "")))
    return _Attributes(values, expiry, _deletion_s(attributes, expiry))


def _deletion_s(attributes: str, expiry: Expiry) -> float:
    if is_void(attributes):
        return inf
    if expiry.max_age_s is not None:
        return -inf if expiry.max_age_s <= 0 else inf
    return inf if expiry.expires_s is None else expiry.expires_s


_NUMBERS_BYTES = 400
"""What an `_Attributes` weighs without its values: two tuples, their numbers, a dictionary."""


def _weigh(read: _Attributes) -> int:
    texts = sum(getsizeof(text) for pair in read.values.items() for text in pair)
    return _NUMBERS_BYTES + getsizeof(read.values) + texts


# An application sets few different attributes, and they hold no cookie's value. The longest that
# frameworks write are of 200 characters.
_known = BoundedCache[str, _Attributes](
    _read, most_entries=1024, most_bytes=512 * 1024, longest_key=512, weigh=_weigh
)


_NUMBER = re.compile("[+-]?[0-9]+")
_LARGEST = 2**63 - 1


def _seconds(text: str) -> int | None:
    """Return the Max-Age, or None for junk. Like browsers' 64-bit reading, a number that
    overflows counts, whatever follows it."""
    match = _NUMBER.match(text)
    if match is None:
        return None
    number = max(min(int(match.group()), _LARGEST), -_LARGEST - 1)
    whole = match.end() == len(text)
    return number if whole or number in (_LARGEST, -_LARGEST - 1) else None


# RFC 6265 section 5.1.1 with the delimiters that browsers take, quotes and "-" among them; ":"
# is none, it holds the time together.
_DELIMITERS = str.maketrans(dict.fromkeys("\t!\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~", " "))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile("([0-9]+):([0-9]+):([0-9]+)")
_DIGITS = re.compile("[0-9]+")
_LARGEST_OF_TIME = 2**32 - 1
"""Browsers take no time from a token with a larger number, and look on."""


def moment_of(text: str) -> float | None:
    """Return the POSIX seconds of a date as browsers read it, in Expires and in a response's Date,
    or None where they find none.

    Zones and weekdays are not looked at; the first token of each kind counts.
    """
    day = month = year = time = None
    for token in text.translate(_DELIMITERS).split(" "):
        if _DIGITS.fullmatch(token):
            if day is None and len(token) <= 2:
                day = int(token)
            elif year is None and len(token) <= 5:
                year = int(token)
        elif time_of_day := _time(token):
            time = time or time_of_day
        else:
            month = month or _month(token)
    if day is None or month is None or year is None or time is None:
        return None
    return _posix_seconds(_full_year(year), month, day, *time)


def _time(token: str) -> tuple[int, int, int] | None:
    """Return the hour, minute and second of a token of three numbers, not yet checked for their
    ranges: "24:00:00" is a time, and makes the date junk."""
    match = _TIME.fullmatch(token)
    if match is None:
        return None
    hour, minute, second = map(int, match.groups())
    return (hour, minute, second) if max(hour, minute, second) <= _LARGEST_OF_TIME else None


def _month(token: str) -> int | None:
    """Return 1 to 12 for a token that begins like a month's English name, else None."""
    start = token[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else None


def _full_year(year: int) -> int:
    """Return the year meant: 70 to 99 are of the 20th century, 0 to 69 of the 21st
    (RFC 6265 section 5.1.1, steps 3 and 4)."""
    if year > 99:
        return year
    return year + (1900 if year >= 70 else 2000)


_YEARS_OF_CYCLE = 400
_SECONDS_OF_CYCLE = 146_097 * 86_400


def _posix_seconds(
    year: int, month: int, day: int, hour: int, minute: int, second: int
) -> float | None:
    """Return the POSIX seconds, or None if there is no such day or time.

    Years of five digits are past what `datetime` holds; the calendar repeats every 400 years.
    """
    cycle, year_of_cycle = divmod(year, _YEARS_OF_CYCLE)
    try:
        moment = datetime(2000 + year_of_cycle, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment.timestamp() + (cycle - 5) * _SECONDS_OF_CYCLE
