"""The snippets in the pages of the site: the banner, or the link back to the choice.

They are ASCII with character references, so that they fit into a page in any encoding that extends
ASCII.
"""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from consentgate.choice.consent import NECESSARY, Consent
from consentgate.pages.categories import category_views
from consentgate.pages.charter import Charter
from consentgate.pages.templating import Templates
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

MOST_FRAMES = 128
"""How many texts are kept ready: one for each kind, language and mount point."""


class Frame(NamedTuple):
    """Everything that a snippet depends on, apart from the page to come back to and the nonce."""

    template: str
    texts: Texts
    mount: str
    has_next: bool = False
    has_nonce: bool = False
    readable_cookie: str = ""


class Snippets:
    """The snippets of one policy. Each is rendered once, and then only filled in."""

    def __init__(self, policy: Policy, charter: Charter, templates: Templates) -> None:
        self._charter = charter
        self._templates = templates
        self._undecided = _undecided(policy)
        self._signalled = " ".join(
            name for name in policy.consent_categories if _has_signal(policy, name)
        )
        # Secret, so that no text of a site or a visitor is taken for one of them.
        self._next_mark, self._nonce_mark = secrets.token_hex(16), secrets.token_hex(16)
        self._rendered = lru_cache(maxsize=MOST_FRAMES)(self._render)

    def fill(self, frame: Frame, *, next_path: str = "", nonce: str = "") -> str:
        """Return the snippet for one page."""
        text = self._rendered(frame._replace(has_next=bool(next_path), has_nonce=bool(nonce)))
        if next_path:
            text = text.replace(f"next={self._next_mark}", f"next={quote(next_path, safe='/')}")
            text = text.replace(self._next_mark, as_ascii(escape(next_path)))
        return text.replace(self._nonce_mark, as_ascii(escape(nonce))) if nonce else text

    def _render(self, frame: Frame) -> str:
        texts, mark = frame.texts, self._next_mark if frame.has_next else ""
        consent = Consent.undecided()
        return as_ascii(
            self._templates.render(
                frame.template,
                texts,
                links=self._templates.links(texts, mount=frame.mount, next_path=mark),
                nonce=self._nonce_mark if frame.has_nonce else "",
                categories=category_views(self._charter, texts, consent=consent),
                readable_cookie=frame.readable_cookie,
                undecided=self._undecided,
                signalled=self._signalled,
            )
        )


def as_ascii(text: str) -> str:
    """Return a text of HTML in ASCII, with references to all other characters."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _undecided(policy: Policy) -> str:
    """Return the states of the categories before any choice, as JSON for scripts."""
    asked = policy.consent_categories
    names = (NECESSARY, *policy.optional_categories)
    states = {name: "undecided" if name in asked else "exempt" for name in names}
    return json.dumps(states, separators=(",", ":"))


def _has_signal(policy: Policy, name: str) -> bool:
    category = policy.category(name)
    return category is not None and category.gpc
