"""The snippets in the pages of the site: the banner, or the link back to the choice.

They are ASCII with character references, so that they fit into a page in any encoding that extends
ASCII.
"""

from __future__ import annotations

import json
import re
import secrets
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from consentgate._cache import BoundedCache
from consentgate.choice.consent import NECESSARY, Consent
from consentgate.pages.categories import category_views
from consentgate.pages.charter import Charter
from consentgate.pages.templating import Templates
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

_PLAIN = re.compile(rb"[A-Za-z0-9_.~/-]*")  # is the same in a query and in HTML

# The percent-encoding of what a path has that a query's value must not have.
_IN_QUERY = {ord(one): quote(one, safe="") for one in "?%:@!$&'()*+,;=[]"}


class Frame(NamedTuple):
    """Everything that a snippet depends on, apart from the page to come back to and the nonce."""

    template: str
    texts: Texts
    mount: str
    has_next: bool = False
    has_nonce: bool = False
    readable_cookie: str = ""


class _Blanks(NamedTuple):
    """A snippet as pieces of text, some of which are blanks to be filled in: the places of those
    for the page to come back to, in a query and as it is, and for the nonce."""

    pieces: list[bytes]
    in_query: tuple[int, ...]
    as_it_is: tuple[int, ...]
    nonce: tuple[int, ...]


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
        self._blanks: BoundedCache[Frame, _Blanks] = BoundedCache(
            most_entries=128, most_bytes=1 << 20, longest_key=512
        )

    def fill(self, frame: Frame, *, next_path: str = "", nonce: str = "") -> bytes:
        """Return the snippet for one page, in ASCII. `frame` says whether there are a path, which
        `checked_path` returned, and a nonce."""
        blanks = self._blanks.get(frame)
        if blanks is None:
            text = self._render(frame)
            blanks = self._cut(text)
            self._blanks.remember(frame, blanks, weight_bytes=2 * len(text))
        pieces = [*blanks.pieces]
        if next_path:
            path = next_path.encode("ascii")
            if not _PLAIN.fullmatch(path):
                path = escape(next_path).encode("ascii")
                next_path = next_path.translate(_IN_QUERY)
            query = b"next=" + next_path.encode("ascii")
            for at in blanks.in_query:
                pieces[at] = query
            for at in blanks.as_it_is:
                pieces[at] = path
        if nonce:
            value = as_ascii(escape(nonce)).encode("ascii")
            for at in blanks.nonce:
                pieces[at] = value
        return b"".join(pieces)

    def _cut(self, text: str) -> _Blanks:
        query, path, nonce = f"next={self._next_mark}", self._next_mark, self._nonce_mark
        pieces = re.split(f"({query}|{path}|{nonce})", text)
        places = {
            mark: tuple(at for at, piece in enumerate(pieces) if piece == mark)
            for mark in (query, path, nonce)
        }
        texts = [piece.encode("ascii") for piece in pieces]
        return _Blanks(texts, places[query], places[path], places[nonce])

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
