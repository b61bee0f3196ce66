"""What a test needs and a machine may lack: it skips there, and fails where all must be run."""

from __future__ import annotations

import os

import pytest


def require(found: object, name: str) -> None:
    """Go on where `found` is true, such as the path of a program. Else skip the test or fixture
    with one line, or with CI=true fail it: there a guard that is not run guards nothing."""
    if found:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is needed here and not found", pytrace=False)
    pytest.skip(f"{name} is not found")
