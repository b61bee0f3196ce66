"""Says why a name has the rule that it has: which others match it, and why they do not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import DeclaredAt
from consentgate.policy.name_patterns import matches
from consentgate.policy.names import Glob
from consentgate.policy.policy import Policy
from consentgate.policy.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Precedence:
    """The rule of a name, where it is declared, and why it comes before `beaten`.

    `rule` is None, and the rest empty, where the name is not declared.
    """

    rule: Cookie | None
    place: str = ""
    why: str = ""
    beaten: tuple[str, ...] = ()
    """The names of the other rules that match, the next one first."""


def precedence_of(policy: Policy, name: str) -> Precedence:
    """Return which rule a name has, which is what the gate finds, and why."""
    rule = policy.rule_for_text(name)
    if rule is None:
        return Precedence(None)
    site = policy._resolved.site
    ranked = sorted(
        (entry for entry in policy._resolved.entries if _matches(entry.cookie, name)),
        key=lambda entry: _rank(entry, is_site=entry in site),
        reverse=True,
    )
    best = [entry for entry in ranked if entry.cookie.name == rule.name]
    others = tuple(entry for entry in ranked if entry.cookie.name != rule.name)
    return Precedence(
        rule=rule,
        place=best[0].place.rpartition(" (")[0],
        why=_why(rule, others, is_site=best[0] in site),
        beaten=tuple(entry.cookie.name for entry in others),
    )


def _matches(cookie: Cookie, name: str) -> bool:
    return cookie.kind is Kind.COOKIE and matches(cookie.name, name)


def _rank(entry: DeclaredAt, *, is_site: bool) -> tuple[bool, int, bool]:
    """Return what comes first where it is greater, as the gate's lookup has it."""
    name = entry.cookie.name
    literal = Glob.of(name).literal_length if entry.cookie.is_glob else len(name)
    return not entry.cookie.is_glob, literal, is_site


def _why(rule: Cookie, others: Sequence[DeclaredAt], *, is_site: bool) -> str:
    if not rule.is_glob:
        return "it has exactly this name" if others else "it has this name"
    if not others:
        return "no other rule matches"
    length = Glob.of(rule.name).literal_length
    if Glob.of(others[0].cookie.name).literal_length < length:
        return f"it has the most characters besides stars ({length})"
    if is_site and others[0].source.startswith("preset "):
        return "it is as literal as the next one, and the site's own comes before a preset's"
    return "of equally literal ones the stricter applies, or the first"
