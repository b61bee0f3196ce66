"""Settles what holds where more than one declaration speaks of a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consentgate.policy.cookie import Cookie, requiring


def strictest(rules: Sequence[Cookie]) -> Cookie:
    """Return the rule that allows least: necessary < anonymous < needs consent.

    Among equally strict ones it is the first, and wants the categories of all of them.
    """
    most = max(map(_strictness, rules))
    strict = [rule for rule in rules if _strictness(rule) == most]
    wanted = dict.fromkeys(name for rule in strict for name in rule.categories)
    return strict[0] if len(wanted) == 1 else requiring(strict[0], *wanted)


def _strictness(rule: Cookie) -> int:
    if rule.necessary:
        return 0
    return 1 if rule.exempt else 2


def override(declared: Cookie, *, below: Cookie) -> Cookie:
    """Return `declared`, with what it leaves unsaid taken from the declaration `below` it.

    Raises PolicyError where the two together make no sense.
    """
    # Any: each field has a type of its own, and was checked when it was first given.
    said: dict[str, Any] = {key: getattr(below, key) for key in below.given}
    if declared.necessary != below.necessary:
        # The reason why something else was exempt is not the reason of this.
        said.pop("exempt_reason", None)
    if declared.purpose not in ("", below.purpose):
        # Another purpose is another thing to agree to; its id goes with it (GDPR art. 6(1)(a)).
        said.pop("purpose_id", None)
    said.update((key, getattr(declared, key)) for key in declared.given)
    return Cookie(declared.name, category=declared.category, **said)
