"""A visitor's whole life with the choice, in a real browser, on each example site, with and without
JavaScript: asked, accepting, changing, refusing, withdrawing, and coming back half a year later.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.journey import SITES, Place, Visitor, open_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HELD_DAY, TOO_OLD_DAY = 181, 184
"""Six months are 182 days; each side leaves a day for what may be read as one more."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module", params=SITES)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with SITES[request.param](tmp_path_factory.mktemp(request.param)) as place:
        yield place


@pytest.fixture(scope="module", params=[True, False], ids=["with-javascript", "without-javascript"])
def page(request: pytest.FixtureRequest, browser: Browser, place: Place) -> Iterator[Page]:
    """A page of a French browser, on which an error of a script fails the last test."""
    errors: list[str] = []
    with browser.new_context(
        base_url=place.url, java_script_enabled=request.param, locale="fr-FR"
    ) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []


@pytest.fixture
def visitor(page: Page, place: Place) -> Visitor:
    """A new visitor with an empty jar, on the day on which the site's clock begins."""
    place.clock.move_to(0)
    page.context.clear_cookies()
    return Visitor(page)


def accept(visitor: Visitor) -> None:
    visitor.open()
    visitor.press("accept")


def refuse(visitor: Visitor) -> None:
    visitor.open()
    visitor.press("refuse")


@pytest.mark.behaviour(15)
@pytest.mark.behaviour(16)
@pytest.mark.law(1)
def test_before_the_choice_the_page_asks_and_nothing_is_kept_but_what_is_necessary(
    visitor: Visitor, place: Place
) -> None:
    visitor.open()
    visitor.open()

    assert visitor.is_asked
    assert visitor.jar <= place.necessary


@pytest.mark.behaviour(15)
@pytest.mark.law(5)
def test_reading_the_centre_and_the_charter_keeps_nothing_and_ticks_nothing(
    visitor: Visitor, place: Place
) -> None:
    visitor.open("/consent/charter")
    visitor.open("/consent/")

    assert not visitor.category("statistics").is_checked()
    assert visitor.jar == set()


@pytest.mark.behaviour(5)
@pytest.mark.behaviour(16)
def test_after_an_acceptance_statistics_are_kept_and_nobody_asks_again(
    visitor: Visitor, place: Place
) -> None:
    accept(visitor)
    visitor.open()

    assert not visitor.is_asked
    assert visitor.jar - place.necessary == {place.own} | place.statistics


def test_after_a_choice_the_visitor_is_on_the_same_page_and_told_that_it_is_saved(
    visitor: Visitor, place: Place
) -> None:
    visitor.open("/?page=2")
    visitor.press("refuse")

    visitor.hear()
    assert visitor.path.startswith("/?page=2")
    assert visitor.saved.get_attribute("role") == "status"


@pytest.mark.behaviour(16)
@pytest.mark.law(9)
def test_an_acceptance_is_changed_in_the_preference_centre_which_opens_on_it(
    visitor: Visitor, place: Place
) -> None:
    accept(visitor)
    visitor.open()
    visitor.open_settings()
    was_ticked = visitor.category("statistics").is_checked()
    visitor.category("statistics").uncheck()
    visitor.press("save")
    visitor.open()

    assert was_ticked
    assert visitor.jar - place.necessary == {place.own}
    visitor.open_settings()
    assert not visitor.category("statistics").is_checked()


@pytest.mark.behaviour(16)
def test_a_refusal_is_changed_in_the_preference_centre_too(visitor: Visitor, place: Place) -> None:
    refuse(visitor)
    visitor.open_settings()
    visitor.category("statistics").check()
    visitor.press("save")
    visitor.open()

    assert visitor.jar - place.necessary == {place.own} | place.statistics


@pytest.mark.behaviour(16)
@pytest.mark.law(8)
def test_after_a_refusal_nothing_but_the_refusal_is_kept_and_nobody_asks_again(
    visitor: Visitor, place: Place
) -> None:
    refuse(visitor)
    visitor.open()
    visitor.open()

    assert not visitor.is_asked
    assert visitor.jar - place.necessary == {place.own}


@pytest.mark.law(18)
def test_a_refusal_changes_nothing_in_the_service(visitor: Visitor, place: Place) -> None:
    visitor.open()
    before = visitor.page.locator(place.content).inner_text()
    visitor.press("refuse")

    assert visitor.open() == 200
    assert visitor.page.locator(place.content).inner_text() == before


@pytest.mark.behaviour(18)
@pytest.mark.law(9)
@pytest.mark.law(10)
def test_a_withdrawal_takes_two_actions_and_deletes_what_was_kept(
    visitor: Visitor, place: Place
) -> None:
    accept(visitor)
    visitor.open()
    visitor.open_settings()
    visitor.press("refuse")
    visitor.open()

    assert visitor.jar - place.necessary == {place.own}
    assert not visitor.is_asked


@pytest.mark.behaviour(11)
@pytest.mark.law(7)
def test_an_acceptance_holds_for_half_a_year_and_is_asked_for_again_after_it(
    visitor: Visitor, place: Place
) -> None:
    accept(visitor)
    place.clock.move_to(HELD_DAY)
    visitor.open()
    asked_before, counted_before = visitor.is_asked, visitor.sets(place.statistics)
    place.clock.move_to(TOO_OLD_DAY)
    visitor.open()

    assert (asked_before, counted_before) == (False, True)
    assert (visitor.is_asked, visitor.sets(place.statistics)) == (True, False)


@pytest.mark.law(7)
@pytest.mark.law(8)
def test_a_refusal_holds_for_half_a_year_and_is_asked_for_again_after_it(
    visitor: Visitor, place: Place
) -> None:
    refuse(visitor)
    place.clock.move_to(HELD_DAY)
    visitor.open()
    asked_before = visitor.is_asked
    place.clock.move_to(TOO_OLD_DAY)
    visitor.open()

    assert (asked_before, visitor.is_asked) == (False, True)
    assert visitor.jar - place.necessary == {place.own}


@pytest.mark.law(7)
def test_visiting_does_not_prolong_a_choice(visitor: Visitor, place: Place) -> None:
    refuse(visitor)
    place.clock.move_to(HELD_DAY - 90)
    visitor.open()
    kept = visitor.sets({place.own})
    place.clock.move_to(TOO_OLD_DAY)
    visitor.open()

    assert kept is False
    assert visitor.is_asked


@pytest.mark.law(19)
def test_the_banner_speaks_the_language_of_the_page(visitor: Visitor, place: Place) -> None:
    visitor.open()

    language = visitor.page.locator("html").get_attribute("lang")
    assert visitor.page.locator("#consentgate").get_attribute("lang") == language
