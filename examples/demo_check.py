"""Visit the portal and both shops as a person would, print which cookies left, and check them.

The visitor reads the banner, presses its buttons, and withdraws on the preferences page. The script
exits with 1 if a cookie leaves before consent, if consent does not let the statistics cookie
through, or if a withdrawal does not expire it. `python examples/demo_check.py report` runs the
gate in another mode, to see the check fail.
"""

from __future__ import annotations

import logging
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

import flask_shop
import starlette_shop
from journal import Answer, Journal
from portal_check import portal_of, visit_portal
from servers import serve_asgi, serve_wsgi

if TYPE_CHECKING:
    from collections.abc import Callable

TRACKER = "_promo_id"
PREFERENCES = "consent/"

# Browsers send where a request comes from; with it the gate recognises the site's own forms.
BY_LINK = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
BY_FORM = BY_LINK | {"Sec-Fetch-Site": "same-origin"}

BUTTON = re.compile(r'<button[^>]* name="choice" value="(\w+)"')


@dataclass(slots=True)
class Visitor:
    """One visitor of one site, with a browser's cookie jar and a list of the checks that failed."""

    url: str
    journal: Journal
    prefix: str  # of the site's cookie names
    browser: httpx.Client
    failures: list[str] = field(default_factory=list)
    page: str = ""

    @property
    def buttons(self) -> list[str]:
        """The values of the page's buttons that send a choice, in order."""
        return BUTTON.findall(self.page)

    def go(
        self, method: str, path: str, *, why: str, fields: dict[str, str] | None = None
    ) -> list[str]:
        """Send one request, print the response, and return the names of the cookies that left."""
        headers = BY_LINK if method == "GET" else BY_FORM | {"Origin": self.url.rstrip("/")}
        response = self.browser.request(method, self.url + path, data=fields, headers=headers)
        self.page = response.text
        values = response.headers.get_list("set-cookie")
        print(f"\n  {method} /{path}  ({why}) -> {response.status_code}")
        for value in values:
            print(f"    left       {describe(value)}")
        for line in explain(self.journal.answers[0]):
            print(f"    {line}")
        self.expect(response.status_code < 400, f"{method} /{path} works")
        return [value.partition("=")[0] for value in values]

    def choose(self, choice: str, *, why: str, path: str = "/") -> list[str]:
        """Press one of the page's buttons, and return the names of the cookies that left."""
        self.expect(choice in self.buttons, f"the page has a button to {choice}")
        return self.go("POST", PREFERENCES, why=why, fields={"choice": choice, "next": path})

    def holds(self, name: str) -> bool:
        """Return True if the browser's jar has a cookie of that name."""
        return name in self.browser.cookies

    def expect(self, truth: bool, sentence: str) -> None:  # noqa: FBT001 (the condition)
        """Record and print the sentence as failed unless it is true."""
        if not truth:
            self.failures.append(sentence)
            print(f"    FAILED     {sentence}")


def describe(value: str) -> str:
    """Return the name and the attributes of a Set-Cookie value, without the cookie's value."""
    name, _, rest = value.partition("=")
    attributes = rest.partition(";")[2].strip()
    return f"{name:<26} {attributes}"


def explain(answer: Answer) -> list[str]:
    """Return one line for each event of the gate: its action, the cookie and the reason."""
    return [
        f"{event.action.value:<10} {event.name:<26} "
        f"{event.reason.value} {event.reason.name.lower().replace('_', ' ')}"
        for event in answer.events
    ]


def visit(shop: Visitor) -> None:
    """Browse before the choice, after an acceptance and after its withdrawal."""
    visits, preferences = shop.prefix + "visits", shop.prefix + "cookies_preferences"

    left = shop.go("GET", "", why="nobody asked yet")
    shop.expect(shop.buttons == ["accept", "refuse"], "the page asks, with two buttons")
    left += shop.go("POST", "basket/teapot", why="the basket works without consent")
    left += shop.go("GET", "", why="still undecided")
    shop.expect(visits not in left, "the statistics cookie does not leave before consent")
    shop.expect(preferences not in left, "no choice is kept before the visitor chooses")
    shop.expect(shop.holds(shop.prefix + "session"), "the session works before consent")
    shop.expect(shop.holds(shop.prefix + "basket"), "the basket works before consent")

    left += shop.choose("accept", why="the visitor accepts")
    shop.expect(shop.holds(preferences), "the choice is kept")
    left_after = shop.go("GET", "", why="after consent")
    shop.expect(visits in left_after, "the statistics cookie leaves after consent")
    shop.expect(shop.buttons == [], "nobody asks again")
    left += left_after

    left += shop.go("GET", PREFERENCES, why="the preferences page")
    left += shop.choose("refuse", why="the visitor withdraws")
    left += shop.go("GET", "", why="after withdrawal")
    shop.expect(not shop.holds(visits), "the withdrawal expires the statistics cookie")
    shop.expect(shop.holds(preferences), "the refusal is kept")
    shop.expect(shop.buttons == [], "nobody asks again after a withdrawal")
    last = shop.go("GET", "", why="once more after withdrawal")
    shop.expect(visits not in last, "nothing is counted after withdrawal")
    shop.expect(TRACKER not in [*left, *last], "the undeclared tracker never leaves")


def run(
    name: str,
    *,
    url: str,
    journal: Journal,
    prefix: str = "",
    visit_site: Callable[[Visitor], None] = visit,
) -> list[str]:
    """Visit one site, and return the sentences that were not true."""
    print(f"\n{name} at {url}")
    with httpx.Client(trust_env=False) as browser:
        site = Visitor(url, journal=journal, prefix=prefix, browser=browser)
        visit_site(site)
    print(f"\n  {name}: " + ("FAILED" if site.failures else "as it should be"))
    return site.failures


def main(mode: str) -> int:
    logging.getLogger("consentgate").setLevel(logging.ERROR)  # the events are printed below
    portal_journal, starlette_journal, flask_journal = Journal(), Journal(), Journal()
    starlette_app = starlette_shop.create_app(starlette_journal, mode=mode)
    flask_app = flask_shop.create_app(flask_journal, mode=mode)
    with portal_of(portal_journal, mode=mode) as portal, serve_wsgi(portal) as url:
        failures = run("Portal", url=url, journal=portal_journal, visit_site=visit_portal)
    with serve_asgi(starlette_app) as url:
        failures += run("Starlette shop", url=url, journal=starlette_journal)
    with serve_wsgi(flask_app) as url:
        failures += run("Flask shop", url=url, journal=flask_journal, prefix="flask_")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "enforce"))
