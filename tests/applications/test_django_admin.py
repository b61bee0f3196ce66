"""Django's admin, under WSGI and ASGI, in a project that Django itself started."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.applications.django_project import USER, serve_project, start_project
from tests.applications.tracking import TRACKER_NAMES
from tests.support.http_servers import names_set, visit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("django")
    start_project(folder)
    return folder


@pytest.fixture(scope="module", params=["wsgi", "asgi"])
def address(request: pytest.FixtureRequest, project: Path) -> Iterator[str]:
    with serve_project(project, request.param) as served:
        yield served


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with visit(address) as client:
        yield client


def send_form(browser: httpx.Client, page: str, **fields: str) -> httpx.Response:
    """The answer to a page's form, sent with the token that stands in it."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(page).text)
    assert token is not None
    return browser.post(page, data={"csrfmiddlewaretoken": token[1], **fields})


def log_in(browser: httpx.Client) -> httpx.Response:
    return send_form(browser, "/admin/login/?next=/admin/", **USER)


def test_the_log_in_page_sets_its_form_token_and_nothing_else(browser: httpx.Client) -> None:
    assert names_set(browser.get("/admin/")) == ["csrftoken"]


def test_log_in_works(browser: httpx.Client) -> None:
    page = log_in(browser)

    assert "Site administration" in page.text
    assert set(browser.cookies) == {"csrftoken", "sessionid"}


def test_who_logged_in_stays_so(browser: httpx.Client) -> None:
    log_in(browser)

    assert "Site administration" in browser.get("/admin/").text


def test_a_wrong_password_is_told_so(browser: httpx.Client) -> None:
    page = send_form(browser, "/admin/login/", username="ada", password="wrong")

    assert "Please enter the correct" in page.text
    assert "sessionid" not in browser.cookies


def test_a_form_adds_a_group_and_its_message_is_shown_once(
    browser: httpx.Client, address: str
) -> None:
    log_in(browser)

    page = send_form(browser, "/admin/auth/group/add/", name=f"Editors at {address}")

    assert "was added successfully" in page.text
    assert f"Editors at {address}" in page.text
    assert "was added successfully" not in browser.get("/admin/auth/group/").text


def test_a_form_without_its_token_is_refused(browser: httpx.Client) -> None:
    log_in(browser)

    assert browser.post("/admin/auth/group/add/", data={"name": "No"}).status_code == 403


def test_log_out_works_and_deletes_the_session(browser: httpx.Client) -> None:
    log_in(browser)

    token = browser.cookies["csrftoken"]
    page = browser.post("/admin/logout/", data={"csrfmiddlewaretoken": token})

    assert "Logged out" in page.text
    assert "sessionid" not in browser.cookies
    assert "Username" in browser.get("/admin/").text


def test_no_tracker_reaches_the_browser_at_any_time(browser: httpx.Client) -> None:
    pages = [browser.get("/admin/"), log_in(browser), browser.get("/nowhere")]

    assert TRACKER_NAMES.isdisjoint(name for page in pages for name in names_set(page))
