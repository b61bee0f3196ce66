"""What a verification finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

MOST_LISTED = 1_000


class Violation(NamedTuple):
    """What is not as it was: where, and what."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(slots=True)
class Verification:
    """What a verification found, and how much it looked at.

    `undecided` is what could not be verified, and why. `found` counts the violations, of which the
    first thousand are listed.
    """

    violations: list[Violation] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    found: int = 0
    size: int = 0
    purged: int = 0
    entries: int = 0
    erased: int = 0
    waiting: int = 0
    oldest_waiting: datetime | None = None
    notices: int = 0
    checkpoints: int = 0

    def add(self, place: str, message: str) -> None:
        """Add a violation."""
        self.found += 1
        if len(self.violations) < MOST_LISTED:
            self.violations.append(Violation(place, message))
