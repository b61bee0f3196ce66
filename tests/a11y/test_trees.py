"""What assistive technology is told of each page, whole: roles, names, order and live regions.

The trees are in `tests/a11y/trees/`, for readers to review. After a change that is meant,
`python tools/trees.py` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.a11y.viewer import View, Viewer

FOLDER = Path(__file__).with_name("trees")
PLACES = {
    "banner": ("/banner", "#consentgate"),
    "message": ("/settings#consentgate-saved", "#consentgate"),
    "preferences": ("/consent/", "body"),
    "charter": ("/consent/charter", "body"),
}
LANGUAGES = ("en", "fr")
# The message after a choice is said a little after the page.
SAID = """() => [...document.querySelectorAll("p[role=status]")]
    .filter((told) => told.checkVisibility()).every((told) => told.textContent.trim())"""


def tree_of(viewer: Viewer, name: str, language: str) -> str:
    """The accessibility tree of that page or part, as Playwright writes it."""
    path, selector = PLACES[name]
    page = viewer.show(path, View(language))
    page.wait_for_function(SAID)
    return page.locator(selector).aria_snapshot() + "\n"


@pytest.mark.law(28)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLACES)
def test_assistive_technology_is_told_the_tree_that_was_reviewed(
    name: str, language: str, viewer: Viewer
) -> None:
    reviewed = (FOLDER / f"{name}.{language}.yaml").read_text("utf-8")

    assert tree_of(viewer, name, language) == reviewed
