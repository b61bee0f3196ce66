"""The recipe for Datasette: its plug-in, beside one that sets a tracker, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

from tests.recipes import datasette_plugin
from tests.recipes.test_recipes import FOLDER, PAGE
from tests.support.http_servers import names_set, serve_asgi, visit

# What Datasette itself is warned of is not the gate's business.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestWarning"
)


class Tracker:
    """A plug-in that sets a cookie that nobody declared, on every answer."""

    @staticmethod
    @hookimpl
    def asgi_wrapper() -> Any:
        def wrap(app: Any) -> Any:
            async def tracking(scope: Any, receive: Any, send: Any) -> None:
                async def send_tracker(message: Any) -> None:
                    headers = [*message.get("headers", ()), (b"set-cookie", b"_promo_id=77")]
                    await send(message | {"headers": headers})

                await app(scope, receive, send_tracker)

            return tracking

        return wrap


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Datasette]]:
    """The address of a Datasette with both plug-ins, and itself."""
    plugins = (datasette_plugin, Tracker)
    for plugin in plugins:
        pm.register(plugin)
    try:
        datasette = Datasette(memory=True)
        with serve_asgi(datasette.app()) as address:
            yield address, datasette
    finally:
        for plugin in plugins:
            pm.unregister(plugin)


@pytest.fixture
def browser(site: tuple[str, Datasette]) -> Iterator[httpx.Client]:
    with visit(site[0]) as client:
        yield client


def test_who_starts_it_logs_in_before_any_choice(
    browser: httpx.Client, site: tuple[str, Datasette]
) -> None:
    answer = browser.get("/-/auth-token", params={"token": site[1]._root_token})

    assert names_set(answer) == ["ds_actor", "ds_csrftoken"]
    assert browser.get("/-/actor.json").json() == {"actor": {"id": "root"}}


def test_before_a_choice_neither_statistics_nor_the_tracker_leave(browser: httpx.Client) -> None:
    assert names_set(browser.get("/counted")) == []


def test_a_grant_lets_statistics_and_messages_leave_and_the_tracker_never(
    browser: httpx.Client,
) -> None:
    page = browser.post("/choice")

    left = names_set(browser.get("/counted"))

    assert "Thank you" in page.text
    assert left == ["visits"]


def test_the_documentation_shows_the_very_code() -> None:
    code = (FOLDER / "datasette_plugin.py").read_text()

    assert f"```python\n{code}```\n" in PAGE
