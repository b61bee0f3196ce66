"""Log-in, messages and remember-me under Flask, with a real client, before any choice."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.ext.flask_site import create_site
from tests.support.http_servers import names_set, serve_wsgi, visit

# Flask-Login asks utcnow, which Python 3.12 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture(
    scope="module",
    params=[{}, {"SESSION_COOKIE_NAME": "sid", "REMEMBER_COOKIE_NAME": "stay"}],
    ids=["default names", "names of the site's own"],
)
def site(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, str]]:
    """The address of the site, and the names of its session's and its remember-me cookie."""
    config = request.param
    names = (
        config.get("SESSION_COOKIE_NAME", "session"),
        config.get("REMEMBER_COOKIE_NAME", "remember_token"),
    )
    with serve_wsgi(create_site(**config)) as address:
        yield (address, *names)


@pytest.fixture
def browser(site: tuple[str, str, str]) -> Iterator[httpx.Client]:
    with visit(site[0]) as client:
        yield client


def test_a_visitor_logs_in_and_gets_the_message_before_any_choice(browser: httpx.Client) -> None:
    page = browser.post("/login", data={"name": "ada"}).text

    assert "Welcome." in page
    assert "Hello ada." in page
    assert "Please choose." in page


def test_a_message_is_shown_once(browser: httpx.Client) -> None:
    browser.post("/login", data={"name": "ada"})

    assert "Welcome." not in browser.get("/").text


def test_who_asked_for_it_is_remembered_without_the_session(
    browser: httpx.Client, site: tuple[str, str, str]
) -> None:
    browser.post("/login", data={"name": "ada"})
    browser.cookies.delete(site[1])

    assert "Hello ada." in browser.get("/").text


def test_only_necessary_cookies_leave_before_a_choice(
    browser: httpx.Client, site: tuple[str, str, str]
) -> None:
    answer = browser.post("/login", data={"name": "ada"})

    assert set(names_set(answer)) == set(site[1:])


def test_after_a_grant_statistics_leave_and_the_tracker_does_not(browser: httpx.Client) -> None:
    answer = browser.post("/choice")

    assert names_set(answer) == ["cookies_preferences", "visits"]
    assert "You are counted." in answer.text


def test_a_view_that_needs_consent_is_refused_with_a_page_that_says_what_it_needs(
    browser: httpx.Client,
) -> None:
    answer = browser.get("/counted/ada")

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<li>Statistics</li>" in answer.text


def test_a_view_that_needs_consent_runs_once_it_is_there(browser: httpx.Client) -> None:
    browser.post("/choice")

    assert browser.get("/counted/ada").text.endswith("Counted ada.")
