"""What the documentation says of the look is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from consentgate.pages import static_files

ROOT = Path(__file__).parents[2]
STYLE_SHEET = (Path(static_files.__file__).parent / "static" / "consent.css").read_text("utf-8")
TEMPLATES = Path(static_files.__file__).parent / "templates"
APPEARANCE = (ROOT / "docs" / "appearance.md").read_text("utf-8")
ACCESSIBILITY = (ROOT / "docs" / "accessibility.md").read_text("utf-8")
THEMES = sorted((ROOT / "examples" / "themes").glob("*.css"))

# The criteria of RGAA 4.1.2 that bear on a banner.
CRITERIA = (
    *("3.2", "3.3", "7.1", "7.3", "7.4", "7.5", "8.7", "9.1", "9.3", "10.4", "10.7", "10.11"),
    *("10.12", "11.1", "11.2", "11.9", "12.7", "12.8", "12.9", "13.8"),
)


def first_cells(text: str) -> set[str]:
    """The texts in backticks in the first column of the tables."""
    cells = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def properties_in(style: str) -> set[str]:
    return set(re.findall(r"--consentgate-[a-z-]+", style))


def test_each_property_of_the_style_sheet_is_explained() -> None:
    explained = {name for name in first_cells(APPEARANCE) if name.startswith("--")}

    assert explained == properties_in(STYLE_SHEET)


def test_each_template_is_explained() -> None:
    explained = {name for name in first_cells(APPEARANCE) if name.endswith(".html")}

    assert explained == {path.name for path in TEMPLATES.iterdir()}


def test_each_example_theme_is_explained() -> None:
    explained = {name for name in first_cells(APPEARANCE) if name.endswith(".css")}

    assert explained == {path.name for path in THEMES}


@pytest.mark.parametrize("theme", THEMES, ids=lambda path: path.stem)
def test_a_theme_sets_no_property_that_does_not_exist(theme: Path) -> None:
    assert properties_in(theme.read_text("utf-8")) <= properties_in(STYLE_SHEET)


def test_the_five_lines_of_the_documentation_are_the_example() -> None:
    (example,) = [path for path in THEMES if path.stem == "site"]
    _, _, rule = example.read_text("utf-8").partition("*/\n")

    assert f"```css\n{rule}```" in APPEARANCE


@pytest.mark.law(28)
def test_each_criterion_names_a_test_that_exists() -> None:
    rows = re.findall(r"^\| ([0-9.]+) \| .* \| (.*) \|$", ACCESSIBILITY, re.MULTILINE)
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = {name for _, cell in rows for name in re.findall(r"`(\w+)`", cell)}

    assert tuple(number for number, _ in rows) == CRITERIA
    assert all(re.search(r"`\w+`", cell) for _, cell in rows)
    assert {name for name in named if f"def {name}(" not in tests} == set()
