"""Decides which declaration applies where several have the same name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consentgate.policy.cookie import Cookie, requiring


def strictest(rules: Sequence[Cookie]) -> Cookie:
    """Return the rule that allows least: necessary < anonymous < needs consent.

    Of several equally strict rules the first is returned, requiring the categories of all.
    """
    most = max(map(_strictness, rules))
    strict = [rule for rule in rules if _strictness(rule) == most]
    categories = dict.fromkeys(name for rule in strict for name in rule.categories)
    return strict[0] if len(categories) == 1 else requiring(strict[0], *categories)


def _strictness(rule: Cookie) -> int:
    if rule.necessary:
        return 0
    return 1 if rule.exempt else 2


def override(declared: Cookie, *, below: Cookie) -> Cookie:
    """Return `declared` with the fields that it leaves out taken from the declaration `below` it.

    Raises PolicyError where the fields of the two do not agree.
    """
    # Any: each field has its own type, and was checked when it was first given.
    fields: dict[str, Any] = {key: getattr(below, key) for key in below.given}
    if declared.necessary != below.necessary:
        # The exempt reason is that of another category.
        fields.pop("exempt_reason", None)
    if declared.purpose not in ("", below.purpose):
        # Consent is to one purpose, and the id names that purpose (GDPR art. 6(1)(a)).
        fields.pop("purpose_id", None)
    fields.update((key, getattr(declared, key)) for key in declared.given)
    return Cookie(declared.name, category=declared.category, **fields)
