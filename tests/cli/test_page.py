"""The page `command-line.md` of the documentation, followed word by word."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_frame import all_commands

pytestmark = pytest.mark.cli

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(console|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRITE = re.compile(r"Write `([\w.]+)`:\s*\Z")


def steps() -> Iterator[tuple[str, str]]:
    """A command or a file's name, and its output or its text."""
    for block in _BLOCK.finditer(PAGE):
        if block[1] == "toml":
            written = _WRITE.search(PAGE[: block.start()])
            assert written is not None
            yield written[1], block[2]
        for part in re.split(r"^\$ ", block[2], flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


def expected(shown: str) -> re.Pattern[str]:
    """The output that a page shows, in which "..." is any text."""
    return re.compile(re.escape(shown.strip()).replace(re.escape("..."), ".*"), re.DOTALL)


def test_each_command_prints_what_the_page_shows(run: Run, folder: Path) -> None:
    code = 0
    for step, text in steps():
        words = shlex.split(step)
        if words[0] == "consentgate":
            ran = run(*words[1:])
            code = ran.code
            assert expected(text).fullmatch((ran.out + ran.err).strip()), (step, ran.out + ran.err)
        elif words[0] == "echo":
            assert text.strip() == str(int(code)), step
        else:
            (folder / step).write_text(text, encoding="utf-8")


def test_the_page_names_each_command() -> None:
    for words in all_commands():
        assert f"\n| `{words}` |" in PAGE
