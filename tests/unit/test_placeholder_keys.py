"""Keys that stand in documentation sign nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from consentgate import ConfigurationError, Gate, Policy

pytestmark = pytest.mark.behaviour(45)

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.joinpath("docs").glob("*.md")])


@pytest.mark.parametrize(
    "key",
    [
        "change me: 32 random characters or more",
        b"change me: 32 random characters or more",
        "CHANGE_ME_CHANGE_ME",
        "changeme-changeme-changeme",
        "<change this to a long random key>",
        "replace me with a long random key",
    ],
)
def test_a_placeholder_is_refused_and_not_repeated(key: Any) -> None:
    with pytest.raises(ConfigurationError, match="placeholder") as caught:
        Gate(Policy(), secret_key=key)

    assert "secrets.token_hex" in str(caught.value)
    assert str(key) not in str(caught.value)


def test_a_placeholder_is_refused_among_the_older_keys_too() -> None:
    with pytest.raises(ConfigurationError, match="fallback_keys holds a placeholder"):
        Gate(Policy(), secret_key="k" * 32, fallback_keys=["change me, change me"])


@pytest.mark.parametrize("key", ["exchange me and my 32 characters", "changes mean random keys"])
def test_a_key_that_only_looks_alike_is_accepted(key: str) -> None:
    Gate(Policy(), secret_key=key)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_shows_a_key_that_would_be_used_as_it_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    keys = re.findall(r"""(?i)secret(?:_key)?\s*=\s*["']([^"']{16,})["']""", text)

    assert [key for key in keys if not key.startswith("for tests only")] == []
