"""The terms of an exemption, and the assessment by which a site relies on one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from consentgate.policy.problems import Problem, invalid_value

_ADDRESS = re.compile(r"https?://[^/\s]+\S*|/(?![/\\])\S*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HINT = (
    'give a date and an address, such as { date = 2026-11-29, address = "https://example.org/a" }'
)


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a cookie needs no consent; None and True where the regime sets no limit."""

    lifetime: timedelta | None = None
    """How long it may live."""
    renewal: bool = True
    """Whether it may be set again while the browser has it."""
    retention: timedelta | None = None
    """How long what it measures may be kept."""
    assessment: bool = False
    """Whether the site must be able to show why it is exempt."""

    @property
    def limits(self) -> bool:
        """Whether the cookie itself is limited."""
        return self.lifetime is not None or not self.renewal

    def and_also(self, other: Terms) -> Terms:
        """Return the terms that keep to both."""
        return Terms(
            lifetime=_shorter(self.lifetime, other.lifetime),
            renewal=self.renewal and other.renewal,
            retention=_shorter(self.retention, other.retention),
            assessment=self.assessment or other.assessment,
        )


def _shorter(first: timedelta | None, other: timedelta | None) -> timedelta | None:
    return min((length for length in (first, other) if length is not None), default=None)


class Assessment(NamedTuple):
    """When a site judged that its measurement is exempt, and where that is written down."""

    date: date
    address: str


AssessmentOption = Assessment | tuple[date | str, str] | Mapping[str, date | str]


def as_assessment(value: object, *, field: str, problems: list[Problem]) -> Assessment | None:
    """Return a date and an address, as a pair or as a table with these keys."""
    if isinstance(value, Mapping) and set(value) == {"date", "address"}:
        value = (value["date"], value["address"])
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        day, address = as_day(value[0]), value[1]
        if day is not None and isinstance(address, str) and _ADDRESS.fullmatch(address):
            return Assessment(day, address)
    problems.append(invalid_value(field, value, _HINT))
    return None


def as_day(value: object) -> date | None:
    """Return a day given as a date or as text (2026-11-29), None for anything else."""
    # A datetime is a date to Python, but it is written with its time.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
