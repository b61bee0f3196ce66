"""axe-core finds nothing to say of what visitors see, best practices included."""

from __future__ import annotations

from typing import Any

import pytest

from tests.a11y.axe import violations
from tests.a11y.viewer import View, Viewer

PAGES = {
    "banner": "/banner",
    "preferences": "/consent/?granted=statistics",
    "charter": "/consent/charter",
}
OTHERS = {
    "settings": "/settings",
    "saved": "/settings#consentgate-saved",
    "static": "/static?cookie=choice",
    "undecided": "/consent/",
    "signalled": "/consent/?gpc=1",
    "logo": "/logo",
    "seven-presets": "/seven",
    "saved-preferences": "/consent/?granted=statistics#consentgate-saved",
    "unsaved": "/banner#consentgate-saved",
    "unsaved-preferences": "/consent/#consentgate-saved",
    "fragment": "/fragment",
    "embed": "/embed?width=560&height=315",
    "forbidden": "/forbidden",
    "problem": "/problem",
    "unrecorded": "/unrecorded",
    "receipt-later": "/receipt-later",
    "with-receipt": "/with-receipt",
}
pytestmark = pytest.mark.law(27)


@pytest.mark.parametrize("path", [*PAGES.values(), *OTHERS.values()], ids=[*PAGES, *OTHERS])
@pytest.mark.parametrize(
    "view",
    [View(scheme="dark"), View("ar", width=320, height=256)],
    ids=["dark", "arabic-on-a-small-screen"],
)
def test_axe_finds_nothing_however_a_page_is_looked_at(
    path: str, view: View, viewer: Viewer
) -> None:
    assert violations(viewer.show(path, view)) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_forced_colours(path: str, viewer: Viewer) -> None:
    assert violations(viewer.show(path, View(forced=True))) == []


@pytest.mark.parametrize("path", ["/banner", "/consent/"], ids=["banner", "preferences"])
@pytest.mark.parametrize(
    ("theme", "scheme"),
    [("dsfr", "light"), ("dsfr", "dark"), ("govuk", "light"), ("site", "light"), ("site", "dark")],
)
def test_axe_finds_nothing_in_the_example_themes(
    theme: str, scheme: Any, path: str, viewer: Viewer
) -> None:
    assert violations(viewer.show(path, View(theme=theme, scheme=scheme))) == []


def test_axe_is_at_work(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.locator("#consentgate button").first.wait_for()  # what is hidden has no faults
    page.evaluate("document.querySelector('#consentgate button').textContent = ''")

    assert any(one.startswith("button-name") for one in violations(page))
