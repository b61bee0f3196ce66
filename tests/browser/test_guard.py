"""What scripts of a page store for a visitor, with and without the guard: in real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from consentgate import Event, Gate
from consentgate.gate.events import Reason
from tests.browser.guarded_site import PAGES, PATHS, SECRET, Site, page_that, policy_with
from tests.browser.storing_ways import NAME, WAYS_ROUND, WORKER
from tests.browser.tracking_browser import Tab, open_chromium
from tests.support.http_servers import serve_asgi

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

ROUND = {name: f"/round/{number}" for number, name in enumerate(WAYS_ROUND)}
ALL = PAGES | {ROUND[name]: page_that(way) for name, way in WAYS_ROUND.items()}

UNDECLARED = {
    "cookie: an undeclared name",
    "cookie: a blank that belongs to the name",
    "storage: Chromium's older file system",
}

# These store nothing in Chromium either.
HARMLESS = {
    "cookie: an object's text",
    "cookie: cookieStore, getter",
    "cookie: delete, then assign",
    "cookie: a name that is none",
    "cookie: a year that two readers read differently",
}

Serve = Any  # a function that returns the address of a site with these options


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(serve_asgi(Site(ALL, **options)))


@pytest.fixture(scope="module")
def guarded(serve: Serve) -> str:
    address: str = serve(guard="enforce")
    return address


@pytest.mark.parametrize("way", WAYS_ROUND)
def test_a_way_round_that_the_documentation_names_is_swept_after_a_refusal(
    browser: Browser, guarded: str, way: str
) -> None:
    tab = Tab(browser, guarded)
    watching = tab.context.new_page()
    watching.goto(f"{guarded}/empty")
    # What is stored may be swept before anybody looks.
    watching.evaluate("addEventListener('storage', ({key}) => { self.seen ||= key === 'track' })")
    tab.page.goto(guarded + ROUND[way])
    # A page in the background gets no frames, so that it looks by the clock.
    watching.wait_for_function("self.seen || localStorage.track", polling=50)
    tab.choose()

    tab.open("/empty")
    tab.wait_until("!localStorage.length")

    assert tab.left() == {}


def works(tab: Tab, name: str) -> bool:
    """Whether a way stores what it tries to."""
    tab.clear()
    tab.open(PATHS[name])
    return any(NAME in text for names in tab.left().values() for text in names)


def test_every_way_stores_something_without_the_guard(browser: Browser, serve: Serve) -> None:
    tab = Tab(browser, serve())

    idle = {name for name in PATHS if not works(tab, name)}

    assert idle <= HARMLESS | {"cookie: an undeclared name"}


# The guard takes a lifetime of nothing for a deletion, whatever follows.
DELETING = {"cookie: two lifetimes"}


def test_every_way_works_for_who_accepted_statistics(browser: Browser, guarded: str) -> None:
    tab = Tab(browser, guarded, granted=["statistics"])

    idle = {name for name in PATHS if not works(tab, name)}

    assert idle <= HARMLESS | DELETING | UNDECLARED


def test_in_report_mode_all_is_stored_and_reported(browser: Browser, serve: Serve) -> None:
    events: list[Event] = []
    tab = Tab(browser, serve(guard="report", on_event=events.append))

    for name in ("cookie: assignment", "cookie: an undeclared name", "storage: a service worker"):
        with tab.page.expect_response("**/consent/guard"):
            tab.open(PATHS[name])

    assert tab.left() == {"cookie": ["other", NAME], "service_worker": [WORKER]}
    reported = {(one.reason, one.detail, one.name, one.path) for one in events}
    assert {
        (Reason.SCRIPT_NOT_ALLOWED, "cookie", NAME, PATHS["cookie: assignment"]),
        (Reason.SCRIPT_UNDECLARED, "cookie", "other", PATHS["cookie: an undeclared name"]),
        (
            *(Reason.SCRIPT_NOT_ALLOWED, "service_worker", WORKER),
            PATHS["storage: a service worker"],
        ),
    } <= reported


def test_the_undeclared_may_be_let_through_and_reported(browser: Browser, serve: Serve) -> None:
    tab = Tab(browser, serve(guard="enforce", unknown="report"))

    tab.open(PATHS["cookie: an undeclared name"])
    tab.open(PATHS["cookie: assignment"])

    assert tab.left() == {"cookie": ["other"]}


@pytest.mark.parametrize("granted", [["statistics"], []], ids=["granted", "refused"])
def test_a_choice_that_scripts_cannot_read_is_known_before_anything_runs(
    browser: Browser, serve: Serve, granted: list[str]
) -> None:
    tab = Tab(browser, serve(guard="enforce", http_only=True), granted=granted)

    tab.open(PATHS["cookie: assignment"])

    assert tab.left() == ({"cookie": [NAME]} if granted else {})


@pytest.mark.law(33, 34)
@pytest.mark.parametrize(
    ("regime", "signals", "stores"),
    [("uk", False, True), ("uk", True, True), ("us-ca", False, True), ("us-ca", True, False)],
)
def test_where_an_objection_is_enough_scripts_store_until_there_is_one(
    browser: Browser, serve: Serve, regime: str, *, signals: bool, stores: bool
) -> None:
    policy = policy_with(regime=regime)
    address = serve(guard="enforce", policy=policy)
    tab = Tab(browser, address, gate=Gate(policy, secret_key=SECRET))
    tab.context.set_extra_http_headers({"Sec-GPC": "1"} if signals else {})
    tab.context.add_init_script(
        f"Object.defineProperty(navigator, 'globalPrivacyControl', {{ value: {int(signals)} }})"
    )

    tab.open(PATHS["storage: setItem"])
    before = tab.left()
    tab.choose()
    tab.open("/empty")
    tab.wait_until("!localStorage.length")
    tab.open(PATHS["storage: setItem"])

    assert before == ({"local_storage": [NAME]} if stores else {})
    assert tab.left() == {}


def test_scripts_neither_write_the_choice_nor_open_the_guard(
    browser: Browser, guarded: str
) -> None:
    tab = Tab(browser, guarded)
    tab.open("/empty")

    tab.evaluate("""() => {
        document.cookie = "cookies_preferences=forged";
        consentgate.allows = () => true;
        const detail = { categories: { statistics: "granted" } };
        document.dispatchEvent(new CustomEvent("consentgate:state", { detail }));
        document.cookie = "track=1";
    }""")

    assert tab.context.cookies() == []


def test_a_script_may_delete_what_it_may_not_write(browser: Browser, guarded: str) -> None:
    tab = Tab(browser, guarded)
    tab.context.add_cookies([{"name": NAME, "value": "1", "url": guarded}])
    tab.open("/empty")

    tab.evaluate("document.cookie = 'track=; expires=Thu, 01 Jan 1970 00:00:00 GMT'")

    assert tab.left() == {}


def test_necessary_names_are_stored_by_every_means(browser: Browser, guarded: str) -> None:
    tab = Tab(browser, guarded)
    tab.open("/empty")

    tab.evaluate("""async () => {
        document.cookie = "needed=1";
        localStorage.needed = 1;
        sessionStorage.setItem("needed", 1);
        await new Promise((done) => { indexedDB.open("needed").onsuccess = done; });
        await caches.open("needed");
        await navigator.storageBuckets.open("needed");
        const root = await navigator.storage.getDirectory();
        await root.getFileHandle("needed", { create: true });
    }""")

    assert tab.left() == {
        kind: ["needed"]
        for kind in (
            *("cookie", "local_storage", "session_storage", "indexed_db"),
            *("cache_storage", "storage_bucket", "private_file"),
        )
    }


@pytest.mark.law(10)
def test_a_site_that_asks_for_it_has_all_storages_cleared_by_a_withdrawal(
    browser: Browser, serve: Serve
) -> None:
    tab = Tab(browser, serve(gated_markup=True, clear_site_data=True), granted=["statistics"])
    tab.open("/empty")
    tab.evaluate("""async () => {
        document.cookie = "needed=1";
        localStorage.needed = 1;
        await caches.open("needed");
    }""")
    before = tab.left()

    tab.open("/empty")
    tab.evaluate("consentgate.choose('withdraw')")

    assert before == {kind: ["needed"] for kind in ("cookie", "local_storage", "cache_storage")}
    assert tab.left() == {"cookie": ["needed"]}
