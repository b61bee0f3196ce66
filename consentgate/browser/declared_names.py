"""The names that a policy declares, as scripts in a browser look them up: patterns in the order in
which they count, so that the first one that matches decides as the server would."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from consentgate.policy import Cookie, Kind, Policy
from consentgate.policy.name_patterns import TooManyOverlapsError, overlaps
from consentgate.policy.names import Glob

STORED = frozenset(
    {
        *(Kind.COOKIE, Kind.LOCAL_STORAGE, Kind.SESSION_STORAGE, Kind.INDEXED_DB),
        *(Kind.CACHE_STORAGE, Kind.STORAGE_BUCKET, Kind.PRIVATE_FILE, Kind.SERVICE_WORKER),
    }
)
"""What scripts can store by name; the other kinds are loaded, and have hosts."""

# The characters with a meaning in a regular expression (ECMA-262, SyntaxCharacter), and "/".
_SYNTAX = re.compile(r"[\^$\\.*+?()[\]{}|/]")

Rule = tuple[str, list[str], int]
"""The source of a regular expression, the categories that must be allowed, and 1 for what is
exempt until one of them is refused."""

_Rank = tuple[bool, int, bool]


class _Ranked(NamedTuple):
    rank: _Rank
    rule: Cookie


def rules_by_kind(policy: Policy) -> dict[str, list[Rule]]:
    """Return the rules of all that is stored, by kind, the most precise first.

    The preferences cookie has none: only the server writes it.
    """
    preferences_cookie = policy.preferences_cookie
    ranked = sorted(
        (
            _Ranked(_rank_of(rule, is_site=is_site), rule)
            for rule, is_site in policy.rules_by_origin()
            if rule.kind in STORED
            and not (rule.kind is Kind.COOKIE and rule.name == preferences_cookie)
        ),
        key=lambda entry: entry.rank,
        reverse=True,
    )
    # A category that nobody can allow.
    rules: dict[str, list[Rule]] = {Kind.COOKIE.value: [(_source_of(preferences_cookie), [""], 0)]}
    for _, same in groupby(ranked, key=lambda entry: entry.rank):
        group = [entry.rule for entry in same]
        for rule in group:
            rules.setdefault(rule.kind.value, []).append(_rule_among(rule, group))
    return rules


def _rank_of(rule: Cookie, *, is_site: bool) -> _Rank:
    """Return what comes first where it is greater, as the gate's lookup has it."""
    if not rule.is_glob:
        return True, len(rule.name), is_site
    return False, Glob.of(rule.name).literal_length, is_site


def _rule_among(rule: Cookie, group: Iterable[Cookie]) -> Rule:
    """Return a rule that is as strict as all those, equally precise, that match one of its
    names."""
    near = [rule, *(other for other in group if other is not rule and _meet(rule, other))]
    categories = sorted(
        {name for cookie in near if not cookie.necessary for name in cookie.categories}
    )
    exempt = all(cookie.exempt for cookie in near)
    return _source_of(rule.name), categories, int(exempt)


def _meet(rule: Cookie, other: Cookie) -> bool:
    if rule.kind is not other.kind or not rule.is_glob:
        return False
    try:
        return any(True for _ in overlaps(rule.name, other.name))
    except TooManyOverlapsError:
        return True


def _source_of(name: str) -> str:
    literals = [_SYNTAX.sub(r"\\\g<0>", literal) for literal in name.split("*")]
    return f"^{'.*'.join(literals)}$"
