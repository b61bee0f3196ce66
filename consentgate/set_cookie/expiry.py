"""Max-Age and Expires as browsers read them: until when a cookie lives, and what deletes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import inf
from typing import NamedTuple

from consentgate.set_cookie.attributes import is_void, last_values, remembered


class Expiry(NamedTuple):
    """When a cookie ends. Both None: with the browser's session.

    A Max-Age that can be read outdoes any Expires (RFC 6265bis section 5.7).
    """

    max_age_s: int | None
    expires_s: float | None


@remembered
def deletes_from(attributes: str) -> float:
    """Return the moment, in POSIX seconds, from which a Set-Cookie with these attributes stores
    nothing and deletes instead: -inf is always, +inf never.

    `attributes` is the text after the first ";".
    """
    if is_void(attributes):
        return inf
    max_age_s, expires_s = expiry_of(attributes)
    if max_age_s is not None:
        return -inf if max_age_s <= 0 else inf
    return inf if expires_s is None else expires_s


@remembered
def expiry_of(attributes: str) -> Expiry:
    """Return when a cookie with these attributes ends, by the last Max-Age and last Expires."""
    values = last_values(attributes)
    return Expiry(_seconds(values.get("max-age", "")), _moment(values.get("expires", "")))


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


def _moment(text: str) -> float | None:
    """Return the POSIX seconds of a date as browsers read it, or None where they find none.

    Zones and weekdays are not looked at; the first token of each kind counts.
    """
    day = month = year = time = None
    for token in text.translate(_DELIMITERS).split(" "):
        if _DIGITS.fullmatch(token):
            if day is None and len(token) <= 2:
                day = int(token)
            elif year is None and len(token) <= 5:
                year = int(token)
        elif found := _time(token):
            time = time or found
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
