"""Each recipe, served over real HTTP: log-in before any choice, and what never leaves."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.http_servers import names_set, serve_asgi, serve_wsgi, visit

FOLDER = Path(__file__).parent
PAGE = (FOLDER.parents[1] / "docs" / "recipes.md").read_text()
ASGI = ["quart_site", "litestar_site", "falcon_asgi_site"]
WSGI = ["falcon_site", "pyramid_site", "bottle_site", "cherrypy_site"]
SERVERS = dict.fromkeys(ASGI, serve_asgi) | dict.fromkeys(WSGI, serve_wsgi)

# What the frameworks themselves are warned of is not the gate's business.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module", params=list(SERVERS))
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    module = importlib.import_module(f"tests.recipes.{request.param}")
    with SERVERS[request.param](module.app) as served:
        yield served


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with visit(address) as client:
        yield client


def test_a_visitor_logs_in_before_any_choice(browser: httpx.Client) -> None:
    answer = browser.post("/login", data={"name": "ada"})

    assert answer.is_success
    assert browser.get("/").text.endswith("Hello ada")


def test_before_a_choice_neither_statistics_nor_the_tracker_leave(browser: httpx.Client) -> None:
    assert set(names_set(browser.get("/"))) <= {"session", "session_id"}


def test_a_grant_lets_statistics_leave_and_the_tracker_never(browser: httpx.Client) -> None:
    browser.post("/choice", data={})

    left = names_set(browser.get("/"))

    assert "visits" in left
    assert "_promo_id" not in left


@pytest.mark.parametrize("name", SERVERS)
def test_the_documentation_shows_the_very_code(name: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

    assert (FOLDER / f"{name}.py").read_text() in blocks
