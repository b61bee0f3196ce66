"""One browser for all of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.stage import Stage
from tests.support.chromium import find_chromium
from tests.support.requirements import require


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """Chromium and a site for it to visit."""
    executable = find_chromium()
    require(executable, "Chromium")
    stage = Stage(executable or "")
    yield stage
    stage.close()
