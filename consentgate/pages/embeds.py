"""What a page shows in the place of an embed that the visitor does not allow.

"Show once" is a form that leads back to the same page with the embed's name in its query, so that
nothing is stored. It counts only if the browser says that a page of the same site led there: a link
elsewhere cannot make a visitor load what a third party embeds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from consentgate.gate.exchange import Exchange
from consentgate.policy import Party, Policy, Text

ONCE = "consent-once"
"""The field of a page's query that names the embed to show."""

MOST_FIELDS = 100  # of a query that are kept
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Embed:
    """One embed: the category that it needs, who provides it, and its size in CSS pixels, 0 where
    it has none. `name` is its id in the page."""

    name: str
    category: str
    provider: str = ""
    width: int = 0
    height: int = 0


def name_of(category: str, content: str) -> str:
    """Return a name for what is embedded, the same each time."""
    return f"{category}-{hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]}"


def providers_of(category: str, policy: Policy) -> tuple[Text, ...]:
    """Return who sets something in a category, third parties alone if there are any; each once."""
    rules = [rule for rule in policy.rules if category in rule.categories and rule.provider]
    third = [rule for rule in rules if rule.party is Party.THIRD]
    return tuple(dict.fromkeys(rule.provider for rule in third or rules))


def is_shown_once(name: str, exchange: Exchange, *, query: str) -> bool:
    """Return whether the visitor asked, on a page of the same site, to show this embed."""
    if (ONCE, name) not in fields_of(query):
        return False
    exchange.make_private()
    site = exchange.header("sec-fetch-site")
    if site:
        return site == "same-origin"
    # Browsers say so over https only; a referrer has the host of the page that led here.
    try:
        return urlsplit(exchange.header("referer")).netloc == exchange.header("host") != ""
    except ValueError:
        return False


def fields_of(query: str) -> list[tuple[str, str]]:
    """Return the fields of a query; none where it has too many."""
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []
