"""What the templates of a site's own show of the library's: the banner, a link, the charter.

All of it is HTML in ASCII, to be shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.errors import ConfigurationError
from consentgate.gate.options import Enforcement, Mode
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.banners import Where
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.texts import Texts


@dataclass(frozen=True, slots=True)
class TemplateHelpers:
    """The visitor's side of one request to a page of the site.

    Each `language` is a tag; where it is empty the site's own choice counts, else the browser's.
    """

    visitor: VisitorConsent
    where: Where

    def banner(self, *, language: str = "", nonce: str = "") -> str:
        """What the middleware would put into the page by itself: the banner for who is to be
        asked, else the way back to the choice; empty where nobody is ever asked."""
        if not _asks(self.visitor):
            return ""
        banners = site_of(self.visitor).banners
        text = banners.text_for(self.visitor, language=language, where=self.where, nonce=nonce)
        return text.decode("ascii")

    def link(self, *, language: str = "") -> str:
        """A link to the preference centre, which leads back to the page."""
        pages, where = site_of(self.visitor).pages, self.where
        return pages.link(self._texts(language), mount=where.mount, next_path=where.way_back)

    def charter(self, *, language: str = "") -> str:
        """The cookie charter, for a page of the site's own; its headings begin at the second
        level."""
        pages = site_of(self.visitor).pages
        return pages.charter_fragment(self._texts(language), mount=self.where.mount)

    def _texts(self, language: str) -> Texts:
        site = site_of(self.visitor)
        return site.texts_in(language, visitor=self.visitor, accepted=self.where.accepted())


def site_of(visitor: VisitorConsent) -> PolicyPages:
    """The pages of the gate that a visitor came through. Raises ConfigurationError where it has
    none."""
    if not isinstance(visitor.site, PolicyPages):
        raise ConfigurationError(
            "this gate has no pages, so that there is no banner, link or charter to show: give "
            "the middleware a prefix"
        )
    return visitor.site


def _asks(visitor: VisitorConsent) -> bool:
    """True where visitors of the site are asked at all, on a request such as this one."""
    context = visitor.context
    if context.mode is Mode.REPORT or not context.policy.consent_categories:
        return False
    return visitor.enforcement is Enforcement.ENFORCE
