"""What differs between two policies for visitors: categories of names, and what is asked again.

It is exact: a name that has another category is of one of the changes, and each has an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consentgate.policy.cookie import Cookie
from consentgate.policy.decisions import (
    Claim,
    ClaimIndex,
    Decisions,
    Member,
    Rank,
    example_of,
    outcome_of,
    typical_name,
)
from consentgate.policy.fingerprint import facts_of
from consentgate.policy.name_patterns import TooManyOverlapsError, overlaps
from consentgate.policy.policy import Policy

MOST_PAIRS = 200_000
"""The most pairs of overlapping globs that are compared: only policies of thousands of globs that
have nothing in common have more."""


@dataclass(frozen=True, slots=True)
class NameChange:
    """Names that have another category: those of `pattern` that both rules decide.

    A rule is None where the names are not declared.
    """

    pattern: str
    example: str
    before: Cookie | None
    after: Cookie | None


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A category about which visitors are asked again, and why, one reason for each declaration."""

    category: str
    before: str
    """Its old fingerprint, "" where there was no such category."""
    after: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two policies."""

    names: tuple[NameChange, ...]
    asked_again: tuple[AskedAgain, ...]

    def __bool__(self) -> bool:
        return bool(self.names or self.asked_again)


def difference(before: Policy, after: Policy) -> Difference:
    """Return the difference of two policies. Raises TooManyOverlapsError."""
    old, new = Decisions(before), Decisions(after)
    names = []
    for pattern in dict.fromkeys(_sets_to_compare(old, new)):
        rules = [decisions.rule(typical_name(pattern)) for decisions in (old, new)]
        if outcome_of(rules[0]) != outcome_of(rules[1]):
            names.append(NameChange(pattern, example_of(pattern, old, new), *rules))
    return Difference(tuple(names), tuple(_asked_again(before, after)))


def _sets_to_compare(old: Decisions, new: Decisions) -> Iterator[str]:
    """Yield sets of names such that, for each name whose outcome changes, the typical name of one
    has the same two outcomes. Raises TooManyOverlapsError.

    A name that is declared as such is a set by itself. Any other name has globs of the highest rank
    in both policies, or none; if these are the same, so is the outcome. So one of them is changed,
    and the set is what it has in common with a glob that may decide in the other policy.
    """
    yield from (*old.names, *new.names)
    count = 0
    for changed, other in ((old, new), (new, old)):
        partners = _Partners(changed, other)
        for claim in changed.claims:
            differing = claim.members - other.members
            if not differing:
                continue
            yield claim.pattern
            for partner in partners.of(claim, min(differing)):
                count += 1
                if count > MOST_PAIRS:
                    raise TooManyOverlapsError("the globs of both policies")
                yield from overlaps(claim.pattern, partner.pattern)


class _Partners:
    """The claims of another policy that may decide about names of a changed claim."""

    def __init__(self, changed: Decisions, other: Decisions) -> None:
        self._kept = {member.key for member in other.members}
        self._known = {member.key for member in changed.members}
        self._claims = ClaimIndex(other.claims)
        self._added = ClaimIndex([claim for claim in other.claims if not self._knows(claim)])
        self._with: dict[tuple[str, Rank], list[Claim]] = {}
        for claim in other.claims:
            for member in claim.members:
                self._with.setdefault(member.key, []).append(claim)

    def of(self, claim: Claim, member: Member) -> Iterator[Claim]:
        """Yield the claims to compare with `claim`, of which `member` is changed.

        While `member` is one of the highest rank, no glob of a higher rank matches. A glob that
        both policies have has one rank in both: it is in neither of them before `member`, and
        where the other policy has `member` too, only what is added there can be.
        """
        if member.key in self._kept:
            yield from self._with[member.key]
            added = self._added.near(claim.pattern, unlike=claim.outcomes)
            yield from (other for other in added if other.rank > member.rank)
        else:
            for other in self._claims.near(claim.pattern, unlike=claim.outcomes):
                if other.rank <= member.rank or not self._knows(other):
                    yield other

    def _knows(self, claim: Claim) -> bool:
        return any(member.key in self._known for member in claim.members)


def _asked_again(before: Policy, after: Policy) -> Iterator[AskedAgain]:
    renamed = before.preferences_cookie != after.preferences_cookie
    known = {category.name for category in before.categories}
    for name in after.consent_categories:
        old = before.fingerprint(name) if name in known else ""
        was_asked = name in before.consent_categories
        if renamed:
            reasons = [f"the choice is kept in {after.preferences_cookie!r} now"]
        elif was_asked and after.accepts_fingerprint(name, old):
            continue
        else:
            reasons = list(_reasons(before, after, name))
        yield AskedAgain(name, old if was_asked else "", after.fingerprint(name), tuple(reasons))


def _reasons(before: Policy, after: Policy, category: str) -> Iterator[str]:
    old, new = _declared(before, category), _declared(after, category)
    for key in sorted({*old, *new}):
        if key not in old:
            yield f"{key[0]} is new"
        elif key not in new:
            yield f"{key[0]} is gone"
        elif old[key] != new[key]:
            changed = [fact for fact in old[key] if old[key][fact] != new[key][fact]]
            yield f"{key[0]} has another {', '.join(changed)}"


def _declared(policy: Policy, category: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return the facts of each declaration that a choice for the category covers, by name and
    kind."""
    return {
        (rule.name, rule.kind): facts_of(rule, policy.default_language)
        for rule in policy.rules
        if category in rule.categories and not rule.exempt
    }
