"""The types of `window.consentgate`, as TypeScript checks them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.requirements import require

SCRIPT = Path(__file__).with_name("browser_types.ts")


@pytest.mark.slow
def test_typescript_accepts_what_the_script_offers_and_nothing_else() -> None:
    compiler = shutil.which("tsc")
    require(compiler, "TypeScript's tsc")

    checked = subprocess.run(
        [str(compiler), "--noEmit", "--strict", "--lib", "es2022,dom", str(SCRIPT)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.stdout, checked.returncode) == ("", 0)
