"""Digests what a visitor agrees to in a category, so that a choice is valid while it is the same.

It covers the set of (name, kind, provider, party, purpose id, lifetime, hosts) of the declarations
that need consent, and of the headers that store for them; not other texts, translations, order or
paths. The form of the digested text must never change: each stored choice would become stale.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256

from consentgate.policy.cookie import Cookie
from consentgate.policy.lifetime import Lifetime
from consentgate.policy.text import text_in

_FORM = re.compile(r"[A-Za-z0-9_-]{8}")

# No fact contains these separators: names and hosts have no control characters, and in texts they
# count as white space, which is folded.
_BETWEEN_FACTS = "\x1f"
_BETWEEN_ROWS = "\x1e"


def is_fingerprint(text: object) -> bool:
    """Return whether `text` has the form of a fingerprint."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


def fingerprints(
    categories: Iterable[str], rules: Iterable[Cookie], *, language: str
) -> dict[str, str]:
    """Return the fingerprint of each category; `language` is the site's default one."""
    rows: dict[str, list[str]] = {name: [] for name in categories}
    for rule in rules:
        if not rule.exempt:
            row = _row(rule, language)
            for category in rule.categories:
                rows[category].append(row)
    return {name: _digest(name, facts) for name, facts in rows.items()}


def facts_of(rule: Cookie, language: str) -> dict[str, str]:
    """Return what a visitor agrees to in a rule: each fact that the fingerprint covers, by what it
    is."""
    return dict(zip(_FACTS, _facts(rule, language), strict=True))


_FACTS = ("name", "kind", "provider", "party", "purpose", "lifetime", "hosts", "headers")


def _row(rule: Cookie, language: str) -> str:
    *facts, headers = _facts(rule, language)
    # Left out where there are none, as before declarations could name headers.
    return _BETWEEN_FACTS.join([*facts, headers] if headers else facts)


def _facts(rule: Cookie, language: str) -> tuple[str, ...]:
    provider, purpose = rule.provider, rule.purpose_id or rule.purpose
    return (
        rule.name,
        rule.kind,
        _fold(provider if type(provider) is str else text_in(provider, language)),
        rule.party,
        _fold(purpose if type(purpose) is str else text_in(purpose, language)),
        _seconds(rule.lifetime),
        _hosts(rule) if "hosts" in rule.given else "",
        _headers(rule),
    )


# Cookies of one provider or purpose repeat the same texts.
@lru_cache(maxsize=1024)
def _fold(text: str) -> str:
    # Wrapping or indenting a text in another way does not change it.
    return " ".join(text.split())


@lru_cache(maxsize=256)
def _seconds(lifetime: Lifetime | None) -> str:
    if isinstance(lifetime, timedelta):
        return str(lifetime.days * 86400 + lifetime.seconds)
    return lifetime or ""


def _hosts(rule: Cookie) -> str:
    return " ".join(f"{kind}={host}" for kind, hosts in rule.hosts.items() for host in hosts)


def _headers(rule: Cookie) -> str:
    # Where a session is registered matters as little as the path of a cookie.
    return " ".join([*rule.headers, *["device-session"] * bool(rule.device_session)])


def _digest(category: str, rows: list[str]) -> str:
    text = _BETWEEN_ROWS.join([category, *sorted(rows)])
    # A lone surrogate, which a string can hold although no file can, must not fail here.
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    # 48 bits distinguish honest policies; the choice that carries them is signed.
    return urlsafe_b64encode(digest[:6]).decode("ascii")
