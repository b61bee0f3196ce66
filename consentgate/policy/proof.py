"""Proves that no cookie of a name leaves without the consent to a category, or says which does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consentgate.policy.cookie import Cookie
from consentgate.policy.decisions import Decisions, example_of, typical_name
from consentgate.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A name whose cookies leave without the consent in question, and the rule by which they do."""

    name: str
    rule: Cookie


def find_counterexample(policy: Policy, *, never: str, without: str) -> Counterexample | None:
    """Return a name of the pattern `never` that leaves without consent to the category `without`;
    None is a proof that there is none.

    It holds for a gate that enforces and strips what is not declared, which is the default, and
    for cookies that store something: a deletion always leaves. Raises TooManyOverlapsError.
    """
    decisions = Decisions(policy)
    for pattern in _sets_of(decisions, never):
        rule = decisions.rule(typical_name(pattern))
        if rule is not None and (rule.exempt or without not in rule.categories):
            return Counterexample(example_of(pattern, decisions), rule)
    return None


def _sets_of(decisions: Decisions, pattern: str) -> Iterator[str]:
    yield from decisions.names_in(pattern)
    yield from decisions.sets_in(pattern)
