"""The geometry of the chart of days: bars that are stacked, a scale that comes from the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consentgate.records.statistics import FEWEST_PUBLISHED, Row, count_text

WIDTH, HEIGHT = 720, 260
LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 12, 36
_PLOT_WIDTH = WIDTH - LEFT - _RIGHT
_PLOT_HEIGHT = HEIGHT - _TOP - _BOTTOM
_LABEL_WIDTH = 84
SERIES = ("given", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a day: its place, what it counts, and the count as text."""

    x: float
    y: float
    width: float
    height: float
    series: str
    day: str
    count: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text of an axis. `x` is where it is centred, on the axis of counts where it ends."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn."""

    bars: tuple[Bar, ...]
    days: tuple[Label, ...]
    counts: tuple[Label, ...]


def chart_of(days: Sequence[Row], *, published: bool) -> Chart:
    """Return the chart of the days' counts."""
    highest = max((sum(_drawn(row, published=published).values()) for row in days), default=0)
    top = _round_up(max(highest, 1))
    step = _PLOT_WIDTH / max(len(days), 1)
    bars = [
        bar
        for number, row in enumerate(days)
        for bar in _bars(row, x=LEFT + number * step, step=step, top=top, published=published)
    ]
    every = -(-len(days) * _LABEL_WIDTH // _PLOT_WIDTH) or 1
    labels = [
        Label(_within(LEFT + (number + 0.5) * step), HEIGHT - 12, row.name)
        for number, row in enumerate(days)
        if number % every == 0
    ]
    return Chart(tuple(bars), tuple(labels), tuple(_count_labels(top)))


def _bars(row: Row, *, x: float, step: float, top: int, published: bool) -> list[Bar]:
    bars = []
    y = float(HEIGHT - _BOTTOM)
    for series, n in _drawn(row, published=published).items():
        height = n / top * _PLOT_HEIGHT
        y -= height
        if n:
            text = count_text(getattr(row.counts, series), published=published)
            bars.append(
                Bar(
                    _round(x), _round(y), _round(step * 0.8), _round(height), series, row.name, text
                )
            )
    return bars


def _drawn(row: Row, *, published: bool) -> dict[str, int]:
    """Return what is drawn of each series; a small count that is published has one height."""
    counts: dict[str, int] = {series: getattr(row.counts, series) for series in SERIES}
    if not published:
        return counts
    return {series: max(n, FEWEST_PUBLISHED) if n else 0 for series, n in counts.items()}


def _count_labels(top: int) -> list[Label]:
    ticks = sorted({0, top // 2, top})
    place = HEIGHT - _BOTTOM + 4
    return [Label(LEFT - 8, _round(place - n / top * _PLOT_HEIGHT), str(n)) for n in ticks]


def _within(x: float) -> float:
    """Return where a label of a day is centred, so that it ends within the picture."""
    return _round(min(max(x, _LABEL_WIDTH / 2), WIDTH - _LABEL_WIDTH / 2))


def _round_up(n: int) -> int:
    """Return the first of 1, 2, 5, 10, 20, 50 ... that is no smaller."""
    power: int = 10 ** (len(str(n)) - 1)
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= n)


def _round(number: float) -> float:
    return round(number, 2)
