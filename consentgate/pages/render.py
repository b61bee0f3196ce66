"""Render what visitors see: the library's pages, and the snippets in those of the site.

Values in, text out: of a request only its visitor and its mount point are read.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Unpack

from consentgate._cache import BoundedCache
from consentgate.choice.codec import lifetime_of
from consentgate.choice.consent import Consent
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.categories import Situation, State, category_views, situation_of
from consentgate.pages.charter import charter_of
from consentgate.pages.charter_closing import closing
from consentgate.pages.charter_markdown import charter_markdown
from consentgate.pages.charter_words import opening, tables_heading
from consentgate.pages.durations import day_words
from consentgate.pages.embeds import ONCE, Embed, fields_of, providers_of
from consentgate.pages.http import PageAddress, Request
from consentgate.pages.links import Links
from consentgate.pages.options import PagesOptions
from consentgate.pages.snippets import (
    STATIC_BANNER,
    Blanks,
    Form,
    Frame,
    FrameFields,
    Snippets,
    as_ascii,
)
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.templating import Templates
from consentgate.pages.texts import LocalizedText, Texts
from consentgate.pages.texts import message as _
from consentgate.policy import Policy


class Pages:
    """The pages of one policy, in every language that is served.

    Raises ConfigurationError if the site's own templates can't be used.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        options: PagesOptions,
        texts: Mapping[str, Texts],
        static: StaticFiles,
        keeps_records: bool = False,
    ) -> None:
        self._charter = charter_of(policy)
        self._policy = policy
        self._lifetimes = policy.choice_lifetimes
        self._templates = Templates(
            policy, options=options, texts=texts, static=static, keeps_records=keeps_records
        )
        self._blanks = Blanks()
        self._snippets = Snippets(policy, self._charter, self._templates, self._blanks)
        # By all that they depend on but the page to come back to: visitors share what they chose.
        self._pages: BoundedCache[Hashable, Form] = BoundedCache(
            most_entries=256, most_bytes=4 << 20, longest_key=512
        )
        if options.templates is not None:
            with self._templates.checked():
                self._rehearse(next(iter(texts.values())))

    def render_preferences(
        self, request: Request, texts: Texts, *, next_path: str, has_receipt: bool = False
    ) -> bytes:
        """Return the preferences page with the choice of the request's visitor, in UTF-8.

        `has_receipt`: the visitor can download a receipt of it.
        """
        exchange, mount = request.exchange, request.mount
        consent = exchange.choice
        signalled = VisitorConsent(exchange).value.refused - consent.refused
        situation = situation_of(exchange)
        key = (texts, mount, consent, signalled, situation, bool(next_path), has_receipt)
        form = self._pages.get(key)
        if form is None:
            blank = self._blanks.next_path if next_path else ""
            links = self._templates.links(texts, mount=mount, next_path=blank)
            form = self._remember(
                key,
                self._preferences(
                    texts,
                    links,
                    consent=consent,
                    signalled=signalled,
                    situation=situation,
                    has_receipt=has_receipt,
                ),
            )
        return form.fill(next_path)

    def undecided_preferences(self, texts: Texts, *, signalled: frozenset[str]) -> str:
        """Return the preferences page of a visitor who has not chosen, for the notice."""
        return self._preferences(
            texts,
            self._templates.links(texts, mount=""),
            consent=Consent.undecided(),
            signalled=signalled,
            situation=Situation.UNDECIDED,
        )

    def render_charter(self, request: Request, texts: Texts) -> bytes:
        """Return the cookie charter, in UTF-8."""
        key = (texts, request.mount)
        form = self._pages.get(key)
        if form is None:
            links = self._templates.links(texts, mount=request.mount)
            form = self._remember(key, self._charter_in("charter.html", texts, links))
        return form.fill("")

    def _remember(self, key: Hashable, text: str) -> Form:
        form = self._blanks.form_of(text)
        self._pages.remember(key, form, weight_bytes=form.weight_bytes)
        return form

    def render_charter_markdown(self, request: Request, texts: Texts) -> str:
        """Return the cookie charter as Markdown."""
        links = self._templates.links(texts, mount=request.mount)
        return charter_markdown(self._charter, texts, settings=links.preferences)

    def charter_fragment(self, texts: Texts, *, mount: str = "") -> str:
        """Return the charter for a page of the site's own: in ASCII, with headings from the second
        level."""
        links = self._templates.links(texts, mount=mount)
        return as_ascii(self._charter_in("charter_fragment.html", texts, links))

    def render_forbidden(self, request: Request, texts: Texts) -> bytes:
        """Return the page for a choice that did not come from the site: why it was not accepted,
        and the same question once more."""
        links = self._templates.links(texts, mount=request.mount)
        return self._forbidden(texts, links).encode()

    def render_unrecorded(self, request: Request, texts: Texts) -> bytes:
        """Return the page for a consent that could not be recorded, and so was not given."""
        links = self._templates.links(texts, mount=request.mount)
        return self._templates.render("unrecorded.html", texts, links=links).encode()

    def render_receipt_later(self, request: Request, texts: Texts) -> bytes:
        """Return the page for a receipt that cannot be made yet."""
        links = self._templates.links(texts, mount=request.mount)
        return self._templates.render("receipt_later.html", texts, links=links).encode()

    def render_problem(
        self, request: Request, texts: Texts, *, status: int, message: LocalizedText
    ) -> bytes:
        """Return the page for a request that can't be answered; `message` says why."""
        links = self._templates.links(texts, mount=request.mount)
        return self._templates.render(
            "problem.html", texts, links=links, status=status, message=message
        ).encode()

    def banner(self, texts: Texts, *, mount: str, **more: Unpack[FrameFields]) -> Form:
        """Return what a page of the site has for a visitor who is asked, as ASCII."""
        return self._snippets.form(Frame("banner.html", texts, mount, **more))

    def settings(self, texts: Texts, *, mount: str, **more: Unpack[FrameFields]) -> Form:
        """Return what a page of the site has for a visitor who has chosen, or is never asked."""
        return self._snippets.form(Frame("settings.html", texts, mount, **more))

    def link(self, texts: Texts, *, mount: str, next_path: str = "") -> str:
        """Return a link to the preferences page, for a template of the site's own."""
        frame = Frame("link.html", texts, mount, bool(next_path))
        return self._snippets.form(frame).fill(next_path).decode("ascii")

    def embed(self, embed: Embed, texts: Texts, *, address: PageAddress, is_way_back: bool) -> str:
        """Return what a page shows in the place of an embed; `is_way_back`: the page can be asked
        for again."""
        links = self._templates.links(texts, mount=address.mount, next_path=address.way_back)
        category = self._charter_title(embed.category, texts)
        provider = embed.provider or self._provider(embed.category, texts) or category
        path, _mark, query = address.way_back.partition("?")
        return as_ascii(
            self._templates.render(
                "embed.html",
                texts,
                links=links,
                embed=embed,
                label=texts(_("Content from %(provider)s"), provider=provider),
                provider=provider,
                category=category,
                path=path if is_way_back else "",
                fields=[field for field in fields_of(query) if field[0] != ONCE],
                once=ONCE,
            )
        )

    def _charter_title(self, name: str, texts: Texts) -> str:
        category = self._policy.category(name)
        assert category is not None, "an unknown category allows nothing"
        return texts.localize(category.title, self._policy.default_language).text

    def _provider(self, category: str, texts: Texts) -> str:
        language = self._policy.default_language
        providers = providers_of(category, self._policy)
        return texts.list_of([texts.localize(text, language).text for text in providers])

    def static_banner(
        self,
        texts: Texts,
        *,
        mount: str,
        nonce: str = "",
        readable_cookie: str = "",
        is_dead: bool = False,
    ) -> bytes:
        """Return what a page of the site has for everybody, so that it is the same for all.

        `readable_cookie` is the name of the preferences cookie if scripts can read it: then no
        script asks the server about a visitor without the cookie.
        """
        frame = Frame(
            STATIC_BANNER,
            texts,
            mount,
            has_nonce=bool(nonce),
            readable_cookie=readable_cookie,
            is_dead=is_dead,
        )
        return self._snippets.form(frame).fill("", nonce)

    def _preferences(
        self,
        texts: Texts,
        links: Links,
        *,
        consent: Consent,
        signalled: frozenset[str],
        situation: Situation,
        has_receipt: bool = False,
    ) -> str:
        views = category_views(self._charter, texts, consent=consent, signalled=signalled)
        day = consent.day
        return self._templates.render(
            "preferences.html",
            texts,
            links=links,
            categories=views,
            choices=tuple(view for view in views if view.state is not State.FIXED),
            situation=situation,
            day=day_words(day, texts) if day else "",
            until=day_words(day + lifetime_of(consent, self._lifetimes), texts) if day else "",
            may_withdraw=bool(consent.granted),
            has_receipt=has_receipt,
            only_objects=any(view.is_open for view in views)
            and not any(view.asks for view in views),
            signal_purposes=texts.list_of([view.title.text for view in views if view.signalled]),
        )

    def _forbidden(self, texts: Texts, links: Links) -> str:
        views = category_views(self._charter, texts, consent=Consent.undecided())
        return self._templates.render(
            "forbidden.html",
            texts,
            links=links,
            categories=views,
            asks=any(view.asks for view in views),
        )

    def _charter_in(self, template: str, texts: Texts, links: Links) -> str:
        charter = self._charter
        return self._templates.render(
            template,
            texts,
            links=links,
            opening=opening(texts),
            tables=tables_heading(charter, texts),
            categories=category_views(charter, texts, consent=Consent.undecided()),
            closing=closing(charter, texts, settings=links.preferences),
        )

    def _rehearse(self, texts: Texts) -> None:
        """Render each template once, so that a mistake in one raises at start-up."""
        links = self._templates.links(texts, mount="", next_path="/")
        for situation in Situation:
            self._preferences(
                texts,
                links,
                consent=Consent.undecided(),
                signalled=frozenset(),
                situation=situation,
            )
        for name in ("unrecorded.html", "receipt_later.html"):
            self._templates.render(name, texts, links=links)
        self._charter_in("charter.html", texts, links)
        self.charter_fragment(texts)
        self.banner(texts, mount="", has_next=True, has_nonce=True)
        self.settings(texts, mount="")
        self.settings(texts, mount="", saved=(frozenset(), frozenset()))
        self.link(texts, mount="")
        for name in self._policy.optional_categories[:1]:
            embed = Embed("embed", name, width=4, height=3)
            self.embed(embed, texts, address=PageAddress("", "/?a=b"), is_way_back=True)
        self.static_banner(texts, mount="")
        self._forbidden(texts, links)
        self._templates.render(
            "problem.html", texts, links=links, status=400, message=LocalizedText("")
        )
