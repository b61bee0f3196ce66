"""The default look among the rules that style sheets of frameworks have for plain elements."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.a11y.axe import violations
from tests.a11y.lost import lost
from tests.a11y.viewer import FRAMEWORKS, View, Viewer

PARTS = {"banner": "", "message": "&settings=1#consentgate-saved", "link": "&settings=1"}
EVERY_FRAMEWORK = pytest.mark.parametrize("sheet", FRAMEWORKS)
EVERY_PART = pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
PHONE = View(width=375, height=740)
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

# How each element of ours looks, and what stands before and after it; not what it takes from the
# page on purpose: the font, and the colour of the link at the page's end.
LOOKS = """() => {
    const names = ["display", "position", "float", "margin", "padding", "borderStyle",
        "borderWidth", "borderRadius",
        "backgroundColor", "backgroundImage", "boxShadow", "boxSizing", "fontSize", "fontWeight",
        "fontStyle", "lineHeight", "letterSpacing", "textAlign", "textTransform", "listStyleType",
        "textDecorationLine", "opacity", "cursor", "appearance", "minHeight", "verticalAlign"];
    const looks = (one) => names.map((name) => `${name}: ${getComputedStyle(one)[name]}`);
    const beside = (one) => ["::before", "::after"].map((part) => {
        const { content, display, backgroundImage } = getComputedStyle(one, part);
        return content === "none" ? "" : `${part}: ${content}, ${display}, ${backgroundImage}`;
    });
    const ours = [...document.querySelectorAll("#consentgate, #consentgate *")];
    const shown = ours.filter((one) => one.checkVisibility());
    return shown.flatMap((one, number) => [...looks(one), ...beside(one)].map(
        (look) => `${number} ${one.tagName}: ${look}`));
}"""
# Of the window's height, as if the page's text were of 16 pixels; Pico's is of 21 on wide screens.
SHARE = """() => document.querySelector(".consentgate-banner").offsetHeight / innerHeight
    * 16 / parseFloat(getComputedStyle(document.documentElement).fontSize)"""
# The message after a choice is said a little after the page.
READY = """() => !location.hash
    && (!document.querySelector("#consentgate-saved.consentgate-shown")
        || document.getElementById("consentgate-saved").textContent.trim())"""
DARKNESS = """(element) => {
    const style = getComputedStyle(element);
    const [red, green, blue] = style.backgroundColor.match(/[0-9.]+/g).map(Number);
    return red + green + blue < 3 * 128;
}"""


def show(viewer: Viewer, sheet: str, part: str = "", *, view: View = PHONE) -> Page:
    """The banner, or what follows it, in a page with that style sheet."""
    page = viewer.show(f"/framework?of={sheet}&scheme={view.scheme}{part}", view)
    page.wait_for_function(READY)
    return page


def looks(page: Page) -> Any:
    """How everything of ours looks, all in one font: a line for each property of each element."""
    page.evaluate("document.body.style.fontFamily = 'monospace'")
    return page.evaluate(LOOKS)


@EVERY_FRAMEWORK
@EVERY_PART
def test_it_looks_as_in_a_page_without_a_style_sheet(part: str, sheet: str, viewer: Viewer) -> None:
    bare = looks(show(viewer, "flush.css", part))

    assert len(bare) > 3 * 20
    assert sorted(set(looks(show(viewer, sheet, part))) - set(bare)) == []


@EVERY_FRAMEWORK
def test_the_banner_takes_as_little_as_anywhere_for_the_size_of_the_pages_text(
    sheet: str, viewer: Viewer
) -> None:
    wide = show(viewer, sheet, view=View(width=1280, height=800)).evaluate(SHARE)
    phone = show(viewer, sheet, view=PHONE).evaluate(SHARE)

    assert wide <= 0.22
    assert phone <= 0.58


@EVERY_FRAMEWORK
@pytest.mark.parametrize("part", [PARTS["banner"], PARTS["message"]], ids=["banner", "message"])
def test_nothing_is_lost_at_any_width(part: str, sheet: str, viewer: Viewer) -> None:
    widths = (1280, 768, 375, 320)

    assert [lost(show(viewer, sheet, part, view=View(width=width))) for width in widths] == [[]] * 4


@pytest.mark.law(27)
@EVERY_FRAMEWORK
@SCHEMES
def test_axe_finds_nothing(scheme: Any, sheet: str, viewer: Viewer) -> None:
    assert violations(show(viewer, sheet, view=View(scheme=scheme))) == []


@EVERY_FRAMEWORK
@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_it_is_dark_where_the_page_is(
    scheme: Any, is_dark: bool, sheet: str, viewer: Viewer
) -> None:
    page = show(viewer, sheet, view=View(scheme=scheme))

    assert page.locator(".consentgate-banner").evaluate(DARKNESS) is is_dark


@EVERY_FRAMEWORK
def test_it_is_in_the_font_of_the_page(sheet: str, viewer: Viewer) -> None:
    page = show(viewer, sheet)
    family = "(element) => getComputedStyle(element).fontFamily"

    assert page.locator("button[value=refuse]").evaluate(family) == (
        page.locator("main p").first.evaluate(family)
    )
