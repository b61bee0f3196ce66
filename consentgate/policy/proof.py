"""Proves that no cookie of a name leaves without the consent to a category, or says which does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consentgate.policy.cookie import Cookie
from consentgate.policy.decisions import (
    ClaimIndex,
    Decisions,
    Outcome,
    example_of,
    outcome_of,
    typical_name,
)
from consentgate.policy.name_patterns import overlaps
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
    ruled = (
        (pattern, decisions.rule(typical_name(pattern)))
        for pattern in _suspicious_sets(decisions, never, without)
    )
    return next(
        (
            Counterexample(example_of(pattern, decisions), rule)
            for pattern, rule in ruled
            if rule is not None and _lets_out(rule, without)
        ),
        None,
    )


def _suspicious_sets(decisions: Decisions, never: str, without: str) -> Iterator[str]:
    """Yield sets of names such that, if any name leaves, the typical name of one of them does."""
    yield from decisions.names_in(never)
    suspicious = [
        claim
        for claim in decisions.claims
        if any(_leaves(outcome, without) for outcome in claim.outcomes)
    ]
    for claim in ClaimIndex(suspicious).near(never):
        yield from overlaps(claim.pattern, never)


def _lets_out(rule: Cookie, without: str) -> bool:
    outcome = outcome_of(rule)
    return outcome is not None and _leaves(outcome, without)


def _leaves(outcome: Outcome, without: str) -> bool:
    return outcome.exempt or without not in outcome.categories
