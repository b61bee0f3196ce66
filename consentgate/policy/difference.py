"""What differs between two policies for visitors: categories of names, and what is asked again.

It is exact: a name that has another category is of one of the changes, and each has an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consentgate.policy.cookie import Cookie
from consentgate.policy.decisions import Decisions, example_of, typical_name
from consentgate.policy.fingerprint import facts_of
from consentgate.policy.policy import Policy


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
    changes: dict[tuple[str, int, int], NameChange] = {}
    for pattern in _sets_to_compare(old, new):
        name = typical_name(pattern)
        if old.outcome(name) != new.outcome(name):
            rules = old.rule(name), new.rule(name)
            key = (pattern, id(rules[0]), id(rules[1]))
            if key not in changes:
                changes[key] = NameChange(pattern, example_of(pattern, old, new), *rules)
    return Difference(tuple(changes.values()), tuple(_asked_again(before, after)))


def _sets_to_compare(old: Decisions, new: Decisions) -> Iterator[str]:
    """Yield sets of names such that each name with another category is in one of these, whose
    typical name then has the same two outcomes.

    Where the rules of the highest rank are unchanged in both policies, so is the outcome: the set
    of a changed name is laid over by a changed glob.
    """
    yield from dict.fromkeys([*old.names, *new.names])
    for changed, other in ((old, new), (new, old)):
        for claim in changed.claims:
            if not claim.members <= other.members:
                yield claim.pattern
                yield from other.sets_in(claim.pattern)


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
