"""What is put into the pages of one policy, for whom, and by which mark it is known.

A mark is a letter, "p" for what is the same for everybody and "v" for what depends on the visitor,
and a digest of the texts; that of a visitor's also of what was chosen, which many share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import quote

from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.languages import negotiate, primary_language
from consentgate.pages.next_path import checked_path
from consentgate.pages.options import Banner, PagesOptions
from consentgate.pages.render import Pages
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

MOST_MARKS = 512
"""How many choices have their mark kept ready: visitors who chose the same share one."""

MOST_TEXTS = 512
"""How many pages have their text kept ready."""

LONGEST_REMEMBERED = 256
"""Characters of the address of such a page: visitors can make up longer ones."""

MOST_LANGUAGES = 64
"""How many languages that pages say they have are remembered."""

_DIGITS = 12


_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"


def quote_text(path: str) -> str:
    """A path as a browser has it."""
    return quote(path, safe=_SAFE_IN_PATH)


def quote_bytes(path: str) -> str:
    """The same of a path whose characters are its bytes (PEP 3333)."""
    return quote(path, safe=_SAFE_IN_PATH, encoding="latin-1")


class Where(NamedTuple):
    """Which page it is: what stands before every path of the application, the path below, the
    query, all as the server has them; how it percent-encodes text; the Accept-Language header."""

    root_path: str
    inside: str
    query: str
    quote: Callable[[str], str]
    accepted: Callable[[], str]

    @property
    def mount(self) -> str:
        """What stands before every path, as the browser has it."""
        return self.quote(self.root_path)

    @property
    def way_back(self) -> str:
        """The page's own address as a way back to it; empty where it is none."""
        path = self.mount + self.quote(self.inside)
        return checked_path(f"{path}?{self.query}" if self.query else path) or ""


class Banners:
    """The texts for the pages of one policy. Apart from `text_for` nothing notes what was read of
    a visitor: who shows a page that depends on it has to."""

    def __init__(
        self, policy: Policy, *, options: PagesOptions, texts: Mapping[str, Texts], pages: Pages
    ) -> None:
        self.applies = options.banner is not Banner.MANUAL and bool(policy.consent_categories)
        self.is_static = options.banner is Banner.STATIC
        self._policy = policy
        self._options = options
        self._texts = texts
        self._languages = frozenset(map(primary_language, texts))
        self._pages = pages
        self._filled: dict[tuple[str, str, str, str, bool], bytes] = {}
        self._mark = lru_cache(maxsize=MOST_MARKS)(self._digest)
        self._tag_of = lru_cache(maxsize=MOST_LANGUAGES)(self._tag)

    def asks(self, visitor: VisitorConsent) -> bool:
        """True while something is to be asked that neither a choice nor a signal answered."""
        unanswered = self._unanswered(visitor)
        if not unanswered:
            return False
        return not (visitor.context.signalled.issuperset(unanswered) and visitor.signal)

    def heeds_signal(self, visitor: VisitorConsent) -> bool:
        """True where the browser's signal answers, or would answer, all that the visitor did not:
        only then does a page depend on it."""
        unanswered = self._unanswered(visitor)
        return bool(unanswered) and visitor.context.signalled.issuperset(unanswered)

    def _unanswered(self, visitor: VisitorConsent) -> list[str]:
        chosen = visitor.choice
        return [
            one
            for one in self._policy.consent_categories
            if one not in chosen.granted and one not in chosen.refused
        ]

    @cached_property
    def shared_mark(self) -> str:
        """The mark of what is the same for everybody."""
        return f"p{self._version[:_DIGITS]}"

    def mark_for(self, visitor: VisitorConsent) -> str:
        """The mark of what this visitor finds now."""
        chosen = visitor.choice
        return self._mark(chosen.granted, chosen.refused, self.asks(visitor))

    def is_current(self, mark: str, visitor: VisitorConsent) -> bool:
        """True for the mark of what this visitor would find now."""
        return mark == (self.shared_mark if mark.startswith("p") else self.mark_for(visitor))

    def shared_text(self, language: str, *, where: Where, nonce: str, cookie: str) -> bytes:
        """What everybody finds: nothing of the request is in it. `cookie` is the name of the
        visitor's choice where scripts can read it."""
        texts = self._texts[self._tag_of(language) or self._negotiate("", "", "")]
        text = self._pages.static_banner(
            texts, mount=where.mount, nonce=nonce, readable_cookie=cookie
        )
        return text.encode("ascii")

    def text_for(
        self, visitor: VisitorConsent, *, language: str, where: Where, nonce: str
    ) -> bytes:
        """What this visitor finds; the gate is told that the page depends on it."""
        visitor.varies_on_cookie = visitor.needs_review = True
        visitor.varies_on_gpc = visitor.varies_on_gpc or self.heeds_signal(visitor)
        return self.write_for(visitor, language=language, where=where, nonce=nonce)

    def write_for(
        self, visitor: VisitorConsent, *, language: str, where: Where, nonce: str
    ) -> bytes:
        """The same where the caller sees to the headers."""
        tag = self._tag_of(language)
        if tag is None:
            chosen = self._options.language_for(visitor)
            tag = self._negotiate("", chosen, where.accepted())
        asks = self.asks(visitor)
        if nonce or len(where.inside) + len(where.query) > LONGEST_REMEMBERED:
            return self._fill(where, asks=asks, tag=tag, nonce=nonce)
        key = (where.root_path, where.inside, where.query, tag, asks)
        text = self._filled.get(key)
        if text is None:
            text = self._fill(where, asks=asks, tag=tag, nonce="")
            if len(self._filled) >= MOST_TEXTS:
                self._filled.clear()
            self._filled[key] = text
        return text

    def _fill(self, where: Where, *, asks: bool, tag: str, nonce: str) -> bytes:
        show = self._pages.banner if asks else self._pages.settings
        text = show(self._texts[tag], mount=where.mount, next_path=where.way_back, nonce=nonce)
        return text.encode("ascii")

    def serves(self, language: str) -> bool:
        """True when there are texts in a language."""
        return self._tag_of(language) is not None

    def _tag(self, language: str) -> str | None:
        """The language of the texts for a page in a language."""
        if primary_language(language) not in self._languages:
            return None
        return self._negotiate(language, "", "")

    def _negotiate(self, language: str, chosen: str, accepted: str) -> str:
        served, default = tuple(self._texts), self._policy.default_language
        return negotiate(language, chosen, accepted, served=served, default=default)

    def _digest(self, granted: frozenset[str], refused: frozenset[str], asks: object) -> str:
        chosen = (self._version, *sorted(granted), "", *sorted(refused), str(asks))
        return "v" + hashlib.sha256("\0".join(chosen).encode()).hexdigest()[:_DIGITS]

    @cached_property
    def _version(self) -> str:
        """A digest of all texts in all languages, the same in every process."""
        shows: tuple[Callable[..., str], ...] = (
            self._pages.banner,
            self._pages.settings,
            self._pages.static_banner,
        )
        rendered = (show(texts, mount="") for texts in self._texts.values() for show in shows)
        return hashlib.sha256("\0".join(rendered).encode()).hexdigest()
