"""What is put into the pages of one policy, for whom, and by which id each variant of it is known.

A variant's id is a letter, "p" for what is the same for everybody, "g" for the head script alone
and "v" for what depends on the visitor, and a digest of the texts; that of a visitor's also of what
was chosen, which many share, and of the language, where it is the visitor's and not the page's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from consentgate._cache import BoundedCache
from consentgate.browser.head_script import HeadScript
from consentgate.gate.exchange import Exchange
from consentgate.gate.recording import Recorder
from consentgate.pages.http import PageAddress
from consentgate.pages.languages import negotiate, primary_language
from consentgate.pages.options import Banner, PagesOptions, SettingsLink
from consentgate.pages.render import Pages
from consentgate.pages.snippets import Form, Saved
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

_DIGITS = 12

FormKey = tuple[str, str, bool, bool, bool, bool, Saved | None, frozenset[str]]
"""What a visitor's snippet depends on, apart from the page to come back to and the nonce."""


class Question(NamedTuple):
    """Whether a visitor is asked, and the categories that the browser's signal refuses, as the page
    says."""

    asks: bool
    signalled: frozenset[str]


_NO_QUESTION = Question(asks=False, signalled=frozenset())
_WHOLE_QUESTION = Question(asks=True, signalled=frozenset())


class Banners:
    """The texts for the pages of one policy. Whoever shows a visitor's asks first (`ask`), which
    notes that the response depends on the visitor. `applies`: visitors are asked in the pages;
    `head` is the script that is first in each, None without one. `places_link`: the library puts a
    link back to the choice into each page; else the site's template does, and `link_mark` is in
    it. `guards`: the head script holds scripts to the choice, those of workers too."""

    def __init__(
        self,
        policy: Policy,
        *,
        options: PagesOptions,
        texts: Mapping[str, Texts],
        pages: Pages,
        recorder: Recorder | None = None,
        head: HeadScript | None = None,
    ) -> None:
        self.head = head
        self.guards = head is not None and head.guards
        self._recorder = recorder
        self.applies = options.banner is not Banner.MANUAL and bool(policy.offered_categories)
        self.prefix = options.prefix
        self.is_static = options.banner is Banner.STATIC
        self._has_last = options.settings_link is not SettingsLink.TOP
        self.places_link = options.settings_link is not SettingsLink.NONE
        self.link_mark = f"{options.prefix}/".encode("ascii")
        self._policy = policy
        self._asked = frozenset(policy.consent_categories)
        self._offered = frozenset(policy.offered_categories)
        self._options = options
        self._texts = texts
        self._languages = frozenset(map(primary_language, texts))
        self._pages = pages
        self._tags: BoundedCache[str, str | None] = BoundedCache(
            self._find_tag, most_entries=64, most_bytes=1 << 14
        )
        self._forms: BoundedCache[FormKey, Form] = BoundedCache(
            most_entries=128, most_bytes=1 << 20, longest_key=512
        )

    def ask(self, exchange: Exchange) -> Question:
        """Note that the response depends on what the visitor answered; return what there is to
        ask."""
        exchange.depends_on_choice()
        question, can_be_signalled = self._question(exchange)
        if can_be_signalled:
            exchange.depends_on_gpc()
        return question

    def is_last(self, exchange: Exchange) -> bool:
        """Return whether a page has nothing of the library but at its end, since its visitor is not
        asked. Nothing is noted."""
        return self._has_last and not self._question(exchange)[0].asks

    def signalled(self, exchange: Exchange) -> frozenset[str]:
        """Return the categories that the browser's signal refuses, as the page says. Nothing is
        noted."""
        return self._question(exchange)[0].signalled

    def _question(self, exchange: Exchange) -> tuple[Question, frozenset[str]]:
        """Return whether there is something to ask that neither a choice nor a signal answered, and
        the categories that the browser's signal refuses if it is sent, since the visitor chose
        nothing of them: only with these does a page depend on it."""
        choice = exchange.choice
        unchosen = self._offered - choice.granted - choice.refused
        if not unchosen:
            return _NO_QUESTION, unchosen
        unanswered = unchosen & self._asked
        can_be_signalled = unchosen & exchange.settings.signalled
        if not (can_be_signalled and exchange.sends_gpc):
            return (_WHOLE_QUESTION if unanswered else _NO_QUESTION), can_be_signalled
        asks = not can_be_signalled.issuperset(unanswered)
        return Question(asks, can_be_signalled), can_be_signalled

    @property
    def changes_pages(self) -> bool:
        """Whether anything is ever put into a page."""
        return self.applies or self.head is not None

    @cached_property
    def head_variant(self) -> str:
        """The id of a page that has the head script alone."""
        return f"g{self._version[:_DIGITS]}"

    @cached_property
    def shared_variant(self) -> str:
        """The id of what is the same for everybody."""
        return f"p{self._version[:_DIGITS]}"

    def variant_for(self, exchange: Exchange, *, language: str) -> str:
        """Return the id of what this visitor gets now in a page of a language."""
        return self._variant(exchange, "" if self.serves(language) else self._wanted(exchange))

    def _variant(self, exchange: Exchange, wanted_language: str) -> str:
        choice, question = exchange.choice, self._question(exchange)[0]
        parts = (
            self._version,
            wanted_language,
            *sorted(choice.granted),
            "",
            *sorted(choice.refused),
            str(question.asks),
            *sorted(question.signalled),
        )
        return "v" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]

    def is_current(self, variant_id: str, exchange: Exchange) -> bool:
        """Return whether this is the id of what this visitor would get now."""
        if variant_id.startswith(("p", "g")):
            return variant_id in (self.shared_variant, self.head_variant)
        # Which of the two it is, only the page can say, and that has not changed.
        return variant_id in (
            self._variant(exchange, ""),
            self._variant(exchange, self._wanted(exchange)),
        )

    def serves(self, language: str) -> bool:
        """Return whether there are texts in a language."""
        return self._tags[language] is not None

    def shared_text(
        self, language: str, *, mount: str, nonce: str, readable: bool, is_dead: bool = False
    ) -> bytes:
        """Return what everybody gets: nothing of the request is in it. `readable`: scripts can read
        the visitor's choice; `is_dead`: the page's rules block its forms."""
        texts = self._texts[self._tags[language] or self._negotiate("", "", "")]
        cookie = self._policy.preferences_cookie if readable else ""
        return self._pages.static_banner(
            texts, mount=mount, nonce=nonce, readable_cookie=cookie, is_dead=is_dead
        )

    def text_for(
        self,
        exchange: Exchange,
        question: Question,
        *,
        language: str,
        address: PageAddress,
        nonce: str,
        is_dead: bool = False,
    ) -> bytes:
        """Return what this visitor gets, who is asked or not, in the page's language if that is
        served. `is_dead`: the page's rules block its forms."""
        asks, signalled = question
        tag = self._tags[language]
        if tag is None:
            tag = self._wanted(exchange)
        mount, way_back, _ = address
        saved = None
        if not asks:
            stored = (exchange.known_choice or exchange.stored_choice).consent
            saved = (stored.granted, stored.refused) if stored.day is not None else None
        if asks and self._recorder is not None:
            self._recorder.count_shown(language=tag, place="banner")
        key = (tag, mount, asks, way_back != "", nonce != "", is_dead, saved, signalled)
        form = self._forms.get(key)
        if form is None:
            show = self._pages.banner if asks else self._pages.settings
            form = show(
                self._texts[tag],
                mount=mount,
                has_next=way_back != "",
                has_nonce=nonce != "",
                is_dead=is_dead,
                saved=saved,
                signalled=signalled,
            )
            self._forms.remember(key, form, weight_bytes=form.weight_bytes)
        return form.fill(way_back, nonce)

    def _wanted(self, exchange: Exchange) -> str:
        """Return the language of the texts for a visitor, where the page is in none of them."""
        chosen = self._options.language_for(exchange)
        return self._negotiate("", chosen, exchange.header("accept-language"))

    def _find_tag(self, language: str) -> str | None:
        """Return the language of the texts for a page in a language, None where there are none."""
        if primary_language(language) not in self._languages:
            return None
        return self._negotiate(language, "", "")

    def _negotiate(self, language: str, chosen: str, accepted: str) -> str:
        served, default = tuple(self._texts), self._policy.default_language
        return negotiate(language, chosen, accepted, served=served, default=default)

    @cached_property
    def _version(self) -> str:
        """A digest of all texts in all languages, the same in every process."""
        pages = self._pages
        rendered = (
            text
            for texts in self._texts.values()
            for text in (
                pages.banner(texts, mount="", signalled=self._offered).fill(""),
                pages.settings(texts, mount="").fill(""),
                pages.settings(texts, mount="", saved=(self._asked, frozenset())).fill(""),
                pages.static_banner(texts, mount=""),
            )
        )
        head = b"" if self.head is None else self.head.tags(pages="", nonce="")
        return hashlib.sha256(b"\0".join((*rendered, head) if head else rendered)).hexdigest()
