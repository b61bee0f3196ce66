"""A row of a table: what it measures, the bars that it is held to, and what came out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.timing import Contender, Effort, measure_added_ns

GATE = "gate"


class Bound(StrEnum):
    """On which side of a bar its ratio must stay."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Bar:
    """What the gate's cost, over that of the contender named `over`, must keep to.

    Without a limit it only says what is printed. `aim` is what was tried for beyond the limit;
    nothing depends on it.
    """

    over: str
    limit: float = math.inf
    bound: Bound = Bound.AT_MOST
    aim: float | None = None

    def holds(self, ratio: float) -> bool:
        """Return whether the ratio is within the limit, at the digits that the table prints."""
        rounded = float(f"{ratio:.3g}")
        return rounded <= self.limit if self.bound is Bound.AT_MOST else rounded >= self.limit

    def __str__(self) -> str:
        return f"{self.bound} {self.limit:g} {self.over}" if math.isfinite(self.limit) else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process measured: the gate's own nanoseconds and its ratio to each contender.

    `bare_ns` is what the application takes alone, where a row says so.
    """

    added_ns: float
    ratios: Mapping[str, float]
    note: str = ""
    bare_ns: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `check` raises NotTrue unless the title is what really happens.

    `profiled` returns what `--profile` looks into, by name: each serves that many requests.
    """

    title: str
    bars: tuple[Bar, ...]
    check: Callable[[], None]
    measure: Callable[[Effort], Measured]
    profiled: Callable[[], Mapping[str, Callable[[int], None]]] | None = None


def compare_gate(
    contenders: Callable[[], Mapping[str, Contender]], *, bars: tuple[Bar, ...], share: int = 1
) -> Callable[[Effort], Measured]:
    """Return a measurement of the gate against the contenders that the bars name.

    `share` divides the rounds and the batch where one exchange is long.
    """

    def measure(effort: Effort) -> Measured:
        added = measure_added_ns(
            _needed(contenders(), bars),
            rounds=max(1, effort.rounds // share),
            batch=max(1, effort.batch // share),
        )
        return Measured(added[GATE], {bar.over: added[GATE] / added[bar.over] for bar in bars})

    return measure


def _needed(contenders: Mapping[str, Contender], bars: tuple[Bar, ...]) -> dict[str, Contender]:
    names = {GATE, *(bar.over for bar in bars)}
    names |= {contenders[name].baseline for name in names}
    return {name: contender for name, contender in contenders.items() if name in names}
