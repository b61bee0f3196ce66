"""Datasette as it comes, with a tracker inside the gate, over real HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from datasette.app import Datasette

from consentgate import Policy
from consentgate.asgi import ConsentMiddleware
from tests.applications.tracking import TRACKER_NAMES, track_asgi
from tests.support.http_servers import names_set, serve_asgi, visit

# What Datasette itself is warned of is not the gate's business.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestWarning"
)

OWN_COOKIES = {"ds_actor", "ds_csrftoken", "ds_messages"}


class Site(NamedTuple):
    """A served Datasette."""

    address: str
    datasette: Datasette


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = tmp_path_factory.mktemp("datasette") / "trees.db"
    fill(database)
    datasette = Datasette(files=[str(database)], settings={"default_facet_size": 5})
    gated = ConsentMiddleware(
        track_asgi(datasette.app()),
        policy=Policy(presets=["datasette"]),
        secret_key="for tests only, of 32 characters",
    )
    with serve_asgi(gated) as address:
        yield Site(address, datasette)


def fill(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.executescript("CREATE TABLE trees (name TEXT); INSERT INTO trees VALUES ('Ginkgo')")
    connection.close()


@pytest.fixture
def browser(site: Site) -> Iterator[httpx.Client]:
    with visit(site.address) as client:
        yield client


def log_in(browser: httpx.Client, site: Site) -> httpx.Response:
    return browser.get("/-/auth-token", params={"token": site.datasette._root_token})


@pytest.fixture
def member(browser: httpx.Client, site: Site) -> httpx.Client:
    """The browser of somebody who is logged in."""
    value = site.datasette.sign({"a": {"id": "root"}}, "actor")
    browser.cookies.set("ds_actor", value, domain="127.0.0.1")
    return browser


def send_form(browser: httpx.Client, page: str, **fields: str) -> httpx.Response:
    """The answer to a page's form, sent with the token that stands in its cookie as well."""
    text = browser.get(page).text
    token = text.partition('name="csrftoken" value="')[2].partition('"')[0]
    return browser.post(page, data={"csrftoken": token, **fields})


@pytest.mark.parametrize("path", ["/", "/trees", "/trees/trees", "/trees/trees.json", "/nowhere"])
def test_a_page_sets_no_tracker(browser: httpx.Client, path: str) -> None:
    assert TRACKER_NAMES.isdisjoint(names_set(browser.get(path)))


def test_the_data_is_shown(browser: httpx.Client) -> None:
    assert "Ginkgo" in browser.get("/trees/trees").text


def test_who_starts_it_logs_in(browser: httpx.Client, site: Site) -> None:
    page = log_in(browser, site)

    assert "ds_actor" in names_set(page)
    assert browser.get("/-/actor.json").json() == {"actor": {"id": "root"}}
    assert set(browser.cookies) <= OWN_COOKIES


def test_who_is_logged_in_stays_so(member: httpx.Client) -> None:
    member.get("/")

    assert member.get("/-/actor.json").json() == {"actor": {"id": "root"}}


def test_a_form_queues_a_message_that_is_shown_once(member: httpx.Client) -> None:
    page = send_form(member, "/-/messages", message="Planted", message_type="INFO")

    assert "Planted" in page.text
    assert "Planted" not in member.get("/").text


def test_a_form_without_its_token_is_refused(member: httpx.Client) -> None:
    answer = member.post("/-/messages", data={"message": "Forged", "message_type": "INFO"})

    assert answer.status_code == 403


def test_log_out_works(member: httpx.Client) -> None:
    send_form(member, "/-/logout")

    assert member.get("/-/actor.json").json() == {"actor": None}
