"""The optional script: it shows the banner that is the same for everybody to whom it concerns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.a11y.viewer import ORIGIN, Viewer, open_viewer

LISTEN = """
window.heard = [];
document.addEventListener("consentgate:state", (event) => window.heard.push(event.detail));
"""
SIGNAL = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });"
UNDECIDED = {
    "necessary": "exempt",
    "statistics": "undecided",
    "marketing": "undecided",
    "videos": "undecided",
    "counting": "exempt",
}


def asks(page: Page) -> bool:
    """Whether the question is seen."""
    return page.locator("#consentgate .consentgate-banner").is_visible()


def heard(page: Page) -> Any:
    """The states that were told to the page's own scripts."""
    return page.evaluate(
        """async () => {
            while (!window.heard.length) await new Promise((done) => setTimeout(done, 20));
            return window.heard;
        }"""
    )


def without_addresses(snapshot: str) -> str:
    """What assistive technology is told, but for where links lead."""
    return re.sub(r"- /url: .*", "", snapshot)


@pytest.fixture
def stage(browser: Browser) -> Iterator[Viewer]:
    """A page with a listener of its own, and no cookies."""
    with open_viewer(browser) as viewer:
        viewer.page.add_init_script(LISTEN)
        yield viewer


def test_who_has_no_cookie_is_asked_at_once_and_the_server_is_not(stage: Viewer) -> None:
    loaded: list[str] = []
    stage.page.on("request", lambda request: loaded.append(request.url))
    page = stage.show("/static?cookie=choice")

    assert heard(page) == [
        {
            "decided": False,
            "banner": True,
            "day": None,
            "until": None,
            "signal": False,
            "categories": UNDECIDED,
        }
    ]
    assert asks(page)
    assert not any("state.js" in url for url in loaded)


@pytest.mark.parametrize("banner", [True, False], ids=["to-be-asked", "decided"])
def test_of_who_has_the_cookie_the_server_tells(banner: bool, stage: Viewer) -> None:
    stage.page.context.add_cookies([{"name": "choice", "value": "x", "url": ORIGIN}])
    stage.state = json.dumps({"banner": banner})
    page = stage.show("/static?cookie=choice")

    assert heard(page) == [{"banner": banner}]
    assert asks(page) is banner


def test_where_scripts_cannot_read_the_cookie_the_server_tells(stage: Viewer) -> None:
    stage.state = '{"banner":true}'
    page = stage.show("/static")

    assert heard(page) == [{"banner": True}]
    assert asks(page)


def test_a_cookie_whose_name_only_begins_alike_is_another(stage: Viewer) -> None:
    stage.page.context.add_cookies([{"name": "choices", "value": "x", "url": ORIGIN}])
    stage.state = '{"banner":false}'
    page = stage.show("/static?cookie=choice")

    assert asks(page)


@pytest.mark.law(22)
def test_the_browsers_signal_refuses_what_it_speaks_of(stage: Viewer) -> None:
    stage.page.add_init_script(SIGNAL)
    page = stage.show("/static?cookie=choice")
    (state,) = heard(page)

    assert state["signal"] is True
    assert state["categories"] == {**UNDECIDED, "marketing": "refused"}
    assert asks(page)
    assert page.get_by_text("Global Privacy Control").first.is_visible()


def test_the_form_and_the_links_learn_where_to_come_back_to(stage: Viewer) -> None:
    page = stage.show("/static?cookie=choice&a=1")

    assert page.locator("#consentgate [name=next]").input_value() == "/static?cookie=choice&a=1"
    links = page.locator("#consentgate a.consentgate-link")
    for link in links.all():
        address = link.get_attribute("href") or ""
        assert "next=%2Fstatic%3Fcookie%3Dchoice%26a%3D1" in address
        assert "lang=en" in address


@pytest.mark.behaviour(16)
def test_without_scripts_the_page_has_a_link_to_the_choice(without_scripts: Viewer) -> None:
    page = without_scripts.show("/static?cookie=choice")

    assert not asks(page)
    assert page.get_by_role("link", name="Choose for each purpose").is_visible()
    assert page.get_by_role("link", name="Cookie settings").is_visible()


@pytest.mark.behaviour(17)
def test_a_strict_policy_of_the_browser_has_nothing_to_complain_of(stage: Viewer) -> None:
    page = stage.show("/static")

    assert heard(page)
    assert stage.complaints == []


@pytest.mark.law(28)
def test_the_static_banner_has_the_same_names_and_roles_once_the_script_shows_it(
    stage: Viewer,
) -> None:
    shown = stage.show("/static?cookie=choice").locator(".consentgate-banner").aria_snapshot()
    served = stage.show("/banner").locator(".consentgate-banner").aria_snapshot()

    assert "button" in shown
    assert without_addresses(shown) == without_addresses(served)
