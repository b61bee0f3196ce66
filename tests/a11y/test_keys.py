"""The keyboard, and what is said to those who do not see: order, focus, confirmation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.a11y.viewer import View, Viewer, open_viewer

FOCUSED = """() => {
    const one = document.activeElement;
    return one === document.body ? "nothing" : one.value || one.id || one.textContent.trim();
}"""


# What the text of the live region changes to.
OBSERVE = """document.addEventListener("DOMContentLoaded", () => {
    const saved = document.getElementById("consentgate-saved");
    if (!saved) return;
    window.said = [saved.textContent.trim()];
    new MutationObserver(() => window.said.push(saved.textContent.trim()))
        .observe(saved, { childList: true, characterData: true, subtree: true });
});"""
SAID = """async () => {
    while (window.said.length < 2) await new Promise((done) => setTimeout(done, 20));
    return window.said;
}"""


def tab(page: Page, times: int) -> list[str]:
    """What has the focus after each press of the Tab key."""
    found = []
    for _ in range(times):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    return found


@pytest.mark.law(27)
@pytest.mark.law(28)
def test_one_tab_reaches_the_choice_and_the_next_ones_lead_on_to_the_page(viewer: Viewer) -> None:
    page = viewer.show("/banner")

    assert tab(page, 5) == [
        *("accept", "refuse", "Choose for each purpose", "Cookie charter", "own")
    ]


@pytest.mark.law(28)
def test_the_keyboard_leads_back_as_well(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.locator("#own").focus()
    for _ in range(3):
        page.keyboard.press("Shift+Tab")

    assert page.evaluate(FOCUSED) == "refuse"


def test_the_banner_takes_no_focus_when_the_page_loads(viewer: Viewer) -> None:
    page = viewer.show("/banner")

    assert page.evaluate(FOCUSED) == "nothing"


@pytest.mark.law(5)
def test_escape_and_time_choose_nothing_and_take_nothing_away(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.mouse.wheel(0, 2000)
    page.wait_for_timeout(500)

    assert viewer.sent == []
    assert page.locator("#consentgate .consentgate-banner").is_visible()


@pytest.mark.parametrize(("presses", "choice"), [(1, "accept"), (2, "refuse")])
def test_the_keyboard_chooses(presses: int, choice: str, viewer: Viewer) -> None:
    page = viewer.show("/banner")
    tab(page, presses)
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent/")

    assert viewer.sent == [f"POST next=%2Fbanner&choice={choice}"]


@pytest.mark.law(5)
def test_enter_in_a_box_saves_the_boxes_and_accepts_nothing_else(viewer: Viewer) -> None:
    page = viewer.show("/consent/")
    page.locator("input[value=statistics]").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent/")
    page.get_by_role("heading", level=1).wait_for()

    (sent,) = viewer.sent
    assert "category=statistics" in sent
    assert "choice=save" in sent


@pytest.mark.law(28)
@pytest.mark.parametrize("path", ["/banner", "/consent/", "/consent/charter"])
def test_the_focus_is_seen_wherever_it_goes(path: str, viewer: Viewer) -> None:
    page = viewer.show(path, View(width=320, height=256))
    ours = page.locator(":is(#consentgate, .consentgate-page) :is(a, button, summary, input)")
    stops = ours.filter(visible=True).count()
    unseen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            """() => {
                const one = document.activeElement;
                const style = getComputedStyle(one);
                const box = one.getBoundingClientRect();
                const top = document.elementFromPoint(
                    box.left + box.width / 2, box.top + Math.min(box.height, 20) / 2);
                const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                    && box.top >= 0 && box.top < innerHeight
                    && (one === top || one.contains(top) || top.contains(one));
                return seen ? [] : [one.outerHTML.slice(0, 120)];
            }"""
        )

    assert unseen == []


@pytest.mark.law(28)
def test_the_way_of_the_focus_is_that_of_the_eye(viewer: Viewer) -> None:
    page = viewer.show("/consent/?granted=statistics")
    places = []
    for _ in range(12):
        page.keyboard.press("Tab")
        places.append(
            page.evaluate(
                "Math.round(document.activeElement.getBoundingClientRect().top + scrollY)"
            )
        )

    assert places == sorted(places)


# The confirmation


@pytest.mark.law(27)
def test_the_confirmation_is_said_after_the_page_and_the_address_is_clean(
    viewer: Viewer,
) -> None:
    page = viewer.show("/settings#consentgate-saved")
    saved = page.get_by_role("status")

    saved.filter(has_text="Your choice is saved.").wait_for()
    assert page.evaluate("location.href") == "https://www.example.org/settings"
    assert saved.is_visible()


def test_the_confirmation_changes_so_that_it_is_announced(browser: Browser) -> None:
    with open_viewer(browser) as viewer:
        viewer.page.add_init_script(OBSERVE)
        page = viewer.show("/settings#consentgate-saved")

        before, said = page.evaluate(SAID)
        assert before == ""
        assert said.startswith("Your choice is saved. Statistics")


def test_without_scripts_the_confirmation_is_seen_and_has_the_focus(
    without_scripts: Viewer,
) -> None:
    page = without_scripts.show("/settings#consentgate-saved")

    assert page.get_by_role("status").is_visible()
    assert page.locator("#consentgate-saved:focus").count() == 1


@pytest.mark.parametrize("path", ["/settings", "/consent/"])
def test_where_nothing_was_saved_nothing_is_confirmed(path: str, viewer: Viewer) -> None:
    page = viewer.show(path)

    assert not page.locator("#consentgate-saved").is_visible()


# Names, roles and structure, as assistive technology is told them


@pytest.mark.law(28)
def test_the_banner_is_a_region_named_by_its_heading(viewer: Viewer) -> None:
    page = viewer.show("/banner")
    region = page.get_by_role("region", name="Cookies on data.example.org")

    assert region.get_by_role("button").all_inner_texts() == ["Accept all", "Refuse all"]
    assert region.get_by_role("heading", level=2).count() == 1


@pytest.mark.law(28)
@pytest.mark.parametrize("width", [1280, 320])
def test_tables_stay_tables_where_they_look_like_cards(width: int, viewer: Viewer) -> None:
    page = viewer.show("/consent/charter", View(width=width))
    table = page.get_by_role("table", name="Cookies: Statistics")

    assert table.get_by_role("columnheader").count() == 5
    assert table.get_by_role("rowheader").all_inner_texts() == ["_pk_id.*"]
    assert table.get_by_role("cell").count() == 4


@pytest.mark.law(28)
def test_each_box_has_a_name_of_its_own_in_a_group_that_asks(viewer: Viewer) -> None:
    group = viewer.show("/consent/").get_by_role("group", name="Choose for each purpose")

    names = ["Statistics", "Marketing", "Embedded videos", "Anonymous counts"]
    assert group.get_by_role("checkbox").count() == len(names)
    for name in names:
        assert group.get_by_role("checkbox", name=name, exact=True).count() == 1


@pytest.mark.law(5)
def test_no_box_of_what_needs_consent_is_ticked(viewer: Viewer) -> None:
    page = viewer.show("/consent/")

    boxes = [page.get_by_role("checkbox", name=name) for name in ("Statistics", "Marketing")]
    assert [box.is_checked() for box in boxes] == [False, False]


@pytest.mark.law(28)
def test_the_preferences_page_as_assistive_technology_is_told_it(viewer: Viewer) -> None:
    page = viewer.show("/consent/?granted=statistics")
    told = re.findall(r"- (\w+)(?: \".*?\")?(?: (\[.*?\]))?", page.locator("main").aria_snapshot())

    row = [("heading", "[level=3]"), ("paragraph", ""), ("group", "")]
    assert told == [
        *[("main", ""), ("heading", "[level=1]"), ("paragraph", "")],
        *[("group", ""), ("heading", "[level=2]")],
        *[("checkbox", "[checked]"), *row],
        *[("checkbox", ""), *row] * 3,
        *[("heading", "[level=2]"), ("paragraph", ""), ("group", "")],
        *[("button", "")] * 3,
    ]
