"""Applications that are written into a folder, as a site's code is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from consentgate.audit.check import Result, check

_numbers = count()

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes a module and returns its name, which no other test has."""

    def write(source: str) -> str:
        name = f"audited_{next(_numbers)}"
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        return name

    return write


@pytest.fixture
def check_site(write: Write, tmp_path: Path) -> Callable[..., Result]:
    """A function that checks the application `app` of a module's source."""

    def check_site(source: str, *, attribute: str = "app", **options: object) -> Result:
        target = f"{write(source)}:{attribute}"
        return check(target, folder=tmp_path, **options)  # type: ignore[arg-type]

    return check_site
