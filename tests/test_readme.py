"""The README's examples, run as they stand: each block after all those above it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consentgate import Policy

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")


def find_blocks(language: str) -> list[tuple[int, str]]:
    """The fenced blocks of one language: the line on which each begins, and its text."""
    return [
        (TEXT.count("\n", 0, found.start(1)) + 1, found.group(1))
        for found in re.finditer(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    ]


PYTHON = find_blocks("python")
TOML = find_blocks("toml")


# Any: the README's names are whatever its code makes them
def run_blocks(count: int) -> dict[str, Any]:
    """The names that the first `count` blocks define."""
    names: dict[str, Any] = {"__name__": __name__}  # a module with a file, as Flask wants it
    for line, block in PYTHON[:count]:
        # Blank lines before the block let a traceback point at the README's own line.
        exec(compile("\n" * (line - 1) + block, str(README), "exec"), names)
    return names


def find_tests() -> list[str]:
    """The names of the test functions that the README defines."""
    return re.findall(r"^def (test_\w+)", "\n".join(block for _, block in PYTHON), re.MULTILINE)


@pytest.mark.parametrize("position", range(len(PYTHON)), ids=[f"line {line}" for line, _ in PYTHON])
def test_each_python_block_runs_after_those_above_it(position: int) -> None:
    run_blocks(position + 1)


@pytest.mark.parametrize("name", find_tests())
def test_each_test_that_the_readme_shows_passes(name: str) -> None:
    shown: Callable[[], None] = run_blocks(len(PYTHON))[name]

    shown()


@pytest.mark.parametrize("block", [text for _, text in TOML], ids=[f"line {n}" for n, _ in TOML])
def test_each_toml_block_is_a_policy_without_errors_and_findings(
    block: str, tmp_path: Path
) -> None:
    path = tmp_path / "consent.toml"
    path.write_text(block, encoding="utf-8")

    policy = Policy.from_toml(path)

    assert policy.findings() == ()


def test_the_readme_policy_has_no_findings() -> None:
    policy: Policy = run_blocks(1)["policy"]

    assert policy.findings() == ()


def test_the_first_screen_shows_the_three_uses() -> None:
    assert [block.count("ConsentMiddleware(") for _, block in PYTHON[:1]] == [1]
    assert "add_middleware(ConsentMiddleware" in PYTHON[1][1]
    assert len(find_tests()) == 3
