"""How much of the window the banner takes, where its parts are, and the message after a choice."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.a11y.viewer import View, Viewer

# The banner with so many purposes.
KEEP = """(number) => {
    const purposes = [...document.querySelectorAll("#consentgate dl > div")];
    purposes.slice(number).forEach((purpose) => purpose.remove());
}"""
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
SAVED = "/settings#consentgate-saved"


def box_of(page: Page, selector: str) -> Any:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box


def share_of_height(viewer: Viewer, view: View, purposes: int) -> float:
    page = viewer.show("/banner", view)
    page.evaluate(KEEP, purposes)
    return float(box_of(page, ".consentgate-banner")["height"]) / view.height


@LANGUAGES
@pytest.mark.parametrize("purposes", [1, 2, 3])
def test_on_a_wide_screen_the_banner_takes_little(
    purposes: int, language: str, viewer: Viewer
) -> None:
    view = View(language, width=1280, height=800)

    assert share_of_height(viewer, view, purposes) <= 0.22


@LANGUAGES
@pytest.mark.parametrize(("purposes", "most"), [(1, 0.42), (2, 0.58), (3, 0.58)])
def test_on_a_phone_the_page_can_still_be_seen(
    purposes: int, most: float, language: str, viewer: Viewer
) -> None:
    view = View(language, width=375, height=740)

    assert share_of_height(viewer, view, purposes) <= most


@LANGUAGES
@pytest.mark.parametrize("width", [1280, 768, 375])
def test_the_two_buttons_are_beside_each_other(width: int, language: str, viewer: Viewer) -> None:
    page = viewer.show("/banner", View(language, width=width))
    accept, refuse = (box_of(page, f"button[value={value}]") for value in ("accept", "refuse"))

    assert accept["y"] == refuse["y"]
    assert accept["width"] == pytest.approx(refuse["width"], abs=1)


def test_text_and_buttons_are_beside_each_other_where_there_is_room(viewer: Viewer) -> None:
    wide = viewer.show("/banner", View(width=1280))
    words, actions = box_of(wide, ".consentgate-words"), box_of(wide, ".consentgate-actions")
    assert words["x"] + words["width"] < actions["x"]

    narrow = viewer.show("/banner", View(width=768))
    narrow.evaluate("document.body.style.width = '25em'")
    words, actions = box_of(narrow, ".consentgate-words"), box_of(narrow, ".consentgate-actions")
    assert words["y"] + words["height"] <= actions["y"]


@pytest.mark.parametrize("body", ["margin: 40px auto; max-width: 400px", "margin: 0 0 0 200px"])
def test_its_surface_is_as_wide_as_the_window_whatever_the_body_is(
    body: str, viewer: Viewer
) -> None:
    page = viewer.show("/banner")
    page.evaluate("(style) => document.body.setAttribute('style', style)", body)
    page.evaluate("document.documentElement.style.setProperty('--consentgate-surface', 'red')")
    box = box_of(page, ".consentgate-banner")
    edges = {
        page.screenshot(clip={"x": x, "y": box["y"] + 8, "width": 4, "height": 4})
        for x in (0, box["x"] + 2, 1276)
    }

    assert len(edges) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_it_can_be_read_without_any_style_sheet(viewer: Viewer) -> None:
    page = viewer.show("/banner", View(width=375))
    page.evaluate("for (const sheet of document.styleSheets) sheet.disabled = true")

    for words in ("h2", "dt", "dd", "button[value=accept]", "button[value=refuse]"):
        assert page.locator(f"#consentgate {words}").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("font", ["Georgia, serif", "monospace"])
def test_it_is_in_the_font_of_the_page(font: str, viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.evaluate("(font) => { document.body.style.fontFamily = font; }", font)
    family = "(button) => getComputedStyle(button).fontFamily"

    assert page.locator("button[value=refuse]").evaluate(family) == font


# After the choice


@pytest.mark.parametrize("width", [1280, 320])
def test_the_message_after_a_choice_is_in_sight_and_moves_nothing(
    width: int, viewer: Viewer
) -> None:
    page = viewer.show(SAVED, View(width=width, height=568))
    page.get_by_text("Statistics").wait_for()
    box = box_of(page, ".consentgate-done")

    assert box["y"] + box["height"] == 568
    assert page.evaluate("scrollY") == 0


def test_it_leads_to_the_choice_and_can_be_hidden(viewer: Viewer) -> None:
    page = viewer.show(SAVED)
    message = page.locator(".consentgate-done")

    assert message.get_by_role("link", name="Change your choice").is_visible()
    message.get_by_text("Hide this message").click()
    assert message.is_hidden()


def test_without_scripts_it_is_there_and_can_be_hidden_as_well(without_scripts: Viewer) -> None:
    page = without_scripts.show(SAVED)
    message = page.locator(".consentgate-done")

    assert message.is_visible()
    page.keyboard.press("Tab")
    message.get_by_text("Hide this message").press("Enter")
    assert message.is_hidden()


def test_on_the_next_page_there_is_no_message(viewer: Viewer) -> None:
    page = viewer.show("/settings")

    assert page.locator(".consentgate-done").is_hidden()
    assert page.get_by_role("link", name="Cookie settings").is_visible()


def test_it_covers_nothing_that_has_the_focus(viewer: Viewer) -> None:
    page = viewer.show(SAVED, View(height=400))
    page.evaluate("document.querySelector('main').style.marginBlockEnd = '900px'")
    padding = page.evaluate("getComputedStyle(document.documentElement).scrollPaddingBlockEnd")

    assert float(padding.removesuffix("px")) >= box_of(page, ".consentgate-done")["height"]
