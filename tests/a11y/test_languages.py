"""The pages in every language that the library has: what holds for one holds for all."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from playwright.sync_api import Page

from tests.a11y.axe import COLOURS, violations
from tests.a11y.lost import broken, lost
from tests.a11y.viewer import LANGUAGES, View, Viewer

CHOOSING = {"banner": "/banner", "preferences": "/consent/?granted=statistics"}
PAGES = {**CHOOSING, "charter": "/consent/charter"}
WIDTHS = (1280, 390, 320)


def in_every_language(pages: dict[str, str]) -> pytest.MarkDecorator:
    """The pages in each language; each is loaded once for all tests of it."""
    shown = [
        pytest.param((language, path), id=f"{language}-{name}")
        for language, (name, path) in product(LANGUAGES, pages.items())
    ]
    return pytest.mark.parametrize("shown", shown, indirect=True, scope="module")


@pytest.fixture(scope="module")
def shown(request: pytest.FixtureRequest, viewer: Viewer) -> Page:
    language, path = request.param
    return viewer.show(path, View(language))


def differences(page: Page, widths: Iterable[int]) -> list[float]:
    """By how much the two buttons differ in width and height, in windows of these widths."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        accept, refuse = (
            page.locator(f"button[value={value}]").first.bounding_box()
            for value in ("accept", "refuse")
        )
        assert accept is not None
        assert refuse is not None
        found += [abs(accept["width"] - refuse["width"]), abs(accept["height"] - refuse["height"])]
    return found


@pytest.mark.law(27)
@in_every_language(PAGES)
def test_axe_finds_nothing_in_any_language(shown: Page) -> None:
    assert violations(shown, COLOURS) == []


@pytest.mark.law(3)
@in_every_language(CHOOSING)
def test_to_accept_and_to_refuse_are_buttons_of_one_size_in_every_window(shown: Page) -> None:
    assert max(differences(shown, WIDTHS)) <= 2


@pytest.mark.law(27)
@in_every_language(PAGES)
def test_no_word_is_lost_on_a_narrow_screen(shown: Page) -> None:
    shown.set_viewport_size({"width": 320, "height": 800})

    assert lost(shown) == []


@pytest.mark.parametrize("width", [1280, 375])
@in_every_language(PAGES)
def test_no_word_of_a_table_is_broken(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 800})

    assert shown.evaluate("document.documentElement.scrollWidth") == width
    assert broken(shown) == []


@pytest.mark.law(27)
@pytest.mark.parametrize("width", [1280, 375, 320])
@in_every_language({"preferences": "/consent/?granted=statistics"})
def test_what_has_the_focus_is_scrolled_clear_of_the_bar(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 800})
    padding = shown.evaluate("getComputedStyle(document.documentElement).scrollPaddingBlockEnd")
    bar = shown.locator(".consentgate-bar").bounding_box()

    assert bar is not None
    assert float(padding.removesuffix("px")) >= bar["height"]
