"""What the templates of a site's own pages can show: the banner, a link, the charter.

All of it is HTML in ASCII, to be shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from consentgate.errors import ConfigurationError
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement, Mode
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.embeds import Embed, is_shown_once, name_of
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import PageAddress
from consentgate.pages.texts import Texts


@dataclass(frozen=True, slots=True)
class TemplateHelpers:
    """What the templates of one request to a page of the site can show; `address` returns where
    that page is.

    Each `language` is a tag; where it is empty the site's own choice counts, else the browser's.
    """

    exchange: Exchange
    address: Callable[[], PageAddress]

    def banner(self, *, language: str = "", nonce: str = "") -> str:
        """Return what the middleware would put into the page by itself: the banner for a visitor
        who is to be asked, else the way back to the choice; "" where nobody is ever asked."""
        exchange = self.exchange
        if not _asks(exchange):
            return ""
        banners = pages_of(exchange).banners
        text = banners.text_for(
            exchange,
            banners.ask(exchange),
            language=language,
            address=self.address(),
            nonce=nonce,
        )
        return text.decode("ascii")

    def link(self, *, language: str = "") -> str:
        """Return a link to the preferences page, which leads back to the page."""
        address = self.address()
        texts = self._texts(language)
        render = pages_of(self.exchange).pages.link
        return render(texts, mount=address.mount, next_path=address.way_back)

    def embed(
        self,
        category: str,
        content: str,
        *,
        provider: str = "",
        width: int = 0,
        height: int = 0,
        name: str = "",
        language: str = "",
    ) -> str:
        """Return what is embedded for a visitor who allows the category, or asked to show it once;
        else what names the third party and offers both, as large as it. `provider` is by default
        who sets the cookies of the category."""
        if VisitorConsent(self.exchange).allows(category):
            return content
        address = self.address()
        name = name or name_of(category, content)
        query = address.way_back.partition("?")[2]
        if is_shown_once(name, self.exchange, query=query):
            self.exchange.show_once(category)
            return f'<div id="{escape(name)}">{content}</div>'
        pages = pages_of(self.exchange)
        embed = Embed(name, category, provider, width, height)
        # What a form was sent to is not asked for again.
        is_way_back = self.exchange.method in ("GET", "HEAD") and address.way_back != ""
        return pages.pages.embed(
            embed, self._texts(language), address=address, is_way_back=is_way_back
        )

    def charter(self, *, language: str = "") -> str:
        """Return the cookie charter, for a page of the site's own; its headings begin at the second
        level."""
        address = self.address()
        render = pages_of(self.exchange).pages.charter_fragment
        return render(self._texts(language), mount=address.mount)

    def _texts(self, language: str) -> Texts:
        accepted = self.exchange.header("accept-language")
        return pages_of(self.exchange).texts_in(language, exchange=self.exchange, accepted=accepted)


def pages_of(exchange: Exchange) -> PolicyPages:
    """Return the pages of the gate of an exchange. Raises ConfigurationError where it has none."""
    if not isinstance(exchange.pages, PolicyPages):
        raise ConfigurationError(
            "this gate has no pages, so that there is no banner, link or charter to show: give "
            "the middleware a prefix"
        )
    return exchange.pages


def _asks(exchange: Exchange) -> bool:
    """Return whether visitors of the site are asked, or can object, on a request such as this."""
    settings = exchange.settings
    if settings.mode is Mode.REPORT or not settings.policy.offered_categories:
        return False
    return exchange.enforcement is Enforcement.ENFORCE
