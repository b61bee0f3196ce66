"""The banner in the hands and before the eyes of everybody: keyboard, zoom, small screens, colours
of the system, paper. Measured in a real browser.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from tests.browser.journey import Visitor, open_browser
from tests.browser.page_site import PAGE, serve_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALLEST_TARGET = 24
"""CSS pixels (WCAG 2.2, 2.5.8)."""

WHERE = """() => {
    const element = document.activeElement;
    const parts = [element.id, element.value, element.getAttribute("class")];
    return element.closest("#consentgate") ? "banner" : parts.find(Boolean) || element.tagName;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_page() as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/")
        yield page


@pytest.fixture
def visitor(page: Page) -> Visitor:
    return Visitor(page)


def press_tab(page: Page, times: int) -> list[str]:
    """Where the focus is after each press."""
    places = []
    for _ in range(times):
        page.keyboard.press("Tab")
        places.append(page.evaluate(WHERE))
    return places


def style(page: Page, selector: str, name: str) -> str:
    """A computed style of the first element of the selector."""
    script = "(element, name) => getComputedStyle(element)[name]"
    return str(page.locator(selector).first.evaluate(script, name))


def brightness(colour: str) -> int:
    """The sum of red, green and blue of "rgb(1, 2, 3)"."""
    return sum(int(part) for part in colour[4:-1].split(","))


@pytest.mark.law(27)
def test_the_keyboard_comes_to_the_banner_first_and_then_to_the_page(page: Page) -> None:
    assert press_tab(page, 6) == [*["banner"] * 4, "first", "field"]


@pytest.mark.law(27)
def test_the_first_thing_that_the_keyboard_reaches_can_be_pressed(visitor: Visitor) -> None:
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    visitor.hear()

    assert visitor.jar == {"cookies_preferences"}
    visitor.open("/consent/")
    assert not visitor.category("statistics").is_checked()


FOCUSED = """() => {
    const one = document.activeElement;
    return (one.labels?.[0] || one).textContent.trim();
}"""


def focused(page: Page) -> str:
    """What the next press of Tab gives the focus to."""
    page.keyboard.press("Tab")
    return str(page.evaluate(FOCUSED))


def go_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus says this; fail after a round of the page."""
    assert name in (focused(page) for _ in range(30))


@pytest.mark.law(27)
@pytest.mark.law(28)
def test_the_keyboard_alone_chooses_reads_what_was_chosen_hides_it_and_refuses(
    visitor: Visitor,
) -> None:
    page = visitor.page
    go_to(page, "Choose for each purpose")
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent/**")
    go_to(page, "Statistics")
    page.keyboard.press("Space")
    go_to(page, "Save my choices")
    page.keyboard.press("Enter")
    visitor.hear()
    go_to(page, "Hide this message")
    page.keyboard.press("Enter")
    assert not visitor.saved.is_visible()

    go_to(page, "Cookie settings")
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent/**")
    assert visitor.category("statistics").is_checked()
    go_to(page, "Refuse all")
    page.keyboard.press("Enter")
    visitor.hear()
    visitor.open("/consent/")
    assert not visitor.category("statistics").is_checked()


@pytest.mark.law(27)
def test_the_banner_takes_the_focus_from_nothing(browser: Browser) -> None:
    body = PAGE.replace(b'<input id="field">', b'<input id="field" autofocus>')
    with serve_page(body=body) as url, browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.goto("/", wait_until="load")
        page.wait_for_timeout(300)

        assert page.evaluate(WHERE) == "field"


@pytest.mark.law(5)
def test_esc_grants_nothing_and_the_keyboard_goes_on(visitor: Visitor) -> None:
    press_tab(visitor.page, 1)
    visitor.page.keyboard.press("Escape")

    assert visitor.is_asked
    assert visitor.jar == set()
    assert press_tab(visitor.page, 4)[-1] == "first"
    visitor.open()
    assert visitor.is_asked


@pytest.mark.law(5)
def test_scrolling_and_using_the_page_grant_nothing(visitor: Visitor) -> None:
    visitor.page.locator("#field").fill("words")
    visitor.page.mouse.wheel(0, 2000)
    visitor.page.locator("#first").click()

    assert visitor.is_asked
    assert visitor.jar == set()


@pytest.mark.law(27)
def test_the_banner_covers_nothing_since_it_moves_with_the_page(page: Page) -> None:
    positions = {
        style(page, selector, "position")
        for selector in ("#consentgate", "#consentgate section", "#consentgate form")
    }

    assert positions == {"static"}


# 200 % on a screen of 1280 by 1024 leaves half of its pixels (WCAG 2.2, 1.4.4); 320 by 256 is
# 400 % of it (1.4.10; RGAA 10.11).
VIEWPORTS = {"200-percent": (640, 512, 2), "320x256": (320, 256, 1), "phone": (390, 844, 3)}
PATHS = ["/", "/consent/", "/consent/charter"]


@pytest.fixture(scope="module", params=VIEWPORTS)
def small(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, height, scale = VIEWPORTS[request.param]
    with browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
    ) as context:
        yield context.new_page()


@pytest.mark.law(27)
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_cut_or_needs_scrolling_sideways_when_it_is_small(
    small: Page, path: str
) -> None:
    small.goto(path)

    inner = small.evaluate("innerWidth")
    assert small.evaluate("document.documentElement.scrollWidth") == inner
    right = [box["x"] + box["width"] for box in boxes_of(small, "button[name=choice]")]
    assert [edge for edge in right if edge > inner] == []


@pytest.mark.law(27)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_pressed_is_large_enough_when_it_is_small(small: Page, path: str) -> None:
    small.goto(path)

    pressed = ("button", "input[type=checkbox]", "nav a", "summary", ".consentgate-link")
    boxes = boxes_of(small, ", ".join(f"{one}:visible" for one in pressed))

    assert [box for box in boxes if min(box["width"], box["height"]) < SMALLEST_TARGET] == []


@pytest.mark.law(3)
def test_accepting_and_refusing_are_of_one_size_when_it_is_small(small: Page) -> None:
    small.goto("/")

    sizes = {
        (round(box["width"]), round(box["height"]))
        for box in boxes_of(small, "#consentgate button[name=choice]")
    }

    assert len(sizes) == 1


def boxes_of(page: Page, selector: str) -> list[FloatRect]:
    """Where the shown elements of the selector are."""
    found = [one.bounding_box() for one in page.locator(selector).all()]
    return [box for box in found if box]


def test_in_the_dark_the_banner_is_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/consent/")

    surface = brightness(style(page, "body", "backgroundColor"))
    ink = brightness(style(page, "body", "color"))

    assert surface < 200 < 500 < ink


def test_in_a_page_of_light_colours_only_the_banner_stays_light(page: Page) -> None:
    page.emulate_media(color_scheme="dark")

    surface = brightness(style(page, "#consentgate .consentgate-banner", "backgroundColor"))

    assert surface > 600


@pytest.mark.law(27)
def test_with_the_systems_own_colours_buttons_keep_a_border(page: Page) -> None:
    page.emulate_media(forced_colors="active")

    widths = [style(page, f"button[value={one}]", "borderTopWidth") for one in ("accept", "refuse")]

    assert widths == ["2px", "2px"]
    assert style(page, "button[value=accept]", "borderTopColor") != style(
        page, "button[value=accept]", "backgroundColor"
    )


def test_the_banner_is_not_printed(visitor: Visitor) -> None:
    visitor.page.emulate_media(media="print")

    assert not visitor.is_asked
    assert visitor.page.locator("h1").is_visible()


def test_nothing_moves_whether_or_not_less_motion_is_wanted(page: Page) -> None:
    moving = """() => [...document.querySelectorAll("#consentgate, #consentgate *")].filter(one => {
        const style = getComputedStyle(one);
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
    }).length"""
    counts = []
    for wanted in ("no-preference", "reduce"):
        page.emulate_media(reduced_motion=wanted)
        counts.append(page.evaluate(moving))

    assert counts == [0, 0]


@pytest.mark.law(27)
def test_a_screen_reader_is_told_of_the_choice_by_a_text_that_changes(visitor: Visitor) -> None:
    visitor.page.context.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            const status = document.querySelector("#consentgate [role=status]");
            window.told = [];
            if (status) new MutationObserver(() => told.push(status.textContent.trim()))
                .observe(status, {childList: true, characterData: true, subtree: true});
        }, {capture: true});"""
    )
    visitor.press("accept")
    visitor.page.wait_for_function("window.told.at(-1)?.length > 5")

    assert visitor.page.evaluate("told.at(-1)") == visitor.saved.inner_text()
    assert visitor.path == "/"


@pytest.mark.law(27)
def test_a_visitor_who_goes_on_is_not_told_again(visitor: Visitor) -> None:
    visitor.press("accept")
    visitor.hear()
    visitor.open()

    assert not visitor.saved.is_visible()
