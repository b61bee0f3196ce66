"""Digests what a visitor agrees to in a category, so that a choice holds while it is the same.

What counts is the set of (name, kind, provider, party, purpose id, lifetime, hosts) of the
declarations that need consent. Other texts, translations, order and paths do not count. The form
of the digested text must never change: each stored choice would be stale.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from consentgate.policy.cookie import Cookie
from consentgate.policy.lifetime import Lifetime
from consentgate.policy.text import text_in

_FORM = re.compile(r"[A-Za-z0-9_-]{8}")

Row = tuple[str, str, str, str, str, str, tuple[tuple[str, tuple[str, ...]], ...]]


def is_fingerprint(text: object) -> bool:
    """Tell whether `text` has the form of a fingerprint."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


def fingerprints(
    categories: Iterable[str], rules: Iterable[Cookie], *, language: str
) -> dict[str, str]:
    """Return the fingerprint of each category; `language` is the site's default one."""
    rows: dict[str, list[Row]] = {name: [] for name in categories}
    for rule in rules:
        if not rule.exempt:
            row = _row(rule, language)
            for category in rule.categories:
                rows[category].append(row)
    return {name: _digest(name, sorted(found)) for name, found in rows.items()}


def _row(rule: Cookie, language: str) -> Row:
    return (
        rule.name,
        rule.kind,
        text_in(rule.provider, language),
        rule.party,
        rule.purpose_id or " ".join(text_in(rule.purpose, language).split()),
        _seconds(rule.lifetime),
        tuple(rule.hosts.items()),
    )


def _seconds(lifetime: Lifetime | None) -> str:
    if isinstance(lifetime, timedelta):
        return str(lifetime.days * 86400 + lifetime.seconds)
    return lifetime or ""


def _digest(category: str, rows: list[Row]) -> str:
    # ASCII and without blanks: the same bytes on each version of Python.
    text = json.dumps([category, rows], ensure_ascii=True, separators=(",", ":"))
    # 48 bits tell honest policies apart; the choice that carries them is signed.
    return urlsafe_b64encode(sha256(text.encode("ascii")).digest()[:6]).decode("ascii")
