"""What a policy decides about whole sets of names, exactly as the gate decides about one.

The rule of a name is that of `Policy.rule_for_text`, here too. A set is decided on one name of it,
`typical_name`, in which each star is filled with a letter that no declaration has: a rule matches
that name only if it matches all names of the set. So a name w that has some rules of the highest
rank is in a set, laid over by these rules alone, whose typical name has rules of the same outcome:
a rule of a higher rank that matched it would match w. That leaves a finite number of names to ask
about, and `Decisions.claims` has the sets of which they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from consentgate.policy.cookie import Cookie
from consentgate.policy.name_patterns import (
    STAR,
    PatternIndex,
    TooManyOverlapsError,
    matches,
    overlaps,
)
from consentgate.policy.names import Glob
from consentgate.policy.policy import Policy
from consentgate.policy.vocabulary import Kind

MOST_CLAIMS = 100_000
"""The most sets of names of one policy that are looked at."""

# Declared names are ASCII (policy/names.py).
_FRESH = "\xe9"

# What stands for the star in an example, in order of preference.
_FILLINGS = ("x", "1", "abc", "zq7", _FRESH)


class Outcome(NamedTuple):
    """What a name's rule asks for; None in its place: the name is not declared."""

    categories: frozenset[str]
    """The categories that must all be allowed."""
    exempt: bool


Rank = tuple[int, bool]
"""The number of literal characters, and whether the site itself declares it."""


class Member(NamedTuple):
    """A glob of a policy, as far as it decides the category of a name."""

    name: str
    outcome: Outcome
    rank: Rank
    """What comes first where it is greater (policy/lookup.py)."""

    @property
    def key(self) -> tuple[str, Rank]:
        """What it is known by in another policy, where it has the same rank."""
        return self.name, self.rank


@dataclass(frozen=True, slots=True)
class Claim:
    """A set of names, and the globs by which alone it may be decided.

    It is one glob, or what globs of one rank and different outcomes have in common: there the
    strictest decides (policy/lookup.py).
    """

    pattern: str
    members: frozenset[Member]

    @property
    def rank(self) -> Rank:
        """The rank of all its members."""
        return next(iter(self.members)).rank

    @property
    def outcomes(self) -> frozenset[Outcome]:
        """The outcomes of its members, each of another one."""
        return frozenset(member.outcome for member in self.members)


class ClaimIndex:
    """Finds the claims that may have names of a pattern."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        by_outcomes: dict[frozenset[Outcome], list[Claim]] = {}
        for claim in claims:
            by_outcomes.setdefault(claim.outcomes, []).append(claim)
        self._groups = [
            (outcomes, group, PatternIndex([claim.pattern for claim in group]))
            for outcomes, group in by_outcomes.items()
        ]

    def near(self, pattern: str, *, unlike: frozenset[Outcome] = frozenset()) -> Iterator[Claim]:
        """Yield the claims that may have a name in common with a pattern, without those of the
        outcomes `unlike`."""
        for outcomes, group, index in self._groups:
            if outcomes != unlike:
                yield from (group[number] for number in index.near(pattern))


def outcome_of(rule: Cookie | None) -> Outcome | None:
    """Return the outcome of a rule."""
    return None if rule is None else _outcome(rule)


def _outcome(rule: Cookie) -> Outcome:
    return Outcome(frozenset(rule.categories), rule.exempt)


def typical_name(pattern: str) -> str:
    """Return the name that stands for the names of a pattern."""
    return pattern.replace(STAR, _FRESH)


class Decisions:
    """The names and sets of names about which a policy decides. Raises TooManyOverlapsError."""

    def __init__(self, policy: Policy) -> None:
        self._find: Callable[[str], Cookie | None] = policy.rule_for_text
        site, presets = policy._resolved.rules
        members: list[Member] = []
        self.names: list[str] = []
        """The names that are declared as such."""
        for is_site, rules in ((True, site), (False, presets)):
            for rule in rules:
                if rule.kind is not Kind.COOKIE:
                    continue
                if rule.is_glob:
                    members.append(_member(rule, is_site=is_site))
                else:
                    self.names.append(rule.name)
        self.members = frozenset(members)
        self.claims = [*_single(members), *_contested(members)]

    def rule(self, name: str) -> Cookie | None:
        """Return the rule of a name, as the gate finds it."""
        return self._find(name)

    def names_in(self, pattern: str) -> Iterator[str]:
        """Yield the declared names that a pattern has."""
        return (name for name in self.names if matches(pattern, name))


def example_of(pattern: str, *decisions: Decisions) -> str:
    """Return a name of a pattern, as plain as possible, that is decided as its typical one."""
    typical = typical_name(pattern)
    for filling in _FILLINGS[:-1]:
        name = pattern.replace(STAR, filling)
        if all(decided.rule(name) == decided.rule(typical) for decided in decisions):
            return name
    return typical


def _member(rule: Cookie, *, is_site: bool) -> Member:
    return Member(rule.name, _outcome(rule), (Glob.of(rule.name).literal_length, is_site))


def _single(members: list[Member]) -> Iterator[Claim]:
    for member in members:
        yield Claim(member.name, frozenset([member]))


def _contested(members: list[Member]) -> list[Claim]:
    """Return what globs of one rank and different outcomes have in common."""
    by_rank: dict[Rank, list[Member]] = {}
    for member in members:
        by_rank.setdefault(member.rank, []).append(member)
    claims: dict[Claim, None] = {}
    for group in by_rank.values():
        if len({member.outcome for member in group}) > 1:
            _lay_over_each_other(group, claims)
    return list(claims)


def _lay_over_each_other(group: list[Member], claims: dict[Claim, None]) -> None:
    index = PatternIndex([member.name for member in group])
    pending = list(_single(group))
    while pending:
        claim = pending.pop()
        for member in (group[number] for number in index.near(claim.pattern)):
            if member.outcome in claim.outcomes:
                continue
            for pattern in overlaps(claim.pattern, member.name):
                common = Claim(pattern, claim.members | {member})
                if common not in claims:
                    claims[common] = None
                    pending.append(common)
        if len(claims) > MOST_CLAIMS:
            raise TooManyOverlapsError("the globs of the policy")
