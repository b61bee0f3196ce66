"""Finds the errors of a declaration that show only in the whole: in no more than linear time.

Two globs match a common name exactly where one prefix begins the other and one suffix ends the
other: longer prefix + all middles of both + longer suffix is such a name.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from consentgate.errors import Finding
from consentgate.policy.category import Category
from consentgate.policy.declaration import DeclaredAt
from consentgate.policy.names import Glob
from consentgate.policy.problems import choose_from
from consentgate.policy.vocabulary import Kind


def unknown_categories(
    declared: Iterable[DeclaredAt], categories: Sequence[Category]
) -> Iterator[Finding]:
    """Yield an error (CG003) for each category of a cookie that is not declared."""
    known = {category.name: None for category in categories}
    for entry in declared:
        for name in entry.cookie.categories:
            if name not in known:
                hint = choose_from(known, instead_of=name)
                yield Finding("CG003", entry.place, f"no category is called {name!r:.80}", hint)


def conflicting_globs(declared: Sequence[DeclaredAt]) -> Iterator[Finding]:
    """Yield an error (CG005) for globs of different categories that can match a name equally."""
    claims = (
        Claim(number, Glob.of(entry.cookie.name), entry.cookie.category)
        for number, entry in enumerate(declared)
        if "*" in entry.cookie.name and entry.cookie.kind is Kind.COOKIE
    )
    for first, second in conflicts(claims):
        yield _conflict(declared[first], declared[second])


def _conflict(first: DeclaredAt, second: DeclaredAt) -> Finding:
    message = (
        f"a name can match it and {first.cookie.name!r} at {first.source}[{first.number}] equally, "
        f"in {second.cookie.category!r} and in {first.cookie.category!r}"
    )
    hint = "make one of them longer, or give both one category"
    return Finding("CG005", second.place, message, hint)


class Claim(NamedTuple):
    """A glob, its number in a list, and what it claims for the names that it matches."""

    number: int
    glob: Glob
    claimed: Hashable


def conflicts(claims: Iterable[Claim]) -> list[tuple[int, int]]:
    """Return pairs of numbers of globs that can overlap, are equally literal and claim differently.

    In order. Where many globs conflict, not each pair of them is listed, but at least one is.
    """
    by_length: dict[int, list[Claim]] = {}
    for claim in claims:
        by_length.setdefault(claim.glob.literal_length, []).append(claim)
    pairs: set[tuple[int, int]] = set()
    for group in by_length.values():
        if len({claim.claimed for claim in group}) > 1:
            pairs.update(_conflicts_among(group))
    return sorted(pairs)


def _conflicts_among(group: list[Claim]) -> Iterator[tuple[int, int]]:
    index = _index(group)
    for claim in group:
        for number in _shorter_conflicts(index, claim):
            yield min(claim.number, number), max(claim.number, number)


# (prefix, suffix, whether the suffix is whole) -> the first glob of each claim
_Index = dict[tuple[str, str, bool], dict[Hashable, int]]


def _index(group: list[Claim]) -> _Index:
    index: _Index = {}
    for number, glob, claimed in group:
        for start in range(len(glob.suffix) + 1):
            key = (glob.prefix, glob.suffix[start:], start == 0)
            index.setdefault(key, {}).setdefault(claimed, number)
    return index


def _shorter_conflicts(index: _Index, claim: Claim) -> Iterator[int]:
    """Yield the globs of other claims whose prefix begins this one's; they find longer ones."""
    for key in _overlapping_keys(claim.glob):
        for claimed, number in index.get(key, {}).items():
            if claimed != claim.claimed:
                yield number


def _overlapping_keys(glob: Glob) -> Iterator[tuple[str, str, bool]]:
    """Yield the keys of globs with the same or a shorter prefix that can overlap `glob`."""
    for end in range(len(glob.prefix) + 1):
        prefix = glob.prefix[:end]
        for start in range(len(glob.suffix) + 1):
            yield prefix, glob.suffix[start:], True
        yield prefix, glob.suffix, False
