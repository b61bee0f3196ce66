"""Well-known applications behind csp="enforce", as their visitors see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from tests.applications.django_project import USER, serve_project, start_project
from tests.browser.journey import open_browser
from tests.support.http_servers import serve_asgi

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    # What Datasette itself is warned of is not the gate's business.
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestWarning"
    ),
]

SECRET = "a secret for applications, long enough"
CDN = "cdn.jsdelivr.net"
SWAGGER = Cookie(
    "swagger-ui",
    category="necessary",
    exempt_reason="interface",
    kind="script",
    hosts={"script": CDN, "style": CDN, "image": "fastapi.tiangolo.com"},
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def context(browser: Browser, said: list[str]) -> Iterator[BrowserContext]:
    """A browser whose console, errors of scripts included, is `said`."""
    with browser.new_context() as context:
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda failure: said.append(str(failure.error)))
        yield context


def of_policies(said: list[str]) -> list[str]:
    """What was said of policies, and what scripts failed with."""
    return [text for text in said if "Failed to load resource" not in text]


@pytest.mark.parametrize(("cookies", "loads"), [([], False), ([SWAGGER], True)])
def test_swagger_ui_is_loaded_once_its_host_is_declared(
    context: BrowserContext, cookies: list[Cookie], *, loads: bool
) -> None:
    asked: list[str] = []
    context.on("requestfinished", lambda request: asked.append(request.url))
    context.route("**/*swagger-ui*", lambda route: route.fulfill(body=""))
    api = FastAPI()
    api.add_middleware(
        ConsentMiddleware, policy=Policy(cookies=cookies), secret_key=SECRET, csp="enforce"
    )
    with serve_asgi(api) as url:
        context.new_page().goto(f"{url}/docs")

    assert any(CDN in address for address in asked) is loads


def test_datasette_works(context: BrowserContext, said: list[str], tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "trees.db")
    connection.executescript("CREATE TABLE trees (name TEXT); INSERT INTO trees VALUES ('Ginkgo')")
    connection.close()
    gated = ConsentMiddleware(
        Datasette(files=[str(tmp_path / "trees.db")]).app(),
        policy=Policy(presets=["datasette"]),
        secret_key=SECRET,
        csp="enforce",
    )
    with serve_asgi(gated) as url:
        page = context.new_page()
        page.goto(f"{url}/trees/trees?_facet=name")
        page.locator(".dropdown-menu-icon").first.click()
        menu = page.locator(".dropdown-menu").first.inner_text()
        page.goto(f"{url}/trees?sql=select+1")
        page.wait_for_selector(".CodeMirror")

    assert "Sort" in menu
    assert of_policies(said) == []


def test_djangos_admin_works(context: BrowserContext, said: list[str], tmp_path: Path) -> None:
    start_project(tmp_path)
    with serve_project(tmp_path, "wsgi", module="limited") as url:
        page = context.new_page()
        page.goto(f"{url}/admin/")
        for name, value in USER.items():
            page.locator(f"input[name={name}]").fill(value)
        page.locator("input[type=submit]").click()
        page.goto(f"{url}/admin/auth/user/1/change/")
        page.locator(".datetimeshortcuts a").first.click()
        title = page.locator("#content h1").inner_text()

    assert title == "Change user"
    assert of_policies(said) == []
