"""A visit to the portal, which checks the cookies that must leave and those that must not."""

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

    from demo_check import Visitor
    from journal import Journal

STATISTICS, TRACKER, CHOICE = "_pk_id.7.5f1c", "_carte_id", "cookies_preferences"
DECLARED = ("sessionid", "csrftoken", "django_language", CHOICE, "_pk_id.*", "_pk_ses.*")


@contextmanager
def portal_of(journal: Journal, *, mode: str) -> Iterator[WSGIApplication]:
    """Yield the portal with a database of its own; its gate reports its events to the journal."""
    with TemporaryDirectory() as folder:
        os.environ["PORTAL_FOLDER"] = folder
        prepare()
        from django.conf import settings  # noqa: PLC0415 (both read PORTAL_FOLDER)

        settings.CONSENTGATE |= {"MODE": mode, "ON_EVENT": journal.note}
        from portal.wsgi import application  # noqa: PLC0415

        yield WatchWSGI(application, journal)


def visit_portal(portal: Visitor) -> None:
    """Use all of the portal before a choice, then accept, then withdraw."""
    left = use_before_choice(portal)
    portal.expect(STATISTICS not in left, "the portal's statistics do not leave before consent")
    portal.expect(CHOICE not in left, "no choice is kept before the visitor chooses")

    left = portal.go("GET", "cookies/", why="the charter, with the banner above it")
    portal.expect(has_charter(portal), "the charter lists each cookie")
    left += portal.choose("accept", why="the visitor accepts", path="/carte/")
    portal.expect(portal.holds(CHOICE), "the choice is kept")
    left = portal.go("GET", "carte/", why="after consent, the plug-in again")
    portal.expect(STATISTICS in left, "the portal's statistics leave after consent")
    portal.expect(TRACKER not in left, "the plug-in's tracker does not leave even with consent")

    left = portal.go("GET", "consent/", why="the preferences page")
    portal.choose("refuse", why="the visitor withdraws", path="/carte/")
    left = portal.go("GET", "carte/", why="after withdrawal")
    portal.expect(not portal.holds(STATISTICS), "the withdrawal expires the portal's statistics")
    portal.expect(STATISTICS not in left, "nothing is counted by the portal after withdrawal")
    portal.expect(portal.holds("sessionid"), "the user is still signed in")
    portal.expect(not portal.holds(TRACKER), "the plug-in's tracker never leaves")


def has_charter(portal: Visitor) -> bool:
    """Return True if the page names each declared cookie of the portal."""
    return all(f">{name}<" in portal.page for name in DECLARED)


def use_before_choice(portal: Visitor) -> list[str]:
    """Sign in, change the language, call the API, and return the names of all cookies that left."""
    left = portal.go("GET", "connexion/", why="nobody asked yet")
    portal.expect(portal.buttons == ["accept", "refuse"], "the page asks, with two buttons")
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
    portal.expect(TRACKER not in left, "the plug-in's tracker does not leave before consent")
    return left


def post(portal: Visitor, path: str, *, why: str, **fields: str) -> list[str]:
    """Send a form with its token, and return the names of the cookies that left."""
    token = portal.browser.cookies["csrftoken"]
    return portal.go("POST", path, why=why, fields={"csrfmiddlewaretoken": token, **fields})


def page(portal: Visitor, path: str = "") -> str:
    """Return the HTML of a page."""
    return portal.browser.get(portal.url + path).text
