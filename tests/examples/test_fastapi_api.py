"""The example API on FastAPI, as a process of its own, visited over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.examples.test_shops import free_ports, run_example, wait_for
from tests.support.http_servers import names_set, visit


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_ports()
    with run_example("fastapi_api.py", str(port)):
        wait_for(port)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with visit(address) as client:
        yield client


def test_a_visitor_logs_in_before_any_choice(browser: httpx.Client) -> None:
    answer = browser.post("/login", json={"name": "ada"})

    assert names_set(answer) == ["session"]
    assert browser.get("/").json() == "Hello ada"


def test_before_a_choice_neither_statistics_nor_the_tracker_leave(browser: httpx.Client) -> None:
    assert names_set(browser.get("/")) == []


def choose(browser: httpx.Client, choice: str, *categories: str) -> httpx.Response:
    """Send the choice as a script of the same site does."""
    return browser.post(
        "/consent/",
        json={"choice": choice, "categories": list(categories)},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def test_a_choice_is_kept_and_told(browser: httpx.Client) -> None:
    told = choose(browser, "save", "statistics").json()

    assert told["categories"] == {
        "necessary": "exempt",
        "statistics": "granted",
        "marketing": "refused",
    }
    assert browser.get("/consent/state").json() == told
    assert names_set(browser.get("/")) == ["visits"]


def test_an_endpoint_is_told_what_the_visitor_allows(browser: httpx.Client) -> None:
    choose(browser, "accept")

    account = browser.get("/account").json()

    assert account == {"name": None, "allowed": ["marketing", "statistics"]}


def test_what_needs_marketing_is_refused_until_it_is_allowed(browser: httpx.Client) -> None:
    before = browser.get("/for-you").status_code
    choose(browser, "save", "marketing")

    after = browser.get("/for-you")

    assert (before, after.status_code) == (403, 200)
    assert names_set(after) == ["taste"]


def test_refusing_everything_takes_back_what_was_allowed(browser: httpx.Client) -> None:
    choose(browser, "accept")
    browser.get("/")

    answer = choose(browser, "refuse")

    assert answer.json()["categories"]["statistics"] == "refused"
    browser.get("/", headers={"Sec-Fetch-Dest": "document"})
    assert "visits" not in browser.cookies


def test_a_category_that_the_api_does_not_ask_for_is_no_error_of_the_server(
    browser: httpx.Client,
) -> None:
    assert choose(browser, "save", "spying").status_code == 400


def test_a_page_of_another_site_cannot_answer_for_the_visitor(browser: httpx.Client) -> None:
    forged = browser.post(
        "/consent/", json={"choice": "accept"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert forged.status_code == 403
    assert browser.get("/consent/state").json()["decided"] is False


def test_the_schema_speaks_of_no_cookie(browser: httpx.Client) -> None:
    schema = browser.get("/openapi.json").json()

    assert "parameters" not in schema["paths"]["/account"]["get"]
    assert sorted(schema["paths"]) == ["/", "/account", "/for-you", "/login"]
