"""Finds globs that could match a common name with equal right, in no more than linear time.

Two globs share a name exactly where one prefix begins the other and one suffix ends the other:
then longer prefix + all that stands between the stars + longer suffix is of both forms.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from consentgate.policy.names import Glob


class Claim(NamedTuple):
    """A glob, its number in a list, and what it claims for the names that it matches."""

    number: int
    glob: Glob
    claimed: Hashable


def can_meet(one: Glob, other: Glob) -> bool:
    """Tell whether some name is matched by both."""
    heads = one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
    return heads and (one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix))


def rivals(claims: Iterable[Claim]) -> list[tuple[int, int]]:
    """Return pairs of numbers of globs that can meet, are equally literal and claim differently.

    In order; at least one pair where there is any, not each pair of a crowd.
    """
    by_length: dict[int, list[Claim]] = {}
    for claim in claims:
        by_length.setdefault(claim.glob.literal_length, []).append(claim)
    pairs: set[tuple[int, int]] = set()
    for group in by_length.values():
        if len({claim.claimed for claim in group}) > 1:
            pairs.update(_rivals_in(group))
    return sorted(pairs)


def _rivals_in(group: list[Claim]) -> Iterator[tuple[int, int]]:
    index = _index(group)
    for claim in group:
        for rival in _found(index, claim):
            yield min(claim.number, rival), max(claim.number, rival)


# (prefix, suffix, whether the suffix is whole) -> the first glob of each claim
_Index = dict[tuple[str, str, bool], dict[Hashable, int]]


def _index(group: list[Claim]) -> _Index:
    index: _Index = {}
    for number, glob, claimed in group:
        for start in range(len(glob.suffix) + 1):
            key = (glob.prefix, glob.suffix[start:], start == 0)
            index.setdefault(key, {}).setdefault(claimed, number)
    return index


def _found(index: _Index, claim: Claim) -> Iterator[int]:
    """Yield globs of another claim whose prefix begins this one's; they find the others."""
    prefix, suffix = claim.glob.prefix, claim.glob.suffix
    for end in range(len(prefix) + 1):
        keys = [(prefix[:end], suffix[start:], True) for start in range(len(suffix) + 1)]
        for key in (*keys, (prefix[:end], suffix, False)):
            for claimed, number in index.get(key, {}).items():
                if claimed != claim.claimed:
                    yield number
