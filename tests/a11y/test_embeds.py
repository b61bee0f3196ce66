"""The placeholder of an embed: its size, its name, and that it works by the keyboard alone."""

from __future__ import annotations

import pytest

from tests.a11y.viewer import View, Viewer

EMBED = ".consentgate-embed"


@pytest.mark.law(18)
def test_a_placeholder_is_as_large_as_what_it_stands_for(viewer: Viewer) -> None:
    page = viewer.show("/embed?width=560&height=420")

    box = page.locator(EMBED).bounding_box()

    assert box is not None
    assert (box["width"], box["height"]) == (562, 422)  # with its border


@pytest.mark.law(27)
def test_on_a_small_screen_it_is_as_wide_as_that_and_shows_all_its_words(viewer: Viewer) -> None:
    page = viewer.show("/embed?width=560&height=315", View(width=320, height=256))

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(
        f"[...document.querySelectorAll('{EMBED} *')].every((one) => "
        f"one.getBoundingClientRect().bottom <= "
        f"document.querySelector('{EMBED}').getBoundingClientRect().bottom)"
    )


@pytest.mark.law(27)
def test_it_is_a_group_with_a_name_and_two_buttons_of_the_same_size(viewer: Viewer) -> None:
    page = viewer.show("/embed?width=560&height=315")

    group = page.get_by_role("group", name="Content from Videos & Co <Ltd>")
    boxes = [one.bounding_box() for one in group.get_by_role("button").all()]

    assert [one.inner_text() for one in group.get_by_role("button").all()] == [
        *("Show once", "Always allow")
    ]
    assert len({(box["width"], box["height"]) for box in boxes if box}) == 1
    assert group.get_by_role("link", name="Cookie settings").count() == 1
