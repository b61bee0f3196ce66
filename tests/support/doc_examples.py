"""The examples of the documentation: its fenced blocks, and what runs each of them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
RUN = frozenset({"python", "toml", "console"})
"""The languages whose blocks are run."""

TUTORIALS = "tools/tutorials.py"
HERE = "tests/test_doc_examples.py"

_FENCE = re.compile(
    r"(?:^ *<!-- (?P<mark>not run|examples): (?P<said>[^>]+) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_WHOLE_PAGE = re.compile(r"\A<!-- examples: ([^>]+) -->\n")
_TUTORIAL = re.compile(r"^## Tutorial\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One block of a page: its language, line and text; the file that runs it, or why none does."""

    page: str
    line: int
    language: str
    text: str
    runner: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def examples_of(text: str, *, page: str) -> Iterator[Example]:
    """Yield the blocks of a page that are run, or say why not."""
    whole = _WHOLE_PAGE.match(text)
    tutorial = _TUTORIAL.search(text)
    for found in _FENCE.finditer(text):
        if found["language"] not in RUN:
            continue
        runner = HERE
        if whole is not None:
            runner = whole[1]
        if tutorial is not None and tutorial.start() <= found.start() < tutorial.end():
            runner = TUTORIALS
        if found["mark"] == "examples":
            runner = found["said"]
        reason = found["said"] if found["mark"] == "not run" else ""
        yield Example(
            page=page,
            line=text.count("\n", 0, found.start("text")),
            language=found["language"],
            text=textwrap.dedent(found["text"]),
            runner="" if reason else runner,
            reason=reason,
        )


def all_examples() -> list[Example]:
    """Return the blocks of all pages."""
    return [
        example
        for page in PAGES
        for example in examples_of(page.read_text(encoding="utf-8"), page=page.name)
    ]


def html_with(text: str, *, page: str) -> str:
    """Return the block of HTML of a page that holds a text."""
    content = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```html\n(.*?)^```$", content, re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if text in block]
    return str(block)
