"""The preferences page: how long it is, and that its choice is in sight wherever one is in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Page

from tests.a11y.lost import broken
from tests.a11y.viewer import View, Viewer

WIDE, PHONE = View(width=1280, height=800), View(width=375, height=740)
SIZES = pytest.mark.parametrize(("width", "height"), [(1280, 800), (375, 740)])
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
ACTIONS = ("save", "accept", "refuse")
AT_ONCE = {1280: 3, 375: 2}
"""How many purposes are above the bar in a window of that width."""

# The page with so many purposes.
KEEP = """(number) => {
    const rows = [...document.querySelectorAll(".consentgate-choices .consentgate-row")];
    rows.slice(number).forEach((row) => row.remove());
}"""
UNFOLD = "for (const folded of document.querySelectorAll('main details')) folded.open = true"

# What has the focus and is not seen whole, apart from what is higher than the window.
UNSEEN = """() => {
    const one = document.activeElement;
    if (one === document.body) return [];
    const box = one.getBoundingClientRect();
    const bar = document.querySelector(".consentgate-bar");
    const end = bar.contains(one) ? innerHeight : Math.min(innerHeight,
        getComputedStyle(bar).position === "sticky" && bar.getBoundingClientRect().bottom
            >= innerHeight - 1 ? bar.getBoundingClientRect().top : innerHeight);
    return box.top >= -0.5 && box.bottom <= end + 0.5 ? [] : [one.outerHTML.slice(0, 120)];
}"""


def box_of(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box


def in_sight(page: Page, height: float) -> list[str]:
    """The actions that are in the window."""
    boxes = {value: box_of(page, f"button[value={value}]") for value in ACTIONS}
    return [
        value
        for value, box in boxes.items()
        if box["y"] >= 0 and box["y"] + box["height"] <= height
    ]


# How much of it there is


@LANGUAGES
@pytest.mark.parametrize(
    ("width", "height", "screens"), [(1280, 800, 2.5), (375, 740, 4)], ids=["wide", "phone"]
)
def test_with_seven_presets_it_takes_few_screens(
    width: int, height: int, screens: float, language: str, viewer: Viewer
) -> None:
    page = viewer.show("/seven", View(language, width=width, height=height))

    assert page.locator(".consentgate-table tbody tr").count() > 30
    assert page.evaluate("document.documentElement.scrollHeight") <= screens * height


@LANGUAGES
@SIZES
@pytest.mark.parametrize("purposes", [1, 2, 3])
def test_the_question_and_the_actions_are_in_sight_without_scrolling(
    purposes: int, width: int, height: int, language: str, viewer: Viewer
) -> None:
    page = viewer.show("/consent/", View(language, width=width, height=height))
    page.evaluate(KEEP, purposes)
    bar = box_of(page, ".consentgate-bar")

    assert in_sight(page, height) == [*ACTIONS]
    for box in page.get_by_role("checkbox").all()[: AT_ONCE[width]]:
        edges = box.bounding_box()
        assert edges is not None
        assert edges["y"] + edges["height"] <= bar["y"]


# The bar


@SIZES
@pytest.mark.parametrize("path", ["/consent/", "/seven"])
def test_the_actions_are_in_sight_wherever_one_is_in_the_page(
    path: str, width: int, height: int, viewer: Viewer
) -> None:
    page = viewer.show(path, View(width=width, height=height))
    page.evaluate(UNFOLD)
    whole = page.evaluate("document.documentElement.scrollHeight")

    for part in (0, 0.3, 0.6, 1):
        page.evaluate("(top) => scrollTo(0, top)", part * whole)
        assert in_sight(page, height) == [*ACTIONS]


@pytest.mark.law(27)
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
@pytest.mark.parametrize(
    ("width", "height"), [(1280, 800), (375, 740), (320, 480), (1280, 479), (320, 256)]
)
def test_it_covers_nothing_that_has_the_focus(
    width: int, height: int, key: str, viewer: Viewer
) -> None:
    page = viewer.show("/consent/", View(width=width, height=height))
    page.evaluate(UNFOLD)
    stops = page.locator("main :is(a, button, summary, input:not([type=hidden]))").count()
    unseen = []
    for _ in range(stops + 4):
        page.keyboard.press(key)
        unseen += page.evaluate(UNSEEN)

    assert unseen == []


def test_the_page_stays_where_it_is_while_the_actions_have_the_focus(viewer: Viewer) -> None:
    page = viewer.show("/consent/", PHONE)
    for value in ACTIONS:
        page.locator(f"button[value={value}]").focus()

    assert page.evaluate("scrollY") == 0


@pytest.mark.law(27)
def test_in_a_low_window_the_bar_takes_none_of_it(viewer: Viewer) -> None:
    page = viewer.show("/consent/", View(width=320, height=256))
    page.locator(".consentgate-row").first.evaluate("(row) => row.scrollIntoView()")

    assert box_of(page, ".consentgate-row")["y"] < 256 < box_of(page, ".consentgate-bar")["y"]


@pytest.mark.parametrize("theme", ["", "dsfr", "govuk", "site"])
def test_saving_is_told_apart_from_accepting_and_refusing(theme: str, viewer: Viewer) -> None:
    page = viewer.show("/consent/", View(theme=theme))
    colour = "(button) => getComputedStyle(button).backgroundColor"
    save, accept, refuse = (
        page.locator(f"button[value={value}]").evaluate(colour) for value in ACTIONS
    )

    assert accept == refuse
    assert save != accept


def test_without_a_style_sheet_everything_is_there(viewer: Viewer) -> None:
    page = viewer.show("/consent/", PHONE)
    page.evaluate("for (const sheet of document.styleSheets) sheet.disabled = true")

    for value in ACTIONS:
        assert page.locator(f"button[value={value}]").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


# The rows


def test_a_purpose_has_a_box_that_looks_and_behaves_as_one(viewer: Viewer) -> None:
    page = viewer.show("/consent/", PHONE)
    box = page.get_by_role("checkbox", name="Statistics")

    assert box.evaluate("(box) => getComputedStyle(box).appearance") == "auto"
    assert (box_of(page, "input[value=statistics]")["width"]) == 24
    page.get_by_text("Statistics", exact=True).click()
    assert box.is_checked()
    box.press("Space")
    assert not box.is_checked()


@pytest.mark.parametrize(("language", "side"), [("en", -1), ("ar", 1)])
def test_the_box_is_where_the_line_begins(language: str, side: int, viewer: Viewer) -> None:
    page = viewer.show("/consent/", View(language, width=375))
    box, title = box_of(page, "input[type=checkbox]"), box_of(page, "h3")

    assert (box["x"] - title["x"]) * side > 0
    assert abs(box["y"] - title["y"]) <= 4


@pytest.mark.behaviour(16)
def test_cookies_unfold_without_scripts(without_scripts: Viewer) -> None:
    page = without_scripts.show("/consent/")
    table = page.get_by_role("table", name="Cookies: Marketing")

    assert not table.is_visible()
    page.locator("summary", has_text="Cookies: Marketing").click()
    assert table.is_visible()


@pytest.mark.parametrize("width", [1280, 1024, 900, 375])
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_no_word_is_broken_among_many_cookies(width: int, language: str, viewer: Viewer) -> None:
    page = viewer.show("/seven", View(language, width=width))

    assert broken(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_paper_the_cookies_are_there_and_the_buttons_are_not(viewer: Viewer) -> None:
    page = viewer.show("/consent/")
    page.emulate_media(media="print")

    assert page.get_by_text("_fbp").is_visible()
    assert box_of(page, "details:has-text('_fbp')")["height"] > 100
    assert not page.locator(".consentgate-bar").is_visible()


# The site's own name


@pytest.mark.parametrize("width", [1280, 320])
def test_a_logo_has_its_place_and_leads_back(width: int, viewer: Viewer) -> None:
    page = viewer.show("/logo", View(width=width))
    logo = page.get_by_role("img", name="Ville d'Exemple")
    page.wait_for_function("document.images[0].complete")

    box = logo.bounding_box()

    assert box is not None
    assert (box["x"], box["width"], box["height"]) == (max(16, (width - 1120) // 2), 160, 40)
    logo.click()
    page.wait_for_url("**/banner")
