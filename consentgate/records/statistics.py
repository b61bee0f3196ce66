"""Rates of what visitors chose, from the counters that a store keeps by day, language and place.

Counters name nobody. What is "shown" counts pages with a question, not visitors: the copies that
caches serve and the robots that call pages distort it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from consentgate.records.tally import SHOWN, TallyKey

FEWEST_PUBLISHED = 5
"""Smaller counts are published as "<5", so that nobody is picked out by them."""


STATES = ("shown", "given", "refused", "withdrawn")


class By(StrEnum):
    """What rates are counted by."""

    DAY = "day"
    LANGUAGE = "language"
    CATEGORY = "category"
    PLACE = "place"


@dataclass(slots=True)
class Counts:
    """How often a question was shown, and a category given, refused and withdrawn. Given again
    counts as given; a decision on two categories counts twice."""

    shown: int = 0
    given: int = 0
    refused: int = 0
    withdrawn: int = 0

    @property
    def decided(self) -> int:
        """How often somebody decided for or against; a withdrawal ends what was decided before."""
        return self.given + self.refused

    @property
    def rate(self) -> float | None:
        """The part of decisions that gave consent, None where nobody decided."""
        return self.given / self.decided if self.decided else None

    def add(self, state: str, n: int) -> None:
        """Count a state `n` times."""
        setattr(self, state, getattr(self, state) + n)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: the day, language, category or place, and its counts."""

    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Statistics:
    """The rates of a store, in the order of their names: each day, language, category and place."""

    tables: dict[By, tuple[Row, ...]]
    total: Counts

    @property
    def days(self) -> tuple[Row, ...]:
        """The counts of each day."""
        return self.tables[By.DAY]


def statistics_of(tallies: Iterable[tuple[TallyKey, int]]) -> Statistics:
    """Return the statistics of the counters that a store keeps."""
    tables: dict[By, defaultdict[str, Counts]] = {by: defaultdict(Counts) for by in By}
    total = Counts()
    for key, n in tallies:
        total.add(key.state, n)
        for by, name in _names(key):
            tables[by][name].add(key.state, n)
    return Statistics(
        {
            by: tuple(Row(name, counts) for name, counts in sorted(table.items()))
            for by, table in tables.items()
        },
        total,
    )


def count_text(n: int, *, published: bool) -> str:
    """Return a count as text; where it is published, a small one says only that it is small."""
    return f"<{FEWEST_PUBLISHED}" if published and 0 < n < FEWEST_PUBLISHED else str(n)


def published_count(n: int) -> int | str:
    """Return a count as it is published."""
    return count_text(n, published=True) if 0 < n < FEWEST_PUBLISHED else n


def rate_text(counts: Counts, *, published: bool) -> str:
    """Return the rate in per cent; a published one never reveals a small count."""
    if counts.rate is None:
        return ""
    parts = (counts.given, counts.refused)
    if published and any(0 < part < FEWEST_PUBLISHED for part in parts):
        return ""
    return f"{counts.rate:.0%}"


def _names(key: TallyKey) -> Iterator[tuple[By, str]]:
    yield By.DAY, key.day.isoformat()
    yield By.LANGUAGE, key.language
    yield By.PLACE, key.place
    if key.state != SHOWN:
        yield By.CATEGORY, key.category
