"""Patterns of cookies' names as sets of names: what two have in common, and which ones meet.

A pattern is a name, or a glob in which `*` is any text, also the empty one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile

from consentgate.policy.names import Glob

STAR = "*"

MOST_OVERLAPS = 10_000
"""The most ways in which two patterns are laid over each other; only names of many stars have more.
"""

_AFTER_ALL_TEXTS = "\U0010ffff"


class TooManyOverlapsError(Exception):
    """Patterns overlap in more ways than are looked at."""


def matches(pattern: str, name: str) -> bool:
    """Return whether a name is one of a pattern's."""
    return Glob.of(pattern).matches(name) if STAR in pattern else pattern == name


def overlaps(first: str, second: str) -> Iterator[str]:
    """Yield patterns that together have the names that both patterns have; nothing if there are
    none. Raises TooManyOverlapsError.
    """
    if STAR not in first or STAR not in second:
        name, pattern = (first, second) if STAR not in first else (second, first)
        if matches(pattern, name):
            yield name
        return
    head = _common_start(first, second)
    first, second = first[len(head) :], second[len(head) :]
    tail = _common_start(first[::-1], second[::-1])[::-1]
    first, second = first[: len(first) - len(tail)], second[: len(second) - len(tail)]
    for pattern in _overlaps_between(first, second):
        yield head + pattern + tail


def _common_start(first: str, second: str) -> str:
    """Return the text before the first star with which both patterns begin."""
    pairs = takewhile(lambda pair: pair[0] == pair[1] != STAR, zip(first, second, strict=False))
    return "".join(letter for letter, _ in pairs)


def _overlaps_between(first: str, second: str) -> Iterator[str]:
    if first == second or second == STAR:
        yield first
    elif first == STAR:
        yield second
    elif _can_meet(first[0], second[0]) and _can_meet(first[-1], second[-1]):
        yield from _laid_over(first, second)


def _can_meet(a: str, b: str) -> bool:
    return a == b or STAR in (a, b)


_Place = tuple[int, int]
"""How much of each of two patterns is read."""


def _laid_over(first: str, second: str) -> Iterator[str]:
    """Yield what can be written while both patterns are read, each result once."""
    ending = _ending_places(first, second)
    results: set[str] = set()
    pending = {((0, 0), "")}
    while pending:
        reached = set()
        for place, written in pending:
            if place == (len(first), len(second)):
                results.add(written)
                continue
            for following, text in _steps(first, second, place):
                if following in ending:
                    # A second star beside one adds nothing.
                    adds = "" if text == STAR and written.endswith(STAR) else text
                    reached.add((following, written + adds))
        if len(reached) + len(results) > MOST_OVERLAPS:
            raise TooManyOverlapsError(f"{first!r} and {second!r}")
        pending = reached
    yield from sorted(results, key=lambda pattern: (-len(pattern), pattern))


def _ending_places(first: str, second: str) -> set[_Place]:
    """Return the places from which both patterns can be read to their ends."""
    ending = {(len(first), len(second))}
    for i in range(len(first), -1, -1):
        for j in range(len(second), -1, -1):
            if any(following in ending for following, _ in _steps(first, second, (i, j))):
                ending.add((i, j))
    return ending


def _steps(first: str, second: str, place: _Place) -> Iterator[tuple[_Place, str]]:
    """Yield the places that come next, each with what is written on the way there."""
    i, j = place
    a, b = first[i : i + 1], second[j : j + 1]
    if a == STAR:
        # The star of the first pattern ends here, which may be a star of the second.
        yield (i + 1, j), STAR if b == STAR else ""
    if b == STAR:
        yield (i, j + 1), STAR if a == STAR else ""
    if a == STAR and b not in (STAR, ""):
        yield (i, j + 1), b
    elif b == STAR and a not in (STAR, ""):
        yield (i + 1, j), a
    elif a == b not in (STAR, ""):
        yield (i + 1, j + 1), a


class PatternIndex:
    """Finds, among many patterns, those that may have a name in common with another one.

    Two patterns have none unless one prefix begins the other, and one suffix ends the other.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        ends = [_ends(pattern) for pattern in patterns]
        self._prefixes = _Beginnings([prefix for prefix, _ in ends])
        self._suffixes = _Beginnings([suffix for _, suffix in ends])

    def near(self, pattern: str) -> list[int]:
        """Return the numbers of the patterns that may meet `pattern`, in order."""
        prefix, suffix = _ends(pattern)
        by_prefix = self._prefixes.compatible(prefix)
        by_suffix = self._suffixes.compatible(suffix)
        return sorted(set(by_prefix).intersection(by_suffix))


def _ends(pattern: str) -> tuple[str, str]:
    """Return the text before the first star, and that after the last one read backwards."""
    return pattern.partition(STAR)[0], pattern.rpartition(STAR)[2][::-1]


class _Beginnings:
    """Texts, found by those that begin them and those that they begin."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._numbers: dict[str, list[int]] = {}
        for number, text in enumerate(texts):
            self._numbers.setdefault(text, []).append(number)
        self._sorted = sorted(self._numbers)

    def compatible(self, text: str) -> list[int]:
        """Return the numbers of the texts that begin `text` or begin with it."""
        start = bisect_left(self._sorted, text)
        end = bisect_left(self._sorted, text + _AFTER_ALL_TEXTS)
        shorter = (text[:length] for length in range(len(text)))
        keys = [
            *(prefix for prefix in shorter if prefix in self._numbers),
            *self._sorted[start:end],
        ]
        return [number for key in keys for number in self._numbers[key]]
