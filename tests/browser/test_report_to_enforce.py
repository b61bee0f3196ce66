"""What `report` wrote of a shop with ten cookies enforces, unedited, and the shop works on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from consentgate import Policy
from consentgate._report_file import read_rows
from consentgate.cli import main
from consentgate.wsgi import ConsentMiddleware
from tests.browser.journey import open_browser
from tests.browser.report_site import (
    LEGACY,
    NECESSARY,
    PIXEL,
    SECRET,
    make_shop,
    serve_pixel,
    tracker_names,
)
from tests.support.http_servers import serve_wsgi

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.behaviour(44)]

FIRST = '[controller]\nname = "Example Shop"\ncontact = "dpo@example.org"\n'
TRACKERS = {"_pk_id", "poll_", "last_seen", "clicks"}
OWN = "cookies_preferences"
MOST_LOOKS = 200


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@contextmanager
def open_shop(browser: Browser, declared: Path, **options: Any) -> Iterator[BrowserContext]:
    """A new visitor of the shop behind a gate, who has a cookie of an earlier shop, and whose
    browser loads the pixel of another site, with its cookie, past the gate."""
    policy = Policy.from_toml(declared)
    with serve_wsgi(serve_pixel) as other, browser.new_context() as context:
        pixel = other.replace("127.0.0.1", "localhost")
        gate = ConsentMiddleware(make_shop(pixel), policy=policy, secret_key=SECRET, **options)
        with serve_wsgi(gate) as address:
            context.add_cookies([{"name": LEGACY, "value": "1", "url": address}])
            page = context.new_page()
            with page.expect_response(f"{pixel}/") as of_pixel:
                page.goto(address, wait_until="networkidle")
            assert PIXEL in of_pixel.value.all_headers()["set-cookie"]
            yield context


def page_of(context: BrowserContext) -> Page:
    return context.pages[0]


def log_in(context: BrowserContext) -> None:
    page_of(context).locator("#log-in").click()
    page_of(context).wait_for_url("**/shop/boots")


def choose(context: BrowserContext, name: str) -> None:
    page_of(context).get_by_role("button", name=name, exact=True).click()
    page_of(context).wait_for_load_state("networkidle")


def open_path(context: BrowserContext, path: str) -> None:
    page_of(context).evaluate("path => { location.href = path }", path)
    page_of(context).wait_for_url(f"**{path}")
    page_of(context).wait_for_load_state("networkidle")


def heading(context: BrowserContext) -> str:
    return page_of(context).locator("h1").inner_text()


def names(context: BrowserContext) -> set[str]:
    """The names of the shop's own cookies in the browser."""
    return {cookie["name"] for cookie in context.cookies() if cookie["domain"] == "127.0.0.1"}


def is_reported(name: str, path: Path) -> bool:
    """Return whether a name is in the report file, which is written about a second later."""
    time.sleep(0.1)
    return path.exists() and name in {row.seen.name for row in read_rows(path)[0]}


@pytest.fixture(scope="module")
def declared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The declaration that `report --write` made, of what two visitors did."""
    folder = tmp_path_factory.mktemp("shop")
    path, report = folder / "consent.toml", folder / "consent-report.db"
    path.write_text(FIRST, "utf-8")
    for _ in range(2):
        with open_shop(browser, path, mode="report", report_file=report) as context:
            log_in(context)
            open_path(context, "/shop/boots")
    assert any(is_reported("clicks", report) for _ in range(MOST_LOOKS))
    assert main(["report", str(report), "--policy", str(path), "--write", str(path)]) == 0
    return path


@pytest.fixture
def visitor(browser: Browser, declared: Path) -> Iterator[BrowserContext]:
    """A new visitor of the shop behind the gate that enforces what was written."""
    with open_shop(browser, declared) as context:
        yield context


def test_the_report_has_what_the_server_set_and_the_browser_sent_but_nothing_of_the_pixel(
    declared: Path,
) -> None:
    rules = {rule.name: rule.category for rule in Policy.from_toml(declared).cookies}

    assert rules == {
        "session": "necessary",
        "XSRF-TOKEN": "necessary",
        "lang": "necessary",
        "cart": "necessary",
        "_pk_id.*": "statistics",
        "poll_*": "statistics",
        "last_seen": "statistics",
        "clicks": "statistics",
        LEGACY: "statistics",
    }


def test_a_visitor_who_chose_nothing_logs_in_and_gets_no_tracker(visitor: BrowserContext) -> None:
    log_in(visitor)
    open_path(visitor, "/shop/boots")

    assert heading(visitor) == "ada, three in the basket, in French"
    assert names(visitor) - {"clicks"} == NECESSARY


def test_a_form_with_another_token_is_turned_away_as_before(visitor: BrowserContext) -> None:
    page_of(visitor).evaluate("document.querySelector('[name=token]').value = 'forged'")
    with page_of(visitor).expect_response("**/login") as answer:
        page_of(visitor).locator("#log-in").click()

    assert answer.value.status == 403


def test_a_deletion_of_the_application_still_deletes(visitor: BrowserContext) -> None:
    assert LEGACY not in names(visitor)


def test_after_a_refusal_the_scripts_cookie_goes_as_well(visitor: BrowserContext) -> None:
    assert "clicks" in names(visitor)
    choose(visitor, "Refuse all")
    log_in(visitor)
    open_path(visitor, "/shop/boots")

    assert heading(visitor) == "ada, three in the basket, in French"
    assert names(visitor) == NECESSARY | {OWN}


def test_a_withdrawal_deletes_what_an_acceptance_let_in(visitor: BrowserContext) -> None:
    choose(visitor, "Accept all")
    log_in(visitor)
    open_path(visitor, "/shop/boots")
    accepted = names(visitor)
    open_path(visitor, "/consent/")
    choose(visitor, "Refuse all")
    open_path(visitor, "/shop/boots")

    assert tracker_names(accepted - {OWN}) == TRACKERS
    assert names(visitor) == NECESSARY | {OWN}
    assert heading(visitor) == "ada, three in the basket, in French"
