"""The snippets in the pages of the site: the banner, or the link back to the choice.

They are ASCII with character references, so that they fit into a page in any encoding that extends
ASCII.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from enum import IntEnum
from html import escape
from string import ascii_letters, digits
from typing import NamedTuple, TypedDict
from urllib.parse import quote

from consentgate._cache import BoundedCache
from consentgate.choice.consent import NECESSARY, Consent
from consentgate.pages.categories import category_views
from consentgate.pages.charter import Charter
from consentgate.pages.templating import Templates
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

_PLAIN = f"{ascii_letters}{digits}_.~/-".encode("ascii")  # is the same in a query and in HTML
_USUAL = b"?=&"  # is all else that nearly every path with a query has

# The percent-encoding of what a path has that a query's value must not have.
_IN_QUERY = {ord(char): quote(char, safe="") for char in "?%:@!$&'()*+,;=[]"}


Saved = tuple[frozenset[str], frozenset[str]]
"""The categories granted and refused by the choice that the request's own cookie proves."""


class FrameFields(TypedDict, total=False):
    """What a snippet for one visitor depends on besides its template, texts and mount."""

    has_next: bool
    has_nonce: bool
    is_dead: bool
    saved: Saved | None
    signalled: frozenset[str]


STATIC_BANNER = "static_banner.html"


class Frame(NamedTuple):
    """Everything that a snippet depends on, apart from the page to come back to and the nonce.

    `is_dead`: the rules of the page block its forms, so that a link leads to the choice.
    `signalled`: the categories that the browser's signal refuses, as the snippet says.
    """

    template: str
    texts: Texts
    mount: str
    has_next: bool = False
    has_nonce: bool = False
    readable_cookie: str = ""
    is_dead: bool = False
    saved: Saved | None = None
    signalled: frozenset[str] = frozenset()


class Blank(IntEnum):
    """What is filled into a form: the page to come back to as an address, the same as the value of
    a query's field, or the nonce."""

    PATH = 0
    IN_QUERY = 1
    NONCE = 2


class Form:
    """A text with blanks for the page to come back to and for the nonce.

    `texts` are what is between the blanks, and `blanks` say what is filled in after each of them
    but the last.
    """

    __slots__ = ("_blanks", "_pieces", "weight_bytes")

    def __init__(self, texts: Sequence[bytes], blanks: Sequence[Blank]) -> None:
        self._pieces = [b""] * (len(texts) + len(blanks))
        self._pieces[::2] = texts
        self._blanks = tuple(map(int, blanks))
        self.weight_bytes = sum(map(len, texts))

    def fill(self, next_path: str, nonce: str = "") -> bytes:
        """Return the text for one page. `next_path` is what `checked_path` returned, or empty, as
        it was when the form was made; so is the nonce."""
        path = in_query = next_path.encode()
        others = path.translate(None, _PLAIN)
        if others.strip(_USUAL):
            path = escape(next_path).encode()
            in_query = next_path.translate(_IN_QUERY).encode()
        elif others:
            in_query = path.replace(b"?", b"%3F").replace(b"=", b"%3D").replace(b"&", b"%26")
            path = path.replace(b"&", b"&amp;")
        value = as_ascii(escape(nonce)).encode("ascii") if nonce else b""
        values = (path, in_query, value)  # as `Blank` numbers them
        pieces = self._pieces.copy()
        pieces[1::2] = map(values.__getitem__, self._blanks)
        return b"".join(pieces)


class Blanks:
    """What is rendered in the place of a page to come back to and of a nonce, which are filled in
    later. It is secret, so that no text of a site or a visitor is taken for one of them."""

    def __init__(self) -> None:
        self.next_path, self.nonce = secrets.token_hex(16), secrets.token_hex(16)

    def form_of(self, text: str) -> Form:
        """Return a rendered text with blanks in the place of these."""
        pieces = re.split(f"({self.next_path}|{self.nonce})", text)
        texts, marks = pieces[::2], pieces[1::2]
        blanks = [self._blank_of(mark, text) for text, mark in zip(texts, marks, strict=False)]
        return Form([text.encode("utf-8") for text in texts], blanks)

    def _blank_of(self, mark: str, before: str) -> Blank:
        if mark == self.nonce:
            return Blank.NONCE
        return Blank.IN_QUERY if before.endswith("next=") else Blank.PATH


class Snippets:
    """The snippets of one policy. Each is rendered once, and then only filled in."""

    def __init__(
        self, policy: Policy, charter: Charter, templates: Templates, blanks: Blanks
    ) -> None:
        self._charter = charter
        self._templates = templates
        self._undecided = _undecided(policy)
        self._signalled = " ".join(
            name for name in policy.offered_categories if name in policy.signalled
        )
        self._blanks = blanks
        self._forms: BoundedCache[Frame, Form] = BoundedCache(
            most_entries=128, most_bytes=1 << 20, longest_key=512
        )

    def form(self, frame: Frame) -> Form:
        """Return the snippet with blanks where the path and the nonce belong, if it has them."""
        form = self._forms.get(frame)
        if form is None:
            form = self._blanks.form_of(self._render(frame))
            self._forms.remember(frame, form, weight_bytes=2 * form.weight_bytes)
        return form

    def _render(self, frame: Frame) -> str:
        texts, mark = frame.texts, self._blanks.next_path if frame.has_next else ""
        granted, refused = frame.saved or (frozenset(), frozenset())
        categories = category_views(self._charter, texts, consent=Consent(granted, refused))
        # Pages for everybody name all that the signal may refuse, and the script shows it.
        signalled = frame.signalled or self._shared_signal(frame)
        purposes = [view.title.text for view in categories if view.name in signalled]
        return as_ascii(
            self._templates.render(
                frame.template,
                texts,
                links=self._templates.links(texts, mount=frame.mount, next_path=mark),
                nonce=self._blanks.nonce if frame.has_nonce else "",
                categories=categories,
                readable_cookie=frame.readable_cookie,
                is_dead=frame.is_dead,
                is_saved=frame.saved is not None,
                undecided=self._undecided,
                signalled=self._signalled,
                signal_purposes=texts.list_of(purposes),
            )
        )

    def _shared_signal(self, frame: Frame) -> frozenset[str]:
        is_shared = frame.template == STATIC_BANNER
        return frozenset(self._signalled.split()) if is_shared else frozenset()


def as_ascii(text: str) -> str:
    """Return a text of HTML in ASCII, with references to all other characters."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _undecided(policy: Policy) -> str:
    """Return the states of the categories before any choice, as JSON for scripts."""
    asked = policy.consent_categories
    names = (NECESSARY, *policy.optional_categories)
    states = {name: "undecided" if name in asked else "exempt" for name in names}
    return json.dumps(states, separators=(",", ":"))
