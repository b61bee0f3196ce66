"""One browser and one page for all of these tests, and one page without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.a11y.viewer import Viewer, open_browser, open_viewer
from tests.support.chromium import find_headless_shell
from tests.support.requirements import require

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests need the browser, and are about accessibility."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("a11y")
            item.add_marker("browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = find_headless_shell()
    require(executable, "Chromium")
    with open_browser(executable or "") as browser:
        yield browser


@pytest.fixture(scope="package")
def viewer(browser: Browser) -> Iterator[Viewer]:
    with open_viewer(browser) as viewer:
        yield viewer


@pytest.fixture(scope="package")
def without_scripts(browser: Browser) -> Iterator[Viewer]:
    with open_viewer(browser, java_script_enabled=False) as viewer:
        yield viewer
