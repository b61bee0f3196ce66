"""Durations as a site writes them: how long a cookie lives, how long measurements are kept.

A month is a twelfth of a year of 365 days, cut to whole days: 13 months are 395 days.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from typing import Literal

from consentgate.policy.problems import Problem, invalid_value

Lifetime = timedelta | Literal["session"]
"""A duration in whole seconds, or "session": until the browser is closed."""

SESSION: Literal["session"] = "session"

_LENGTH = re.compile(r"([0-9]{1,14}) *(second|minute|hour|day|week|month|year)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_HINT = 'write "session", "13 months", "30 days", "2 hours", or a timedelta of whole seconds'


def as_lifetime(value: object, *, field: str, problems: list[Problem]) -> Lifetime | None:
    """Return `value` as a lifetime; None, and a problem, where it cannot be one."""
    lifetime = _parse(value) if isinstance(value, str) else _whole_seconds(value)
    if lifetime is None:
        problems.append(invalid_value(field, value, _HINT))
    return lifetime


def as_duration(value: object, *, field: str, problems: list[Problem]) -> timedelta | None:
    """Return `value` as a duration, not "session"; None, and a problem, where it cannot be one."""
    lifetime = as_lifetime(value, field=field, problems=problems)
    if lifetime == SESSION:
        problems.append(invalid_value(field, value, 'write a duration such as "25 months"'))
        return None
    return lifetime


def lifetime_text(lifetime: Lifetime) -> str:
    """Return the text from which `lifetime` is read again, in its largest whole unit up to days."""
    if not isinstance(lifetime, timedelta):
        return lifetime
    length_s = lifetime.days * 86400 + lifetime.seconds
    unit = next(unit for unit in ("day", "hour", "minute", "second") if _fits(length_s, unit))
    count = length_s // _SECONDS[unit]
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _fits(length_s: int, unit: str) -> bool:
    return length_s % _SECONDS[unit] == 0


@lru_cache(maxsize=256)
def _parse(text: str) -> Lifetime | None:
    if text == SESSION:
        return SESSION
    match = _LENGTH.fullmatch(text.strip().lower())
    if match is None or int(match[1]) == 0:
        return None
    try:
        return _length(int(match[1]), match[2])
    except OverflowError:  # more than timedelta can hold
        return None


def _length(count: int, unit: str) -> timedelta:
    if unit == "month":
        return timedelta(days=count * 365 // 12)
    if unit == "year":
        return timedelta(days=count * 365)
    return timedelta(seconds=count * _SECONDS[unit])


def _whole_seconds(value: object) -> timedelta | None:
    # Max-Age is in whole seconds (RFC 6265 section 5.2.2); zero or less deletes the cookie.
    if isinstance(value, timedelta) and value > timedelta(0) and not value.microseconds:
        return value
    return None
