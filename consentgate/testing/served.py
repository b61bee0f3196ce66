"""What a site declares, as its gate serves it to scripts: so that a test need not be given it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from consentgate.policy import Basis, Cookie
from consentgate.policy.cookie import on_basis, requiring
from consentgate.policy.lookup import RuleLookup


@dataclass(frozen=True, slots=True)
class ServedPolicy:
    """The declaration in `policy.json`: which rule a cookie falls under, and what a visitor is
    asked. It has what the messages of tests need, and nothing to enforce."""

    rules: tuple[Cookie, ...]
    categories: tuple[str, ...]
    preferences_cookie: str
    default_language: str
    _lookup: RuleLookup = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lookup", RuleLookup(self.rules, ()))

    def rule_for(self, name: str) -> Cookie | None:
        """Return the rule of a cookie, None where it is not declared."""
        return self._lookup.find(name)


def read_served(text: str) -> ServedPolicy | None:
    """Return the declaration in the text of `policy.json`, None where that is something else."""
    try:
        document = json.loads(text)
        return ServedPolicy(
            rules=tuple(map(_rule, document["cookies"])),
            categories=tuple(category["name"] for category in document["categories"]),
            preferences_cookie=document["preferences_cookie"],
            default_language=document["default_language"],
        )
    except (ValueError, KeyError, TypeError):
        return None


# Any: an object of JSON
def _rule(declared: dict[str, Any]) -> Cookie:
    rule = Cookie(
        declared["name"],
        category=declared["category"],
        kind=declared["kind"],
        anonymous=declared["anonymous"],
    )
    judged = rule if rule.necessary else on_basis(rule, Basis(declared["basis"]), None)
    return requiring(judged, *declared["categories"])
