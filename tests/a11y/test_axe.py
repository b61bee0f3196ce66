"""axe-core finds nothing to say of what visitors see, best practices included."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.a11y.theatre import LANGUAGES, Theatre, View

PAGES = {
    "banner": "/banner",
    "centre": "/consent/?granted=statistics",
    "charter": "/consent/charter",
}
OTHERS = {
    "settings": "/settings",
    "saved": "/settings#consentgate-saved",
    "static": "/static?cookie=choice",
    "undecided": "/consent/",
    "saved-in-centre": "/consent/#consentgate-saved",
    "fragment": "/fragment",
    "forbidden": "/forbidden",
    "problem": "/problem",
}
# The dearest rule, of what does not depend on the words.
COLOURS = "color-contrast"

RUN = """async (without) => {
    const rules = { "target-size": { enabled: true } };
    for (const rule of without) rules[rule] = { enabled: false };
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const found = await axe.run({ resultTypes: ["violations"], rules });
    return found.violations.map(
        (one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")
    );
}"""

pytestmark = pytest.mark.law(27)


def violations(page: Page, *without: str) -> Any:
    """What axe-core finds with every fold of the page open, and without these rules."""
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, without)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_language(language: str, path: str, theatre: Theatre) -> None:
    assert violations(theatre.show(path, View(language)), COLOURS) == []


@pytest.mark.parametrize("path", [*PAGES.values(), *OTHERS.values()], ids=[*PAGES, *OTHERS])
@pytest.mark.parametrize(
    "view",
    [View(scheme="dark"), View("ar", width=320, height=256)],
    ids=["dark", "arabic-on-a-small-screen"],
)
def test_axe_finds_nothing_however_a_page_is_looked_at(
    path: str, view: View, theatre: Theatre
) -> None:
    assert violations(theatre.show(path, view)) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_forced_colours(path: str, theatre: Theatre) -> None:
    assert violations(theatre.show(path, View(forced=True))) == []


@pytest.mark.parametrize("path", ["/banner", "/consent/"], ids=["banner", "centre"])
@pytest.mark.parametrize(
    ("theme", "scheme"),
    [("dsfr", "light"), ("dsfr", "dark"), ("govuk", "light"), ("site", "light"), ("site", "dark")],
)
def test_axe_finds_nothing_in_the_example_themes(
    theme: str, scheme: Any, path: str, theatre: Theatre
) -> None:
    assert violations(theatre.show(path, View(theme=theme, scheme=scheme))) == []


def test_axe_is_at_work(theatre: Theatre) -> None:
    page = theatre.show("/banner")
    page.evaluate("document.querySelector('#consentgate button').textContent = ''")

    assert any(one.startswith("button-name") for one in violations(page))
