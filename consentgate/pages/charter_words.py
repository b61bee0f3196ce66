"""The prose of the charter around its tables: what a cookie is, when consent is needed, the kinds.

The page and the Markdown show the same words, in the same order; what does not concern the site is
left out. Statements about the law name their source, and are those of the regime
(`regime_words.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.pages.charter import Charter
from consentgate.pages.regime_words import words_of
from consentgate.pages.texts import Texts
from consentgate.pages.texts import message as _
from consentgate.policy import STATISTICS

CHARTER_TITLE = _("Cookie charter")


@dataclass(frozen=True, slots=True)
class Link:
    """A link after a passage; `address` is "" if there is only a text to read."""

    text: str
    address: str
    label: str = ""
    """The text before it, such as "Contact:"."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, the paragraphs under it, the links after them, and the passages one level
    below."""

    heading: str
    paragraphs: tuple[str, ...]
    parts: tuple[Passage, ...] = ()
    links: tuple[Link, ...] = ()
    anchor: str = ""
    """Its id, for the table of contents; "" if it is part of another passage."""


def opening(texts: Texts) -> tuple[Passage, ...]:
    """Return the passages before the tables: what a cookie is."""
    return (_what_a_cookie_is(texts),)


def explanations(charter: Charter, texts: Texts) -> tuple[Passage, ...]:
    """Return the passages after the tables: when cookies need consent, and the kinds of them."""
    needed = _when_consent_is_needed(charter, texts)
    return (*([needed] if needed else []), _kinds(charter, texts))


def tables_heading(charter: Charter, texts: Texts) -> Passage:
    """Return the heading over the tables, which are the next level below."""
    star = _("In a name, a star stands for any text.")
    has_star = any("*" in entry.name for section in charter.sections for entry in section.entries)
    heading = (
        texts(_("Cookies used on %(site)s"), site=charter.site)
        if charter.site
        else texts(_("Cookies used on this site"))
    )
    return Passage(heading, (texts(star),) if has_star else (), anchor="consentgate-used")


def _what_a_cookie_is(texts: Texts) -> Passage:
    return Passage(
        texts(_("What a cookie is")),
        (
            texts(
                _(
                    "A cookie is a short text that a website asks your browser to keep on your "
                    "computer, phone or tablet. The browser sends it back each time you open "
                    "a page of that site, until the cookie expires or you delete it. The site "
                    "can then keep you signed in, remember a setting or recognise you on your "
                    "next visit."
                )
            ),
            texts(
                _(
                    "Sites can also store or read information in other ways: local storage in "
                    "the browser, scripts or invisible images. The same rules apply, so on "
                    "this page the word cookie means all of these."
                )
            ),
        ),
        anchor="consentgate-what",
    )


def _when_consent_is_needed(charter: Charter, texts: Texts) -> Passage | None:
    words = words_of(charter.regime).consent
    if not words:
        return None
    return Passage(
        texts(_("When your consent is needed")),
        (texts.localize(words, charter.default_language).text,),
        anchor="consentgate-when",
    )


def _kinds(charter: Charter, texts: Texts) -> Passage:
    third_party = (_third_party(texts),) if charter.has_third_parties else ()
    parts = (_necessary(texts), _statistics(charter, texts), _first_party(charter, texts))
    heading = texts(_("The kinds of cookies"))
    return Passage(heading, (), (*parts, *third_party), anchor="consentgate-kinds")


def _necessary(texts: Texts) -> Passage:
    return Passage(
        texts(_("Necessary cookies")),
        (
            texts(
                _(
                    "These cookies let the site work and do what you ask: sign you in, protect "
                    "the forms that you send, keep your language or your choice about "
                    "cookies. They need no consent and cannot be switched off here; the tables "
                    "on this page give the reason for each. If you block them in your "
                    "browser, parts of the site may no longer work."
                )
            ),
        ),
    )


def _statistics(charter: Charter, texts: Texts) -> Passage:
    words = words_of(charter.regime)
    used = texts(
        _(
            "This site uses such anonymous statistics; the tables on this page show which "
            "cookies do this."
        )
    )
    unused = texts(_("This site uses no statistics cookies without your consent."))
    language = charter.default_language
    paragraphs = [texts.localize(words.statistics, language).text]
    if charter.has_exempt_statistics:
        paragraphs += [texts.localize(words.exempt, language).text] if words.exempt else []
        paragraphs.append(used)
    elif STATISTICS not in charter.open_categories:
        paragraphs.append(unused)
    return Passage(texts(_("Statistics cookies")), tuple(paragraphs))


def _first_party(charter: Charter, texts: Texts) -> Passage:
    these = _(
        "These cookies are set under the address of the site that you are visiting, and your "
        "browser sends them to that site only. They may belong to software of another company: "
        "the tables on this page name the provider."
    )
    alone = _("This site uses no third-party cookies, which are set under another address.")
    paragraphs = (these,) if charter.has_third_parties else (these, alone)
    return Passage(texts(_("First-party cookies")), tuple(map(texts, paragraphs)))


def _third_party(texts: Texts) -> Passage:
    return Passage(
        texts(_("Third-party cookies")),
        (
            texts(
                _(
                    "These cookies are set under another address: that of a service whose "
                    "content is part of the page, such as a video, a map or a share button. "
                    "That service can recognise your browser on every site where its content "
                    "appears."
                )
            ),
        ),
    )
