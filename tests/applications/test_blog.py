"""A Flask blog behind the gate with Flask's preset, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from consentgate import Policy
from consentgate.wsgi import ConsentMiddleware
from tests.applications.blog import create_blog
from tests.applications.tracking import TRACKER_NAMES, track_wsgi
from tests.support.http_servers import names_set, serve_wsgi, visit

ADA = {"name": "ada", "password": "open-data"}


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_blog(tmp_path_factory.mktemp("blog") / "blog.db")
    gated = ConsentMiddleware(
        track_wsgi(app.wsgi_app),
        policy=Policy(presets=["flask"]),
        secret_key="for tests only, of 32 characters",
    )
    with serve_wsgi(gated) as address, visit(address) as client:
        yield client


@pytest.fixture
def author(browser: httpx.Client) -> httpx.Client:
    """The browser of somebody who registered and logged in."""
    browser.post("/register", data=ADA)
    browser.post("/login", data=ADA)
    return browser


def test_a_visitor_registers_and_is_told_so_once(browser: httpx.Client) -> None:
    page = browser.post("/register", data=ADA)

    assert "Registered." in page.text
    assert "Registered." not in browser.get("/").text


def test_a_name_is_registered_once(browser: httpx.Client) -> None:
    browser.post("/register", data=ADA)

    assert "That name is taken." in browser.post("/register", data=ADA).text


def test_log_in_works(browser: httpx.Client) -> None:
    browser.post("/register", data=ADA)

    page = browser.post("/login", data=ADA)

    assert "Welcome." in page.text
    assert "Signed in as ada" in page.text


def test_who_logged_in_stays_so(author: httpx.Client) -> None:
    assert "Signed in as ada" in author.get("/").text


def test_a_wrong_password_is_told_so(author: httpx.Client) -> None:
    author.post("/logout")

    page = author.post("/login", data=ADA | {"password": "wrong"})

    assert "Wrong name or password." in page.text
    assert "Signed out" in page.text


def test_a_form_publishes_a_post(author: httpx.Client) -> None:
    page = author.post("/posts", data={"title": "On Ginkgos"})

    assert "Published." in page.text
    assert "On Ginkgos" in page.text


def test_who_is_not_logged_in_publishes_nothing(browser: httpx.Client) -> None:
    page = browser.post("/posts", data={"title": "Spam"})

    assert "Sign in first." in page.text
    assert "Spam" not in page.text


def test_log_out_works_and_deletes_the_session(author: httpx.Client) -> None:
    page = author.post("/logout")

    assert "Signed out" in page.text
    assert dict(author.cookies) == {}


def test_no_tracker_reaches_the_browser_at_any_time(author: httpx.Client) -> None:
    pages = [author.get("/"), author.post("/posts", data={"title": "x"}), author.get("/nowhere")]

    assert TRACKER_NAMES.isdisjoint(name for page in pages for name in names_set(page))
