"""Renders what visitors see: the library's pages, and what stands in those of the site.

Values in, text out: nothing here reads a request beyond its visitor and where it came in.
"""

from __future__ import annotations

from collections.abc import Mapping

from consentgate.choice.codec import LIFETIME
from consentgate.choice.consent import Consent
from consentgate.pages.categories import Situation, Stand, categories_shown, situation_of
from consentgate.pages.charter import charter_of
from consentgate.pages.charter_markdown import charter_markdown
from consentgate.pages.charter_words import closing, opening, tables_heading
from consentgate.pages.durations import day_words
from consentgate.pages.http import Request
from consentgate.pages.links import Links
from consentgate.pages.options import PagesOptions
from consentgate.pages.snippets import Frame, Snippets, as_ascii
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.templating import Templates
from consentgate.pages.texts import Said, Texts
from consentgate.policy import Policy


class Pages:
    """The pages of one policy, in every language that is served.

    Raises ConfigurationError where the site's own templates can't be used.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        options: PagesOptions,
        texts: Mapping[str, Texts],
        static: StaticFiles,
    ) -> None:
        self._charter = charter_of(policy)
        self._templates = Templates(policy, options=options, texts=texts, static=static)
        self._inserted = Snippets(policy, self._charter, self._templates)
        if options.templates is not None:
            with self._templates.checked():
                self._rehearse(next(iter(texts.values())))

    def preferences_page(self, request: Request, texts: Texts, *, next_path: str) -> str:
        """The preference centre, as it stands for the visitor of the request."""
        visitor = request.visitor
        return self._centre(
            texts,
            self._templates.links(texts, mount=request.mount, next_path=next_path),
            consent=visitor.choice,
            signalled=visitor.value.refused - visitor.choice.refused,
            situation=situation_of(visitor),
        )

    def charter(self, request: Request, texts: Texts) -> str:
        """The cookie charter."""
        links = self._templates.links(texts, mount=request.mount)
        return self._charter_in("charter.html", texts, links)

    def charter_markdown(self, request: Request, texts: Texts) -> str:
        """The cookie charter as Markdown."""
        links = self._templates.links(texts, mount=request.mount)
        return charter_markdown(self._charter, texts, settings=links.preferences_page)

    def charter_fragment(self, texts: Texts, *, mount: str = "") -> str:
        """The charter without a page around it, for one of the site's own: ASCII, with headings
        from the second level."""
        links = self._templates.links(texts, mount=mount)
        return as_ascii(self._charter_in("charter_fragment.html", texts, links))

    def forbidden(self, request: Request, texts: Texts) -> str:
        """The answer to a choice that did not come from a page of the site: why it was not taken,
        and the same question on a page that is."""
        return self._forbidden(texts, self._templates.links(texts, mount=request.mount))

    def problem(self, request: Request, texts: Texts, *, status: int, message: Said) -> str:
        """The answer to what can't be done; `message` says why."""
        links = self._templates.links(texts, mount=request.mount)
        return self._templates.render(
            "problem.html", texts, links=links, status=status, message=message
        )

    def banner(self, texts: Texts, *, mount: str, next_path: str = "", nonce: str = "") -> str:
        """What a visitor who is asked finds in a page of the site, as ASCII."""
        frame = Frame("banner.html", texts, mount)
        return self._inserted.fill(frame, next_path=next_path, nonce=nonce)

    def settings(self, texts: Texts, *, mount: str, next_path: str = "", nonce: str = "") -> str:
        """What a visitor who has chosen, or is not to be asked, finds there."""
        frame = Frame("settings.html", texts, mount)
        return self._inserted.fill(frame, next_path=next_path, nonce=nonce)

    def link(self, texts: Texts, *, mount: str, next_path: str = "") -> str:
        """A link to the preference centre, for a template of the site's own."""
        frame = Frame("link.html", texts, mount)
        return self._inserted.fill(frame, next_path=next_path)

    def static_banner(
        self, texts: Texts, *, mount: str, nonce: str = "", readable_cookie: str = ""
    ) -> str:
        """What everybody finds there, where the page is the same for all.

        `readable_cookie` is the name of the preferences cookie where scripts can read it: then
        the server is not asked about visitors without it.
        """
        frame = Frame("static_banner.html", texts, mount, readable_cookie=readable_cookie)
        return self._inserted.fill(frame, nonce=nonce)

    def _centre(
        self,
        texts: Texts,
        links: Links,
        *,
        consent: Consent,
        signalled: frozenset[str],
        situation: Situation,
    ) -> str:
        shown = categories_shown(self._charter, texts, consent=consent, signalled=signalled)
        day = consent.day
        return self._templates.render(
            "preferences.html",
            texts,
            links=links,
            categories=shown,
            choices=tuple(one for one in shown if one.stand is not Stand.FIXED),
            situation=situation,
            day=day_words(day, texts) if day else "",
            until=day_words(day + LIFETIME, texts) if day else "",
            may_withdraw=bool(consent.granted),
        )

    def _forbidden(self, texts: Texts, links: Links) -> str:
        shown = categories_shown(self._charter, texts, consent=Consent.undecided())
        return self._templates.render(
            "forbidden.html",
            texts,
            links=links,
            categories=shown,
            asks=any(category.asks for category in shown),
        )

    def _charter_in(self, template: str, texts: Texts, links: Links) -> str:
        charter = self._charter
        return self._templates.render(
            template,
            texts,
            links=links,
            opening=opening(charter, texts),
            tables=tables_heading(charter, texts),
            categories=categories_shown(charter, texts, consent=Consent.undecided()),
            closing=closing(charter, texts, settings=links.preferences_page),
        )

    def _rehearse(self, texts: Texts) -> None:
        """Render each text once, so that a mistake in a template shows at start-up."""
        links = self._templates.links(texts, mount="", next_path="/")
        for situation in Situation:
            self._centre(
                texts,
                links,
                consent=Consent.undecided(),
                signalled=frozenset(),
                situation=situation,
            )
        self._charter_in("charter.html", texts, links)
        self.charter_fragment(texts)
        self.banner(texts, mount="", next_path="/", nonce="0")
        self.settings(texts, mount="")
        self.link(texts, mount="")
        self.static_banner(texts, mount="")
        self._forbidden(texts, links)
        self._templates.render("problem.html", texts, links=links, status=400, message=Said(""))
