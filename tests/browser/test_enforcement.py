"""With csp="enforce" and guard="enforce" a real browser contacts no third party and stores nothing
that its visitor did not allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from consentgate import Cookie, Gate, Policy
from tests.browser.contact_ways import WAYS
from tests.browser.guarded_site import PAGES, PATHS, SECRET, Site, policy_with
from tests.browser.storing_ways import NAME, STORAGES, WORKER
from tests.browser.tracked_site import declared_trackers, every_way
from tests.browser.tracker import ADVERTS, STATISTICS, Tracker, run_tracker
from tests.browser.tracking_browser import Tab, open_profile
from tests.support.chromium import find_chromium
from tests.support.http_servers import serve_asgi
from tests.support.requirements import require

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

SETTLED_MS = 1_500  # what is not on its way by then would have to be delayed on purpose
CONTACTS = {f"/{way}" for way in WAYS}

KEPT = [PATHS[f"storage: {way}"] for way in STORAGES]

# Its datagrams would leave at once.
TRANSPORT = "new WebTransport('https://127.0.0.1:%d').ready.catch(String)"
WRITES = "document.cookie = 'stats=1'; document.cookie = 'ads=1'"

Left = dict[str, list[str]]
NECESSARY: Left = {
    "cookie": ["needed"],
    "local_storage": ["needed"],
    "service_worker": ["/tracked/service.js"],
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit left: the paths that each host of the tracker was asked for, the connections to
    a host that is only named ahead, the datagrams, and the names of what is stored, by kind."""

    statistics: set[str]
    adverts: set[str]
    connections: int
    datagrams: int
    left: Left


@dataclass(frozen=True, slots=True)
class Trackers:
    """The tracker of the page, and one that a header names ahead."""

    tracker: Tracker
    ahead: Tracker

    def visit(self, tab: Tab, *expects: str, stores: Iterable[str] = PATHS.values()) -> Seen:
        """Open the page that contacts the tracker in every way, wait for what the hosts are
        expected to be asked for, then open pages that store."""
        tracker, ahead = self.tracker, self.ahead
        tracker.forget()
        ahead.forget()
        tab.page.goto(f"{tab.address}/")
        tab.evaluate(f"{TRANSPORT % tracker.port}; {WRITES}")
        missing = {host: tracker.wait_for(host, CONTACTS) for host in expects}
        tab.page.wait_for_timeout(SETTLED_MS)
        assert not any(missing.values()), missing
        for popup in tab.context.pages:
            if popup is not tab.page:
                popup.close()
        for path in stores:
            tab.open(path)
        return Seen(
            tracker.paths(STATISTICS),
            tracker.paths(ADVERTS),
            ahead.connections,
            tracker.datagrams,
            tab.left(),
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """Chromium, the trackers, and the policy of the site."""

    playwright: Playwright
    trackers: Trackers
    policy: Policy

    @contextmanager
    def open_tab(self, folder: Path, address: str, **choice: Any) -> Iterator[Tab]:
        """Open a browser with a profile of its own in front of the site."""
        with open_profile(self.playwright, folder) as profile:
            yield Tab(profile, address, gate=Gate(self.policy, secret_key=SECRET), **choice)

    @contextmanager
    def serve(self, **options: Any) -> Iterator[str]:
        """Serve the site under a name that is not the trackers'."""
        link = f"<http://{ADVERTS}:{self.trackers.ahead.port}>; rel=preconnect"
        beyond = every_way(self.trackers.tracker.port, link)
        site = Site(PAGES, beyond=beyond, policy=self.policy, **options)
        with serve_asgi(site, ws="websockets-sansio") as url:
            yield url.replace("127.0.0.1", "home.localhost")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    require(find_chromium(), "Chromium")
    with sync_playwright() as playwright, run_tracker() as tracker, run_tracker() as ahead:
        worker = Cookie("/tracked/service.js", category="necessary", kind="service_worker")
        policy = policy_with(worker, *declared_trackers(tracker.port))
        yield Stage(playwright, Trackers(tracker, ahead), policy)


@pytest.fixture(scope="module")
def seen(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What was seen of visits, by the state of the visitor."""
    visit = stage.trackers.visit
    found = {}
    with stage.serve(csp="enforce", guard="enforce") as url:
        with stage.open_tab(tmp_path_factory.mktemp("visitor"), url) as tab:
            found["undecided"] = visit(tab)
            tab.choose("statistics")
            found["statistics"] = visit(tab, STATISTICS, stores=KEPT)
            tab.choose()
            found["withdrawn"] = visit(tab)
        with stage.open_tab(tmp_path_factory.mktemp("refuser"), url, granted=[]) as tab:
            found["refused"] = visit(tab)
    for limits in ("off", "report"):
        csp = limits.replace("report", "report-only")
        with (
            stage.serve(csp=csp, guard=limits) as url,
            stage.open_tab(tmp_path_factory.mktemp(limits), url) as tab,
        ):
            found[limits] = visit(tab, STATISTICS, ADVERTS, stores=())
    return found


@pytest.mark.law(1)
@pytest.mark.law(2)
@pytest.mark.law(10)
@pytest.mark.parametrize("state", ["undecided", "refused", "withdrawn"])
def test_no_third_party_hears_of_a_visitor_who_did_not_allow_it(
    seen: dict[str, Seen], state: str
) -> None:
    visit = seen[state]

    assert (visit.statistics, visit.adverts) == (set(), set())
    assert (visit.connections, visit.datagrams) == (0, 0)


@pytest.mark.law(1, 2)
@pytest.mark.parametrize("state", ["undecided", "refused"])
def test_only_what_is_necessary_is_stored(seen: dict[str, Seen], state: str) -> None:
    assert seen[state].left == NECESSARY


@pytest.mark.law(10)
def test_after_a_withdrawal_what_was_stored_is_gone(seen: dict[str, Seen]) -> None:
    # Only the third party itself can remove the cookie that it set while it was allowed.
    assert seen["withdrawn"].left == {**NECESSARY, "cookie": ["needed", "tracker"]}


def test_after_statistics_are_accepted_they_work_and_marketing_does_not(
    seen: dict[str, Seen],
) -> None:
    visit = seen["statistics"]

    assert visit.statistics >= CONTACTS
    assert (visit.adverts, visit.connections) == (set(), 0)
    assert visit.left == {
        "cookie": ["needed", "stats", "tracker"],
        "local_storage": ["needed", NAME],
        "service_worker": sorted([WORKER, "/tracked/service.js"]),
        **{kind: [NAME] for kind in ("session_storage", "indexed_db", "cache_storage")},
        **{kind: [NAME] for kind in ("storage_bucket", "private_file")},
    }


@pytest.mark.parametrize("limits", ["off", "report"])
def test_without_limits_every_way_leads_to_the_tracker(seen: dict[str, Seen], limits: str) -> None:
    visit = seen[limits]

    assert visit.statistics & visit.adverts >= CONTACTS
    assert visit.connections > 0
    assert visit.datagrams > 0
    assert {"ads", "stats", "tracker"} <= {*visit.left["cookie"]}
