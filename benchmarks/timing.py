"""Times contenders against their own baselines, turn by turn.

A machine drifts by more than what is measured here, so nothing is timed in one block: each short
round times every contender once, and only differences within a round count. The clock is the
thread's own processor time: what other programs do meanwhile counts less, and nothing here waits.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

WARM_UP_ROUNDS = 3  # memos and caches fill, and the interpreter specialises its bytecode


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that serves as many exchanges as it is told to.

    The request and the response are made anew within `serve`, right before they are used, as
    servers and applications do: objects made in advance would be out of the processor's cache.
    What the contender adds is its own time less that of the contender named `baseline`, which
    makes the same; without a baseline its whole time counts.
    """

    serve: Callable[[int], None]
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: rounds per row, and exchanges per round unless a row says less."""

    rounds: int
    batch: int


def measure_added_ns(
    contenders: Mapping[str, Contender], *, rounds: int, batch: int
) -> dict[str, float]:
    """Return the nanoseconds that each contender adds to one exchange: medians over the rounds."""
    added: dict[str, list[float]] = {name: [] for name in contenders}
    for spent in _timed_rounds(contenders, rounds=rounds, batch=batch):
        for name, contender in contenders.items():
            below = spent[contender.baseline] if contender.baseline else 0.0
            added[name].append(spent[name] - below)
    return {name: statistics.median(values) for name, values in added.items()}


@dataclass(frozen=True, slots=True)
class Pair:
    """What one exchange takes bare, and how much more it takes with what is around it."""

    bare_ns: float
    added_percent: float


def measure_pair(
    bare: Callable[[int], None], around: Callable[[int], None], *, rounds: int, batch: int
) -> Pair:
    """Return the medians over the rounds; the percentage is that of each round's own bare time."""
    contenders = {"bare": Contender(bare), "around": Contender(around)}
    spent = _timed_rounds(contenders, rounds=rounds, batch=batch)
    return Pair(
        statistics.median(times["bare"] for times in spent),
        100 * (statistics.median(times["around"] / times["bare"] for times in spent) - 1),
    )


def _timed_rounds(
    contenders: Mapping[str, Contender], *, rounds: int, batch: int
) -> list[dict[str, float]]:
    """Return the nanoseconds of one exchange, by contender, for each round.

    Another contender is the first in each round.
    """
    names = list(contenders)
    timed = []
    with collection_as_in_production():
        for turn in range(-WARM_UP_ROUNDS, rounds):
            shift = turn % len(names)
            spent = _time_round(contenders, [*names[shift:], *names[:shift]], batch=batch)
            if turn >= 0:
                timed.append(spent)
    return timed


def _time_round(
    contenders: Mapping[str, Contender], order: Sequence[str], *, batch: int
) -> dict[str, float]:
    spent = {}
    for name in order:
        serve = contenders[name].serve
        started = time.thread_time_ns()
        serve(batch)
        spent[name] = (time.thread_time_ns() - started) / batch
    return spent


@contextmanager
def collection_as_in_production() -> Iterator[None]:
    """Garbage is collected inside, as servers do, so that cycles cost what they cost there; what
    exists already is not looked at, since it is the benchmarks' own."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
