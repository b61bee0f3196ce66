"""How much of the window the banner takes, where its parts are, and the message after a choice."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.a11y.viewer import LANGUAGES, View, Viewer

# The banner with so many of its purposes.
KEEP = """(number) => {
    const list = document.querySelector("#consentgate dl");
    window.purposes ??= [...list.querySelectorAll(":scope > div")];
    list.replaceChildren(...window.purposes.slice(0, number));
}"""
# Blocks of text whose last line is one short word.
ORPHANS = """() => {
    const last_line = (block) => {
        const lines = [];
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        const words = [];
        for (let text; text = walker.nextNode();) {
            words.push(...[...text.data.matchAll(/[^ \\n]+/g)].map((word) => [text, word]));
        }
        for (const [text, word] of words) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const { bottom } = range.getBoundingClientRect();
            const line = lines.at(-1);
            if (line && Math.abs(line.bottom - bottom) < 9) line.words.push(word[0]);
            else lines.push({ bottom, words: [word[0]] });
        }
        return lines.length > 1 ? lines.at(-1).words : [];
    };
    const blocks = document.querySelectorAll("#consentgate :is(h2, p, dl > div)");
    const lines = [...blocks].filter((block) => block.checkVisibility()).map(last_line);
    return lines.filter((words) => words.length === 1 && words[0].length < 10);
}"""
# The banner in each language, which is loaded once for all tests of it.
EVERY_LANGUAGE = pytest.mark.parametrize("banner", LANGUAGES, indirect=True, scope="module")
SAVED = "/settings#consentgate-saved"
SETTINGS = ".consentgate-settings > a"


def box_of(page: Page, selector: str) -> Any:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box


@pytest.fixture(scope="module")
def banner(request: pytest.FixtureRequest, viewer: Viewer) -> Page:
    return viewer.show("/banner", View(request.param))


def resize(page: Page, width: int, height: int = 800) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("dispatchEvent(new Event('resize'))")


def shares_of_height(page: Page, width: int, height: int) -> dict[int, float]:
    """How much of a window of this size the banner takes, by the number of its purposes."""
    resize(page, width, height)
    shares = {}
    for purposes in (1, 2, 3):
        page.evaluate(KEEP, purposes)
        shares[purposes] = float(box_of(page, ".consentgate-banner")["height"]) / height
    return shares


@EVERY_LANGUAGE
def test_on_a_wide_screen_the_banner_takes_little(banner: Page) -> None:
    shares = shares_of_height(banner, 1280, 800)

    assert max(shares.values()) <= 0.22


@EVERY_LANGUAGE
def test_on_a_phone_the_page_can_still_be_seen(banner: Page) -> None:
    shares = shares_of_height(banner, 375, 740)

    assert shares[1] <= 0.42
    assert max(shares.values()) <= 0.58


@EVERY_LANGUAGE
@pytest.mark.parametrize("width", [1280, 768, 375, 320])
def test_no_short_word_is_alone_on_a_last_line(width: int, banner: Page) -> None:
    resize(banner, width)

    assert banner.evaluate(ORPHANS) == []


# Bodies that are narrow, at an edge, or in a font of their own.
BODIES = {
    "narrow": "margin: 40px auto; max-width: 400px",
    "at-the-left": "margin: 0; max-width: 400px",
    "at-the-right": "margin: 0 0 0 880px",
    "large": "font: 24px/2 monospace; word-spacing: 1em; text-indent: 3em",
    "browsers-own": "margin: 8px",
}


@pytest.mark.parametrize("language", ["en", "fr", "de", "ar"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_takes_as_little_in_the_body_of_any_page(
    body: str, language: str, viewer: Viewer
) -> None:
    page = viewer.show("/banner", View(language))
    page.evaluate("(style) => { document.body.style.cssText = style; }", body)

    assert shares_of_height(page, 1280, 800)[3] <= 0.22
    assert shares_of_height(page, 375, 740)[3] <= 0.58


@pytest.mark.parametrize("language", ["en", "fr"])
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
    page.evaluate("(style) => { document.body.style.cssText = style; }", body)
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


def test_on_a_page_without_a_font_it_is_in_the_systems(viewer: Viewer) -> None:
    page = viewer.show("/bare")
    family = "(element) => getComputedStyle(element).fontFamily"

    assert page.locator("button[value=refuse]").evaluate(family).startswith("system-ui")
    assert not page.locator("body").evaluate(family).startswith("system-ui")


def test_it_stays_in_a_body_that_would_cut_it(viewer: Viewer) -> None:
    page = viewer.show("/bare?cut=1", View(width=1280))
    page.evaluate("document.body.style.cssText = 'max-width: 400px; overflow: hidden'")
    page.evaluate("dispatchEvent(new Event('resize'))")

    assert box_of(page, ".consentgate-inner")["width"] <= 400


@pytest.mark.parametrize("font", ["Georgia, serif", "monospace"])
def test_it_is_in_the_font_of_the_page(font: str, viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.evaluate("(font) => { document.body.style.fontFamily = font; }", font)
    family = "(button) => getComputedStyle(button).fontFamily"

    assert page.locator("button[value=refuse]").evaluate(family) == font


# After the choice


LENGTHS = pytest.mark.parametrize("path", ["/settings", "/long"])
WIDTHS = pytest.mark.parametrize("width", [1280, 320])


@LENGTHS
@WIDTHS
def test_the_message_after_a_choice_is_in_sight_and_moves_nothing(
    width: int, path: str, viewer: Viewer
) -> None:
    page = viewer.show(f"{path}#consentgate-saved", View(width=width, height=568))
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


def is_clear_of_the_message(page: Page, selector: str) -> bool:
    box, message = box_of(page, selector), box_of(page, ".consentgate-done")
    return bool(box["y"] >= 0 and box["y"] + box["height"] <= message["y"])


@LENGTHS
@WIDTHS
@pytest.mark.parametrize("height", [256, 740])
@pytest.mark.parametrize("kind", ["viewer", "without_scripts"])
def test_what_is_at_the_end_can_be_scrolled_from_under_it(
    kind: str, height: int, width: int, path: str, request: pytest.FixtureRequest
) -> None:
    viewer: Viewer = request.getfixturevalue(kind)
    page = viewer.show(f"{path}#consentgate-saved", View("de", width=width, height=height))
    page.get_by_text("Statistiken").wait_for()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")

    assert is_clear_of_the_message(page, SETTINGS)
    assert box_of(page, ".consentgate-done")["height"] <= 0.7 * height


@pytest.mark.law(27)
@LENGTHS
@WIDTHS
def test_it_covers_nothing_that_has_the_focus(width: int, path: str, viewer: Viewer) -> None:
    page = viewer.show(f"{path}#consentgate-saved", View(width=width, height=400))
    page.get_by_text("Statistics").wait_for()
    page.locator("main button").focus()
    page.keyboard.press("Tab")  # to the message
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    assert page.locator(SETTINGS).evaluate("(link) => link === document.activeElement")
    assert is_clear_of_the_message(page, SETTINGS)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.locator("main button").evaluate("(button) => button === document.activeElement")
    assert is_clear_of_the_message(page, "main button")
