"""With csp="enforce" a real browser contacts no third party that its visitor did not allow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from consentgate import Gate
from tests.browser.journey import open_browser
from tests.browser.tracked_site import SECRET, WAYS, every_way, policy_of, serve_tracked
from tests.browser.tracker import ADVERTS, STATISTICS, Tracker, run_tracker

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

SETTLED_MS = 1_500  # what is not on its way by then would have to be delayed on purpose
PATHS = {f"/{way}" for way in WAYS}


Log = dict[str, set[str]]
"""The paths that each host of the tracker was asked for."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with run_tracker() as tracker:
        yield tracker


class Visitor:
    """A browser in front of the site, whose choice may change between two visits."""

    def __init__(self, browser: Browser, tracker: Tracker, url: str) -> None:
        self._context = browser.new_context(base_url=url)
        self._tracker = tracker
        self._url = url

    def visit(self, choice: str = "", *, expects: tuple[str, ...] = (), path: str = "/") -> Log:
        """What the tracker is asked for by a visit; one that expects something waits for it."""
        name, _, value = choice.partition("=")
        if name:
            self._context.add_cookies([{"name": name, "value": value, "url": self._url}])
        self._tracker.forget()
        page = self._context.new_page()
        page.goto(path)
        for host in expects:
            self._tracker.wait_for(host, PATHS)
        page.wait_for_timeout(SETTLED_MS)
        page.close()
        return {host: self._tracker.paths(host) for host in (STATISTICS, ADVERTS)}


@pytest.fixture(scope="module")
def logs(browser: Browser, tracker: Tracker) -> dict[str, Log]:
    """The tracker's log by the state of the visitor."""
    gate = Gate(policy_of(tracker.port), secret_key=SECRET)
    willing, refusing = gate.preferences_for("statistics"), gate.preferences_for()
    site = every_way(tracker.port)
    with serve_tracked(site, tracker.port) as url:
        visitor = Visitor(browser, tracker, url)
        found = {
            "undecided": visitor.visit(),
            "statistics": visitor.visit(willing, expects=(STATISTICS,)),
            "withdrawn": visitor.visit(refusing),
            "refused": Visitor(browser, tracker, url).visit(refusing),
        }
    with serve_tracked(site, tracker.port, csp="off") as url:
        found["off"] = Visitor(browser, tracker, url).visit(expects=(STATISTICS, ADVERTS))
    with serve_tracked(site, tracker.port, csp="report-only") as url:
        visitor = Visitor(browser, tracker, url)
        found["report-only"] = visitor.visit(expects=(STATISTICS, ADVERTS))
    return found


@pytest.mark.law(1)
@pytest.mark.law(2)
@pytest.mark.law(10)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["undecided", "refused", "withdrawn"])
def test_no_third_party_hears_of_a_visitor_who_did_not_allow_it(
    logs: dict[str, Log], state: str, way: str
) -> None:
    assert f"/{way}" not in logs[state][STATISTICS] | logs[state][ADVERTS]


@pytest.mark.parametrize("way", WAYS)
def test_what_was_allowed_works(logs: dict[str, Log], way: str) -> None:
    assert f"/{way}" in logs["statistics"][STATISTICS]
    assert f"/{way}" not in logs["statistics"][ADVERTS]


@pytest.mark.parametrize("state", ["off", "report-only"])
def test_without_limits_every_way_leads_to_the_tracker(logs: dict[str, Log], state: str) -> None:
    assert PATHS - logs[state][STATISTICS] == set()
    assert PATHS - logs[state][ADVERTS] == set()
