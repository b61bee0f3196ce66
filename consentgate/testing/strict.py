"""The message with which a strict run fails a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from consentgate.policy import Policy
from consentgate.testing.breaches import Breach, describe
from consentgate.testing.watching import Sighting


def explain(sightings: Iterable[Sighting], allowed: Sequence[str]) -> str:
    """Return what is wrong with the cookies that were seen, "" if nothing is. `allowed` are names
    and globs of cookies that are let pass."""
    by_policy: dict[Policy, list[Breach]] = {}
    for sighting in sightings:
        if not any(fnmatchcase(sighting.seen.name, name) for name in allowed):
            by_policy.setdefault(sighting.policy, []).extend(sighting.breaches)
    texts = [describe(breaches, policy) for policy, breaches in by_policy.items() if breaches]
    if not texts:
        return ""
    names = {breach.name for breaches in by_policy.values() for breach in breaches}
    count = "1 cookie is" if len(names) == 1 else f"{len(names)} cookies are"
    return "\n\n".join([f"{count} not as the policy declares (--consent-strict):", *texts])
