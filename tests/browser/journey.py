"""The example sites with a clock that tests move, and what a visitor does on their pages.

The steps go by the markup (names, values, roles), never by words, so that they are the same in
every language and for every site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import flask_shop
import starlette_shop
from journal import Journal
from tests.browser.moved_clock import Clock
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.http_servers import serve_asgi, serve_wsgi
from tests.support.portal_server import run_portal
from tests.support.requirements import require

READY: Final = "domcontentloaded"
"""A page is ready when its scripts ran; what it embeds may still be on its way."""


@dataclass(frozen=True, slots=True)
class Place:
    """One example site that is served, and the cookies that it has.

    `content` is the part of a page that must be the same whatever the visitor chose.
    """

    url: str
    clock: Clock
    own: str
    necessary: frozenset[str]
    statistics: frozenset[str]
    content: str


Opening = Callable[[Path], Any]  # Any: a context manager's type is long


@contextmanager
def open_flask_shop(folder: Path) -> Iterator[Place]:
    """The Flask shop under Werkzeug's server."""
    clock = _clock_in(folder)
    with serve_wsgi(flask_shop.create_app(Journal(), clock=clock)) as url:
        yield _shop(url, clock, prefix="flask_")


@contextmanager
def open_starlette_shop(folder: Path) -> Iterator[Place]:
    """The Starlette shop under uvicorn."""
    clock = _clock_in(folder)
    with serve_asgi(starlette_shop.create_app(Journal(), clock=clock)) as url:
        yield _shop(url, clock, prefix="")


@contextmanager
def open_portal(folder: Path) -> Iterator[Place]:
    """The Django portal under gunicorn, in a process of its own."""
    clock = _clock_in(folder)
    settings = "tests.browser.portal_settings"
    with run_portal("gunicorn", folder, DJANGO_SETTINGS_MODULE=settings) as url:
        yield Place(
            url,
            clock,
            own="cookies_preferences",
            necessary=frozenset({"csrftoken", "sessionid", "django_language"}),
            statistics=frozenset({"_pk_id.7.5f1c", "_pk_ses.7.5f1c"}),
            content="main",
        )


def _clock_in(folder: Path) -> Clock:
    clock = Clock(folder / "day")
    clock.move_to(0)
    return clock


def _shop(url: str, clock: Clock, *, prefix: str) -> Place:
    return Place(
        url,
        clock,
        own=prefix + "cookies_preferences",
        necessary=frozenset({prefix + "session", prefix + "basket"}),
        statistics=frozenset({prefix + "visits"}),
        content=".products",
    )


SITES: dict[str, Opening] = {
    "flask": open_flask_shop,
    "starlette": open_starlette_shop,
    "django": open_portal,
}


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Headless Chromium; without one the test is skipped."""
    executable = find_chromium()
    require(executable, "Chromium")
    with sync_playwright() as playwright:  # pragma: no cover (greenlets hide it from the tracer)
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A person in front of a page. What is pressed is what everybody can press."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._written: list[str] = []

    @property
    def banner(self) -> Locator:
        """The banner of the page, seen or not."""
        return self.page.locator("#consentgate form")

    @property
    def settings(self) -> Locator:
        """The link to the preferences page that stands on each page after the choice."""
        return self.page.locator("#consentgate .consentgate-settings > a")

    @property
    def saved(self) -> Locator:
        """What says that the choice is saved."""
        return self.page.locator("#consentgate-saved")

    def hear(self) -> None:
        """Wait until the page says, for everybody to see, that the choice is saved."""
        expect(self.saved).to_have_text(re.compile(r"\w+ \w+"))
        expect(self.saved).to_be_visible()

    @property
    def is_asked(self) -> bool:
        """True when the page asks, for everybody to see."""
        return self.banner.is_visible()

    @property
    def jar(self) -> set[str]:
        """The names of the cookies that the browser holds."""
        return {cookie["name"] for cookie in self.page.context.cookies()}

    @property
    def path(self) -> str:
        """Where the visitor is: path, query and fragment."""
        return urlsplit(self.page.url)._replace(scheme="", netloc="").geturl()

    def open(self, path: str = "/") -> int:
        """Go to a page; its status."""
        response = self.page.goto(path, wait_until=READY)
        assert response is not None
        self._written = response.header_values("set-cookie")
        return response.status

    def sets(self, names: Collection[str]) -> bool:
        """True when the page that was opened last sets one of these cookies."""
        return any(value.partition("=")[0] in names for value in self._written)

    def press(self, choice: str) -> None:
        """Press one of the page's buttons, and wait for the page that it leads to."""
        with self.page.expect_navigation(wait_until=READY):
            self.page.locator(f"button[name=choice][value={choice}]").first.click()

    def open_settings(self) -> None:
        """Follow the link that stands on each page after the choice."""
        with self.page.expect_navigation(wait_until=READY):
            self.settings.click()

    def category(self, name: str) -> Locator:
        """The box of a category, in the preferences page."""
        return self.page.locator(f"input[name=category][value={name}]")
