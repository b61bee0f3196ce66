"""The prose of the charter: what a cookie is, which kinds there are, what visitors can do.

The page and the Markdown show the same words. What they say of the law names where it says so;
13 and 25 months are said of the exemption for anonymous statistics only (CNIL, 4 July 2025).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from consentgate.pages.charter import Charter
from consentgate.pages.declared_words import title_of
from consentgate.pages.durations import lifetime_words
from consentgate.pages.texts import Texts
from consentgate.pages.texts import message as _
from consentgate.policy import Controller

CHARTER_TITLE = _("Cookie charter")
SETTINGS = _("Cookie settings")

_MAIL = re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+")
_URL = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a passage leads to; `address` is "" where there is only a text to read."""

    text: str
    address: str
    label: str = ""
    """What stands before it, such as "Contact:"."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, the paragraphs under it, the links after them, and the passages one level
    below."""

    heading: str
    paragraphs: tuple[str, ...]
    parts: tuple[Passage, ...] = ()
    links: tuple[Link, ...] = ()


def opening(charter: Charter, texts: Texts) -> tuple[Passage, ...]:
    """What is said before the tables: what cookies are, when they need consent, their kinds."""
    return (_what_a_cookie_is(texts), _when_consent_is_needed(texts), _kinds(charter, texts))


def tables_heading(charter: Charter, texts: Texts) -> Passage:
    """What stands over the tables, which are the next level below."""
    star = _("A star in a name stands for any text.")
    has_star = any("*" in one.name for section in charter.sections for one in section.entries)
    heading = (
        texts(_("Cookies of %(site)s"), site=charter.site)
        if charter.site
        else texts(_("Cookies of this site"))
    )
    return Passage(heading, (texts(star),) if has_star else ())


def closing(charter: Charter, texts: Texts, *, settings: str) -> tuple[Passage, ...]:
    """What is said after the tables: how to change one's mind, and who answers for the site.

    `settings` is the address of the page where visitors choose.
    """
    choice = _on_the_choice(charter, texts, settings)
    if charter.controller is None:
        return (choice,)
    return (choice, _on_the_controller(charter.controller, texts))


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
    own = used if charter.has_exempt_statistics else unused
    return Passage(texts(_("Statistics cookies")), (texts(needed), texts(exempt), texts(own)))


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


def _on_the_choice(charter: Charter, texts: Texts, settings: str) -> Passage:
    nothing = _(
        "This site uses only necessary cookies, so that there is nothing for you to choose."
    )
    browser = _(
        "Your browser, too, lets you see, delete and block cookies: its help pages say how. "
        "This site cannot delete cookies that another site has set."
    )
    offered = charter.offers_choice
    own = tuple(_on_choosing(charter, texts)) if offered else (texts(nothing),)
    return Passage(
        texts(_("How to change your mind")),
        (*own, texts(browser)),
        links=(Link(texts(SETTINGS), settings),) if offered else (),
    )


def _on_choosing(charter: Charter, texts: Texts) -> Iterator[str]:
    yield texts(
        _(
            "You can accept, refuse or change your choice at any time in the cookie settings. What "
            "you refuse is not used; what was set before under this site's address is deleted. "
            "Refusing does not close the site to you: only content that needs the refused cookies "
            "stays away."
        )
    )
    lifetime = charter.preferences.lifetime
    assert lifetime is not None, "the library declares how long its own cookie lives"
    yield texts(
        _(
            "Your choice, whether you accepted or refused, is kept for %(duration)s in the cookie "
            "%(name)s. Then you are asked again, and before that only if what you chose about has "
            "changed."
        ),
        duration=lifetime_words(lifetime, texts),
        name=charter.preferences.name,
    )
    if charter.signal_categories:
        yield _on_the_signal(charter, texts)


def _on_the_signal(charter: Charter, texts: Texts) -> str:
    # W3C Global Privacy Control: a wish not to be sold or shared, never a consent.
    titles = [
        title_of(one, texts, default_language=charter.default_language).text
        for one in charter.signal_categories
    ]
    return texts(
        _(
            "If your browser sends the Global Privacy Control signal and you have made no choice, "
            "this site takes the signal as a refusal of: %(categories)s."
        ),
        categories=texts.list_of(titles),
    )


def _on_the_controller(controller: Controller, texts: Texts) -> Passage:
    answers = _(
        "%(controller)s decides what the cookies of this site are used for, and answers for it "
        "(data controller)."
    )
    complaint = _(
        "If you think that your rights are not respected, you can complain to the data protection "
        "authority of your country."
    )
    return Passage(
        texts(_("Who answers for this site")),
        (texts(answers, controller=controller.name), texts(complaint)),
        links=tuple(_links_of(controller, texts)),
    )


def _links_of(controller: Controller, texts: Texts) -> Iterator[Link]:
    contact = controller.contact
    if contact:
        yield Link(contact, _address_of(contact), texts(_("Contact:")))
    if controller.privacy_page:
        yield Link(texts(_("How this site handles personal data")), controller.privacy_page)


def _address_of(contact: str) -> str:
    if _MAIL.fullmatch(contact):
        return f"mailto:{quote(contact, safe='@+')}"
    return contact if _URL.fullmatch(contact) else ""
