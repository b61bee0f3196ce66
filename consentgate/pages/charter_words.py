"""The prose of the charter before its tables: what a cookie is, and which kinds there are.

The page and the Markdown show the same words. Statements about the law name their source; 13 and 25
months are limits of the exemption for anonymous statistics only (CNIL, 4 July 2025).
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.pages.charter import Charter
from consentgate.pages.texts import Texts
from consentgate.pages.texts import message as _

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


def opening(charter: Charter, texts: Texts) -> tuple[Passage, ...]:
    """Return the passages before the tables: what cookies are, when they need consent, kinds."""
    return (_what_a_cookie_is(texts), _when_consent_is_needed(texts), _kinds(charter, texts))


def tables_heading(charter: Charter, texts: Texts) -> Passage:
    """Return the heading over the tables, which are the next level below."""
    star = _("A star in a name stands for any text.")
    has_star = any("*" in entry.name for section in charter.sections for entry in section.entries)
    heading = (
        texts(_("Cookies of %(site)s"), site=charter.site)
        if charter.site
        else texts(_("Cookies of this site"))
    )
    return Passage(heading, (texts(star),) if has_star else ())


def _what_a_cookie_is(texts: Texts) -> Passage:
    return Passage(
        texts(_("What a cookie is")),
        (
            texts(
                _(
                    "A cookie is a short text that a website asks your browser to keep on your "
                    "device: a computer, a phone or a tablet. The browser sends it back each time "
                    "it asks the same site for a page, until the cookie expires or you delete it. "
                    "This is how a site can keep you signed in, remember a setting, or recognise "
                    "you on your next visit."
                )
            ),
            texts(
                _(
                    "There are other ways to store or read information on a device, such as the "
                    "browser's local storage, scripts and invisible images. The same rules apply "
                    "to them, and here the word cookie stands for all of them."
                )
            ),
        ),
    )


def _when_consent_is_needed(texts: Texts) -> Passage:
    return Passage(
        texts(_("When your consent is needed")),
        (
            texts(
                _(
                    "In the European Union a site may store or read information on your device "
                    "only if you agree, unless that is strictly necessary for a service that you "
                    "asked for (article 5(3) of Directive 2002/58/EC). Until you have chosen, this "
                    "site uses only what needs no consent."
                )
            ),
        ),
    )


def _kinds(charter: Charter, texts: Texts) -> Passage:
    parts = (_necessary(texts), _statistics(charter, texts), _first_party(texts))
    return Passage(texts(_("The kinds of cookies")), (), (*parts, _third_party(texts)))


def _necessary(texts: Texts) -> Passage:
    return Passage(
        texts(_("Necessary cookies")),
        (
            texts(
                _(
                    "The site needs them to work or to do what you ask of it: to sign you in, to "
                    "protect the forms that you send, to keep your language or your choice about "
                    "cookies. They need no consent and cannot be switched off here; the reason for "
                    "each is given below. You can block them in your browser, but then parts of "
                    "the site may no longer work."
                )
            ),
        ),
    )


def _statistics(charter: Charter, texts: Texts) -> Passage:
    needed = _(
        "They count visits and show how the site is used, so that it can be improved. As a rule "
        "they need your consent."
    )
    # CNIL, page on the exemption for audience measurement, 4 July 2025.
    exempt = _(
        "Some need none where national law says so. In France the data protection authority, the "
        "CNIL, sets the conditions: the statistics are anonymous and serve this site alone; nobody "
        "is followed from one site to another; the data is not combined with other data or passed "
        "on; these cookies last for at most 13 months, without being renewed at each visit, and "
        "what they collected is kept for at most 25 months. You are told of them and can refuse "
        "them."
    )
    used = _("This site uses such anonymous statistics; they are marked in the tables below.")
    unused = _("This site uses no statistics cookies without your consent.")
    here = used if charter.has_exempt_statistics else unused
    return Passage(texts(_("Statistics cookies")), (texts(needed), texts(exempt), texts(here)))


def _first_party(texts: Texts) -> Passage:
    return Passage(
        texts(_("First-party cookies")),
        (
            texts(
                _(
                    "They are set under the address of the site that you are visiting, and your "
                    "browser sends them to this site only. They may still belong to another "
                    "company's software that runs on the site: the tables below name the provider."
                )
            ),
        ),
    )


def _third_party(texts: Texts) -> Passage:
    return Passage(
        texts(_("Third-party cookies")),
        (
            texts(
                _(
                    "They are set under another address: that of a service whose content is part "
                    "of the page, such as a video, a map or a share button. That service can "
                    "recognise your browser on every site where its content appears."
                )
            ),
        ),
    )
