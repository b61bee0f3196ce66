"""A row of the table: what it measures, what it aims at, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.timing import Contender, Effort, measure_added_ns

GATE = "gate"


class Bound(StrEnum):
    """On which side of an aim's limit its ratio must stay."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Aim:
    """What the gate's cost, over that of the contender named `over`, must keep to."""

    over: str
    limit: float
    bound: Bound = Bound.AT_MOST

    def is_reached(self, ratio: float) -> bool:
        """True when the ratio is within the limit, at the two digits that the table prints."""
        rounded = float(f"{ratio:.3g}")
        return rounded <= self.limit if self.bound is Bound.AT_MOST else rounded >= self.limit

    def __str__(self) -> str:
        return f"{self.bound} {self.limit:g} {self.over}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process measured: the gate's own nanoseconds and its ratio to each contender."""

    added_ns: float
    ratios: Mapping[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `check` raises NotTrue unless the title is what really happens."""

    title: str
    aims: tuple[Aim, ...]
    check: Callable[[], None]
    measure: Callable[[Effort], Measured]


def compare_gate(
    contenders: Callable[[], Mapping[str, Contender]], *, aims: tuple[Aim, ...], share: int = 1
) -> Callable[[Effort], Measured]:
    """A measurement of the gate against the contenders that the aims name.

    `share` divides the rounds and the batch where one exchange is long.
    """

    def measure(effort: Effort) -> Measured:
        added = measure_added_ns(
            _needed(contenders(), aims),
            rounds=max(1, effort.rounds // share),
            batch=max(1, effort.batch // share),
        )
        return Measured(added[GATE], {aim.over: added[GATE] / added[aim.over] for aim in aims})

    return measure


def _needed(contenders: Mapping[str, Contender], aims: tuple[Aim, ...]) -> dict[str, Contender]:
    names = {GATE, *(aim.over for aim in aims)}
    names |= {contenders[name].baseline for name in names}
    return {name: contender for name, contender in contenders.items() if name in names}
