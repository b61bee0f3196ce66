"""A declaration as somebody at a terminal reads it: rows of its cookies.

Every command line uses it: `consentgate`, `flask consent` and `manage.py consent_check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consentgate.errors import Finding
from consentgate.policy.cookie import Cookie
from consentgate.policy.lifetime import lifetime_text
from consentgate.policy.policy import Policy
from consentgate.policy.text import text_in

COLUMNS = ("name", "category", "provider", "lifetime")
"""The headings of `cookie_rows`."""

_BETWEEN = "  "


def cookie_rows(policy: Policy) -> list[tuple[str, str, str, str]]:
    """Return of each rule its name, category, provider (or else service) and lifetime."""
    return [cookie_row(rule, policy.default_language) for rule in policy.rules]


def cookie_row(rule: Cookie, language: str) -> tuple[str, str, str, str]:
    """Return what `COLUMNS` name of a rule."""
    provider = text_in(rule.provider, language) or text_in(rule.service, language)
    lifetime = "" if rule.lifetime is None else lifetime_text(rule.lifetime)
    return rule.name, category_text(rule), provider, lifetime


def category_text(rule: Cookie | None) -> str:
    """Return what must be allowed: "statistics", "statistics + video", "statistics (anonymous)";
    "undeclared" where there is no rule."""
    if rule is None:
        return "undeclared"
    text = " + ".join(rule.categories)
    return f"{text} (anonymous)" if rule.exempt and not rule.necessary else text


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines of plain text, each column as wide as its longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield _BETWEEN.join(cells).rstrip()


def finding_json(finding: Finding) -> dict[str, str]:
    """Return a finding as JSON has it."""
    return {
        "id": finding.id,
        "place": finding.place,
        "message": finding.message,
        "hint": finding.hint,
    }
