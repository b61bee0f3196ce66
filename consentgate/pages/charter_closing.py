"""The charter after its tables: what cookies are in general, how to change one's mind, and who
answers for the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from consentgate.pages.charter import Charter
from consentgate.pages.charter_words import Link, Passage, explanations
from consentgate.pages.durations import lifetime_words
from consentgate.pages.texts import Texts
from consentgate.pages.texts import message as _
from consentgate.policy import Controller

SETTINGS = _("Cookie settings")

_MAIL = re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+")
_URL = re.compile(r"https?://[^\s<>\"']+")


def closing(charter: Charter, texts: Texts, *, settings: str) -> tuple[Passage, ...]:
    """Return the passages after the tables. `settings` is the address of the preferences page."""
    passages = (*explanations(charter, texts), _on_the_choice(charter, texts, settings))
    if charter.controller is None:
        return passages
    return (*passages, _on_the_controller(charter.controller, texts))


def _on_the_choice(charter: Charter, texts: Texts, settings: str) -> Passage:
    nothing = _("This site uses only necessary cookies, so you have nothing to choose.")
    browser = _(
        "You can also see, delete and block cookies in your browser: its help pages explain "
        "how. This site cannot delete cookies set by another site."
    )
    offered = charter.offers_choice
    choice = tuple(_on_choosing(charter, texts)) if offered else (texts(nothing),)
    return Passage(
        texts(_("How to change your mind")),
        (*choice, texts(browser)),
        links=(Link(texts(SETTINGS), settings),) if offered else (),
        anchor="consentgate-change",
    )


def _on_choosing(charter: Charter, texts: Texts) -> Iterator[str]:
    yield texts(
        _(
            "You can accept, refuse or change your choice at any time in the cookie settings. "
            "Refused cookies are not used. Those already set under the address of this site "
            "are deleted. You can use the site even if you refuse: only content that needs the "
            "refused cookies is not shown."
        )
    )
    lifetime = charter.preferences.lifetime
    assert lifetime is not None, "the library declares how long its own cookie lives"
    yield texts(
        _(
            "Your choice, accepted or refused, is kept for %(duration)s in the cookie "
            "%(name)s. After that, this site asks you again. It asks sooner only if the "
            "cookies that you chose about have changed."
        ),
        duration=lifetime_words(lifetime, texts),
        name=charter.preferences.name,
    )
    if charter.signal_categories:
        yield _on_the_signal(charter, texts)


def _on_the_signal(charter: Charter, texts: Texts) -> str:
    # W3C Global Privacy Control: a wish not to be sold or shared, never a consent.
    categories = charter.signal_categories
    titles = [charter.title_of(category, texts).text for category in categories]
    return texts(
        _(
            "If your browser sends the Global Privacy Control signal and you have not chosen "
            "yet, this site counts the signal as a refusal of: %(categories)s."
        ),
        categories=texts.list_of(titles),
    )


def _on_the_controller(controller: Controller, texts: Texts) -> Passage:
    answers = _(
        "Data controller: %(controller)s. The data controller decides what the cookies of this "
        "site are used for, and answers for their use."
    )
    complaint = _(
        "If you think that your rights have not been respected, you can complain to the data "
        "protection authority of your country."
    )
    return Passage(
        texts(_("Who is responsible for this site")),
        (texts(answers, controller=controller.name), texts(complaint)),
        links=tuple(_links_of(controller, texts)),
        anchor="consentgate-controller",
    )


def _links_of(controller: Controller, texts: Texts) -> Iterator[Link]:
    contact = controller.contact
    if contact:
        yield Link(contact, _address_of(contact), texts(_("Contact:")))
    if controller.privacy_page:
        yield Link(texts(_("How this site uses personal data")), controller.privacy_page)


def _address_of(contact: str) -> str:
    if _MAIL.fullmatch(contact):
        return f"mailto:{quote(contact, safe='@+')}"
    return contact if _URL.fullmatch(contact) else ""
