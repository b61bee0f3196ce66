"""One browser and one page for all of these tests, and one page without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.a11y.theatre import Theatre, open_browser, open_theatre
from tests.browser.stage import find_chromium
from tests.needs import require

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests need the browser, and are about accessibility."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("a11y")
            item.add_marker("browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    require(executable, "Chromium")
    with open_browser(executable or "") as browser:
        yield browser


@pytest.fixture(scope="package")
def theatre(browser: Browser) -> Iterator[Theatre]:
    with open_theatre(browser) as theatre:
        yield theatre


@pytest.fixture(scope="package")
def without_scripts(browser: Browser) -> Iterator[Theatre]:
    with open_theatre(browser, java_script_enabled=False) as theatre:
        yield theatre
