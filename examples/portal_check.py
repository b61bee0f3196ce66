"""A visit to the portal as a browser would make it, with what must and what must not leave."""

from __future__ import annotations

import os
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from journal import WatchWSGI
from portal.prepare import PASSWORD, USER, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from demo_check import Visit
    from journal import Journal

STATISTICS, TRACKER, CHOICE = "_pk_id.7.5f1c", "_carte_id", "cookies_preferences"


@contextmanager
def portal_of(journal: Journal, *, mode: str) -> Iterator[WSGIApplication]:
    """The portal with a database of its own, its gate writing into the journal."""
    with TemporaryDirectory() as folder:
        os.environ["PORTAL_FOLDER"] = folder
        prepare()
        from django.conf import settings  # noqa: PLC0415 (both read what is set above)

        settings.CONSENTGATE |= {"MODE": mode, "ON_EVENT": journal.note}
        from portal.wsgi import application  # noqa: PLC0415

        yield WatchWSGI(application, journal)


def visit_portal(portal: Visit) -> None:
    """Use all of the portal before a choice, then allow statistics and take that back."""
    left = use_before_choice(portal)
    portal.expect(STATISTICS not in left, "the portal's statistics stay in before consent")
    portal.expect(CHOICE not in left, "nothing is taken for a choice")

    left = post(portal, "cookies/choix/autoriser/", why="the visitor allows statistics")
    portal.expect(STATISTICS in left, "the portal's statistics leave with the acceptance")
    left = portal.go("GET", "carte/", why="after consent, the plug-in again")
    portal.expect(STATISTICS in left, "the portal's statistics leave after consent")
    portal.expect(TRACKER not in left, "the plug-in's tracker does not leave, consent or not")

    post(portal, "cookies/choix/retirer/", why="the visitor withdraws")
    portal.expect(not portal.holds(STATISTICS), "the withdrawal expires the portal's statistics")
    left = portal.go("GET", "carte/", why="after withdrawal")
    portal.expect(STATISTICS not in left, "nothing is counted by the portal after withdrawal")
    portal.expect(portal.holds("sessionid"), "who signed in is still signed in")
    portal.expect(not portal.holds(TRACKER), "the plug-in's tracker never leaves")


def use_before_choice(portal: Visit) -> list[str]:
    """Sign in, change the language, call the API; the names of all cookies that left."""
    left = portal.go("GET", "connexion/", why="nobody asked yet")
    portal.expect(portal.holds("csrftoken"), "forms are protected before consent")
    left += post(portal, "connexion/", why="log-in", username=USER, password=PASSWORD)
    portal.expect(portal.holds("sessionid"), "the log-in works before consent")
    portal.expect(f"Bienvenue, {USER}" in page(portal), "the message is shown before consent")
    left += post(portal, "langue/", why="the language", language="en", next="/")
    portal.expect(portal.holds("django_language"), "the language is kept before consent")
    portal.expect('lang="en"' in page(portal), "the page is in the language chosen")
    left += post(portal, "api/favoris/budget/", why="a call of the API")
    portal.expect("budget" in page(portal, "favoris/"), "the API works before consent")
    left += portal.go("GET", "carte/", why="a page with a plug-in")
    portal.expect(TRACKER not in left, "the plug-in's tracker stays in before consent")
    return left


def post(portal: Visit, path: str, *, why: str, **fields: str) -> list[str]:
    """Send a form with its token; the names of the cookies that left."""
    token = portal.browser.cookies["csrftoken"]
    return portal.go("POST", path, why=why, fields={"csrfmiddlewaretoken": token, **fields})


def page(portal: Visit, path: str = "") -> str:
    """The text of a page."""
    return portal.browser.get(portal.url + path).text
