"""The example API on FastAPI, as a process of its own, visited over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.examples.test_shops import free_ports, run_example, wait_for
from tests.serving import names_set, visit


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


def test_a_choice_is_kept_and_told(browser: httpx.Client) -> None:
    browser.put("/consent", json={"allow": ["statistics"]})

    assert browser.get("/consent").json() == {"decided": True, "allowed": ["statistics"]}
    assert names_set(browser.get("/")) == ["visits"]


def test_what_needs_marketing_is_refused_until_it_is_allowed(browser: httpx.Client) -> None:
    before = browser.get("/for-you").status_code
    browser.put("/consent", json={"allow": ["marketing"]})

    after = browser.get("/for-you")

    assert (before, after.status_code) == (403, 200)
    assert names_set(after) == ["taste"]


def test_refusing_everything_takes_back_what_was_allowed(browser: httpx.Client) -> None:
    browser.put("/consent", json={"allow": ["statistics"]})
    browser.get("/")

    answer = browser.put("/consent", json={"allow": []})

    assert answer.json() == {"decided": True, "allowed": []}
    assert "visits" not in browser.cookies


def test_a_category_that_the_api_does_not_ask_for_is_no_error_of_the_server(
    browser: httpx.Client,
) -> None:
    assert browser.put("/consent", json={"allow": ["spying"]}).status_code == 422


def test_the_schema_speaks_of_no_cookie(browser: httpx.Client) -> None:
    schema = browser.get("/openapi.json").json()

    assert "parameters" not in schema["paths"]["/consent"]["get"]
