"""What a browser measures: equal buttons, targets, contrast, reflow, and what gets lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.a11y.lost import lost
from tests.a11y.viewer import View, Viewer

PAGES = {"banner": "/banner", "preferences": "/consent/", "charter": "/consent/charter"}
ALL_PAGES = {
    **PAGES,
    **{name: f"/{name}" for name in ("settings", "forbidden", "problem", "unrecorded")},
    "receipt": "/with-receipt",
}
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
paths = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)

# Everything that could make one of two buttons the lesser.
LOOKS = """(buttons) => buttons.map((button) => {
    const style = getComputedStyle(button);
    const names = ["font", "color", "backgroundColor", "border", "borderRadius", "padding",
        "boxShadow", "opacity", "textTransform", "textDecoration", "letterSpacing", "cursor"];
    return Object.fromEntries(names.map((name) => [name, style[name]]));
})"""

SMALL_TARGETS = """() => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const ours = "#consentgate, .consentgate-page";
    const all = document.querySelectorAll("a, button, summary, label, input:not([type=hidden])");
    return [...all].filter((one) => one.closest(ours) && one.checkVisibility()).filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width < 24 || box.height < 24;
    }).map((one) => one.outerHTML.slice(0, 120));
}"""

# The ratio of WCAG 2.2 between two colours as getComputedStyle gives them.
CONTRAST = """
const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const light = (colour) => {
    const [red, green, blue] = colour.match(/[0-9.]+/g).map(Number);
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
};
const ratio = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
};
const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
        const colour = getComputedStyle(one).backgroundColor;
        if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
};
"""


CHOICES = ("accept", "refuse")


@pytest.mark.law(3)
@SCHEMES
@pytest.mark.parametrize("theme", ["", "dsfr", "govuk", "site"])
@pytest.mark.parametrize("path", ["/banner", "/consent/"], ids=["banner", "preferences"])
def test_to_accept_and_to_refuse_look_alike(
    path: str, theme: str, scheme: Any, viewer: Viewer
) -> None:
    page = viewer.show(path, View(theme=theme, scheme=scheme))
    accept, refuse = (
        page.locator(f"button[value={value}]").evaluate_all(LOOKS)[0] for value in CHOICES
    )

    assert accept == refuse


@pytest.mark.law(3)
@pytest.mark.parametrize("width", [1280, 375, 320])
@pytest.mark.parametrize("theme", ["dsfr", "govuk", "site"])
def test_a_theme_keeps_the_two_choices_beside_each_other_and_loses_nothing(
    theme: str, width: int, viewer: Viewer
) -> None:
    page = viewer.show("/banner", View(theme=theme, width=width))
    box = "(button) => { const { y, width } = button.getBoundingClientRect(); return [y, width]; }"
    accept, refuse = (page.locator(f"button[value={value}]").evaluate(box) for value in CHOICES)

    assert lost(page) == []
    assert accept == pytest.approx(refuse, abs=1)


@pytest.mark.law(3)
def test_what_a_site_says_of_buttons_does_not_reach_the_choice(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    looks = page.locator("button[value=refuse]").evaluate_all(LOOKS)[0]

    assert looks["opacity"] == "1"
    assert looks["letterSpacing"] == "normal"
    assert page.locator("#consentgate a").first.is_visible()


def test_what_the_banner_says_of_elements_does_not_reach_the_site(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    own = "getComputedStyle(document.querySelector('main button')).backgroundColor"

    assert page.evaluate(own) == "rgb(255, 0, 0)"


@pytest.mark.law(27)
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", ALL_PAGES.values(), ids=ALL_PAGES)
def test_every_target_is_large_enough(path: str, width: int, viewer: Viewer) -> None:
    page = viewer.show(path, View(width=width))

    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.law(27)
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ALL_PAGES.values(), ids=ALL_PAGES)
def test_nothing_is_lost_on_a_screen_of_320_by_256(
    path: str, language: str, viewer: Viewer
) -> None:
    page = viewer.show(path, View(language, width=320, height=256))

    assert lost(page) == []


@pytest.mark.law(28)
@paths
def test_nothing_is_lost_where_text_is_twice_as_large(path: str, viewer: Viewer) -> None:
    page = viewer.show(path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert lost(page) == []


@pytest.mark.law(28)
@paths
def test_nothing_is_lost_at_a_zoom_of_200_percent(path: str, viewer: Viewer) -> None:
    # What a browser does then: half as many CSS pixels.
    page = viewer.show(path, View(width=640, height=400))

    assert lost(page) == []


@pytest.mark.law(28)
@pytest.mark.parametrize("width", [1280, 320])
@paths
def test_nothing_is_lost_where_a_visitor_spaces_text_out(
    path: str, width: int, viewer: Viewer
) -> None:
    page = viewer.show(path, View(width=width))
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
                word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
            document.adoptedStyleSheets = [sheet];
        }"""
    )

    assert lost(page) == []


@pytest.mark.law(27)
@SCHEMES
@pytest.mark.parametrize("theme", ["", "dsfr", "govuk", "site"])
def test_buttons_stand_out_from_what_is_behind_them(
    theme: str, scheme: Any, viewer: Viewer
) -> None:
    page = viewer.show("/banner", View(theme=theme, scheme=scheme))
    contrast = page.locator("button[value=refuse]").first.evaluate(
        "(button) => {" + CONTRAST + "return ratio("
        "getComputedStyle(button).backgroundColor, behind(button.parentElement)); }"
    )

    assert contrast >= 3


@pytest.mark.law(27)
@SCHEMES
@pytest.mark.parametrize("theme", ["", "dsfr", "site"])
def test_the_focus_stands_out_from_what_is_behind_it(
    theme: str, scheme: Any, viewer: Viewer
) -> None:
    page = viewer.show("/banner", View(theme=theme, scheme=scheme))
    page.keyboard.press("Tab")
    width, contrast = page.evaluate(
        "() => {" + CONTRAST + "const style = getComputedStyle(document.activeElement);"
        "return [parseFloat(style.outlineWidth), ratio(style.outlineColor,"
        "behind(document.activeElement.parentElement))]; }"
    )

    assert width >= 2
    assert contrast >= 3


@pytest.mark.law(28)
@pytest.mark.parametrize("path", ["/banner", "/consent/"], ids=["banner", "preferences"])
def test_in_forced_colours_buttons_have_an_edge(path: str, viewer: Viewer) -> None:
    page = viewer.show(path, View(forced=True))
    contrast = page.locator("button[value=refuse]").first.evaluate(
        "(button) => {" + CONTRAST + "const style = getComputedStyle(button);"
        "return parseFloat(style.borderTopWidth) * ratio(style.borderTopColor,"
        "behind(button.parentElement)); }"
    )

    assert contrast >= 3


def test_nothing_of_it_is_printed_with_a_page_of_the_site(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.emulate_media(media="print")

    assert not page.locator("#consentgate").is_visible()
    assert page.locator("main").is_visible()


@pytest.mark.behaviour(17)
@pytest.mark.parametrize("path", ALL_PAGES.values(), ids=ALL_PAGES)
def test_a_strict_policy_of_the_browser_has_nothing_to_complain_of(
    path: str, viewer: Viewer
) -> None:
    viewer.show(path)

    assert viewer.complaints == []


def test_complaints_of_the_browser_are_heard(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(document.createElement('style'))")
    page.evaluate("document.querySelector('body style').textContent = 'a {}'")

    assert any("Content Security Policy" in one for one in viewer.complaints)
