"""The page after a choice says what became of it, whatever the browser kept, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, expect

from consentgate import Policy
from tests.browser.journey import Visitor, open_browser
from tests.browser.page_site import PAGE, STATISTICS, serve_page
from tests.support.chromium import ARGUMENTS, find_chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.behaviour(36)]

SCRIPTS = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with-javascript", "without-javascript"]
)
HOST_ONLY = Policy(
    necessary=["login"],
    cookies=STATISTICS.cookies,
    preferences_cookie="__Host-cookies_preferences",
)
NOT_KEPT: dict[str, dict[str, Any]] = {
    "secure on http": {"secure": True},
    "__Host- on http": {"policy": HOST_ONLY},
}
REFUSED = "Your choice is saved. Statistics \N{EN DASH} Refused."
UNSAVED = "Your choice was not saved. Your browser does not keep cookies from this site."


@dataclass(slots=True)
class Profiles:
    """Browsers for which plain http on intranet.test is not trustworthy, as it is on loopback:
    one of each kind, which is started once, and used by one visitor after another."""

    chromium: BrowserType
    folder: Path
    contexts: dict[tuple[bool, ...], BrowserContext] = field(default_factory=dict)

    @contextmanager
    def visitor(
        self, *, javascript: bool = True, blocked: bool = False, keeps_pages: bool = False
    ) -> Iterator[Visitor]:
        """A visitor with a new page and an empty jar. `blocked`: the browser keeps no cookies;
        `keeps_pages`: it has its back-forward cache."""
        kind = (javascript, blocked, keeps_pages)
        if kind not in self.contexts:
            self.contexts[kind] = self._start(*kind)
        self.contexts[kind].clear_cookies()
        page = self.contexts[kind].new_page()
        yield Visitor(page)
        page.close()

    def _start(self, javascript: bool, blocked: bool, keeps_pages: bool) -> BrowserContext:
        folder = self.folder / str(len(self.contexts))
        if blocked:
            rules = {"profile": {"default_content_setting_values": {"cookies": 2}}}
            (folder / "Default").mkdir(parents=True)
            (folder / "Default" / "Preferences").write_text(json.dumps(rules))
        return self.chromium.launch_persistent_context(
            folder,
            executable_path=find_chromium(),
            java_script_enabled=javascript,
            ignore_default_args=["--disable-back-forward-cache"] if keeps_pages else None,
            args=[*ARGUMENTS, "--host-resolver-rules=MAP intranet.test 127.0.0.1"],
        )

    def close(self) -> None:
        """End the browsers."""
        for context in self.contexts.values():
            context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def profiles(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profiles]:
    profiles = Profiles(browser.browser_type, tmp_path_factory.mktemp("profiles"))
    yield profiles
    profiles.close()


def as_intranet(url: str) -> str:
    return url.replace("127.0.0.1", "intranet.test")


def says_unsaved(visitor: Visitor) -> None:
    """The page says, for everybody to see, that nothing was kept, and does not claim otherwise."""
    message = visitor.page.locator(".consentgate-unsaved")
    expect(message).to_be_visible()
    expect(message).to_contain_text(UNSAVED)
    assert not visitor.page.get_by_text("Your choice is saved").is_visible()


@SCRIPTS
@pytest.mark.parametrize("start", ["/", "/consent/"])
@pytest.mark.parametrize("case", [*NOT_KEPT, "cookies blocked"])
def test_what_the_browser_did_not_keep_is_not_confirmed(
    profiles: Profiles, javascript: bool, start: str, case: str
) -> None:
    blocked = case == "cookies blocked"
    with (
        serve_page(**NOT_KEPT.get(case, {})) as url,
        profiles.visitor(javascript=javascript, blocked=blocked) as visitor,
    ):
        visitor.page.goto(as_intranet(url) + start)
        visitor.press("refuse")

        says_unsaved(visitor)
        assert visitor.jar == set()
        # A page of the site asks no more; the preferences page is where one chooses.
        question = visitor.page.locator("#consentgate button")
        assert [button.is_visible() for button in question.all()] in ([], [False, False])
        assert visitor.page.locator("a[href*='/consent/']").first.is_visible()


@pytest.mark.parametrize("case", [*NOT_KEPT, "cookies blocked"])
def test_neither_is_it_on_a_page_that_is_the_same_for_everybody(
    profiles: Profiles, case: str
) -> None:
    blocked = case == "cookies blocked"
    with (
        serve_page(banner="static", **NOT_KEPT.get(case, {})) as url,
        profiles.visitor(blocked=blocked) as visitor,
    ):
        visitor.page.goto(as_intranet(url))
        visitor.press("refuse")

        says_unsaved(visitor)
        assert not visitor.is_asked


@pytest.mark.parametrize("banner", ["auto", "static"])
@pytest.mark.parametrize("start", ["/", "/consent/"])
@pytest.mark.parametrize("case", [*NOT_KEPT, "cookies blocked"])
def test_the_pages_that_follow_say_so_and_do_not_repeat_the_question(
    profiles: Profiles, banner: str, start: str, case: str
) -> None:
    blocked = case == "cookies blocked"
    with (
        serve_page(banner=banner, **NOT_KEPT.get(case, {})) as url,
        profiles.visitor(blocked=blocked) as visitor,
    ):
        visitor.page.goto(as_intranet(url) + start)
        visitor.press("refuse")
        for path in ("/other", "/third"):
            visitor.page.goto(as_intranet(url) + path)

            says_unsaved(visitor)
            assert not visitor.page.locator("#consentgate button").first.is_visible()
            assert visitor.page.locator("#consentgate a[href*='/consent/?']:visible").count() == 1


def test_the_way_out_is_the_preferences_page(browser: Browser) -> None:
    with serve_page() as url, browser.new_context(base_url=url) as context:
        visitor = Visitor(context.new_page())
        visitor.open("/#consentgate-saved")
        visitor.open("/other")
        says_unsaved(visitor)
        with visitor.page.expect_navigation():
            visitor.page.locator("#consentgate a[href*='/consent/?']:visible").click()
        visitor.press("accept")

        # This time the browser kept it.
        expect(visitor.saved).to_be_visible()
        visitor.open("/third")
        assert not visitor.page.locator(".consentgate-unsaved").is_visible()
        assert visitor.settings.is_visible()


@pytest.mark.parametrize("banner", ["auto", "static"])
def test_a_browser_without_a_list_of_its_history_asks_again(browser: Browser, banner: str) -> None:
    with serve_page(banner=banner) as url, browser.new_context(base_url=url) as context:
        context.add_init_script("delete window.navigation")
        visitor = Visitor(context.new_page())
        visitor.open("/#consentgate-saved")
        says_unsaved(visitor)
        visitor.open("/other")

        expect(visitor.banner).to_be_visible()
        assert not visitor.page.locator(".consentgate-unsaved").is_visible()


def test_without_javascript_the_page_says_that_it_may_ask_again(profiles: Profiles) -> None:
    with (
        serve_page(secure=True) as url,
        profiles.visitor(javascript=False) as visitor,
    ):
        visitor.page.goto(as_intranet(url))
        visitor.press("refuse")

        expect(visitor.page.locator(".consentgate-unsaved")).to_contain_text("it may ask you again")
        visitor.page.goto(f"{as_intranet(url)}/other")
        assert visitor.is_asked


@pytest.mark.parametrize("banner", ["auto", "static"])
def test_nothing_is_stored_where_no_cookie_is_kept(browser: Browser, banner: str) -> None:
    with serve_page(banner=banner) as url, browser.new_context(base_url=url) as context:
        visitor = Visitor(context.new_page())
        visitor.open("/#consentgate-saved")
        visitor.open("/other")
        says_unsaved(visitor)

        stored = "[localStorage.length, sessionStorage.length, document.cookie, window.name]"
        assert visitor.page.evaluate(stored) == [0, 0, "", ""]


def test_one_with_cookies_is_asked_on_each_page_until_it_chooses(browser: Browser) -> None:
    with serve_page() as url, browser.new_context(base_url=url) as context:
        visitor = Visitor(context.new_page())
        visitor.open()
        with visitor.page.expect_navigation():
            visitor.page.locator("#first").click()

        assert visitor.is_asked


@pytest.mark.parametrize(
    ("banner", "javascript"), [("auto", True), ("auto", False), ("static", True)]
)
@pytest.mark.parametrize("start", ["/", "/consent/"])
def test_what_it_kept_is_confirmed_with_the_choice(
    browser: Browser, banner: str, javascript: bool, start: str
) -> None:
    with (
        serve_page(banner=banner) as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        visitor = Visitor(context.new_page())
        visitor.open(start)
        visitor.press("refuse")

        expect(visitor.saved).to_be_visible()
        expect(visitor.saved).to_have_text(REFUSED, use_inner_text=True)
        assert not visitor.page.locator(".consentgate-unsaved").is_visible()


@SCRIPTS
def test_the_preferences_page_does_not_say_that_nothing_was_chosen(
    profiles: Profiles, javascript: bool
) -> None:
    with (
        serve_page(secure=True) as url,
        profiles.visitor(javascript=javascript) as visitor,
    ):
        visitor.page.goto(f"{as_intranet(url)}/consent/")
        nothing = visitor.page.get_by_text("You have not chosen yet")
        expect(nothing).to_be_visible()
        visitor.press("refuse")

        says_unsaved(visitor)
        expect(nothing).to_be_hidden()


@pytest.mark.parametrize("banner", ["auto", "static"])
def test_without_the_style_sheet_and_the_script_nothing_is_claimed(
    browser: Browser, banner: str
) -> None:
    strict = ((b"content-security-policy", b"default-src 'none'"),)
    with (
        serve_page(banner=banner, headers=strict) as url,
        browser.new_context(base_url=url) as context,
    ):
        visitor = Visitor(context.new_page())
        visitor.open()

        assert not visitor.page.get_by_text("Your choice was not saved").is_visible()
        assert not visitor.page.get_by_text("Your choice is saved").is_visible()


@SCRIPTS
@pytest.mark.parametrize("banner", ["auto", "static"])
def test_an_address_alone_confirms_nothing(browser: Browser, banner: str, javascript: bool) -> None:
    with (
        serve_page(banner=banner) as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        visitor = Visitor(context.new_page())
        visitor.open("/#consentgate-saved")
        visitor.page.wait_for_timeout(300)

        assert not visitor.page.get_by_text("Your choice is saved").is_visible()


def test_a_choice_that_left_the_jar_is_not_confirmed(browser: Browser) -> None:
    with serve_page() as url, browser.new_context(base_url=url) as context:
        visitor = Visitor(context.new_page())
        visitor.open()
        visitor.press("refuse")
        visitor.hear()
        context.clear_cookies()
        visitor.page.goto("/other#consentgate-saved")

        says_unsaved(visitor)


@SCRIPTS
def test_in_a_full_jar_the_page_says_what_the_jar_holds(browser: Browser, javascript: bool) -> None:
    with (
        serve_page() as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        # Chromium keeps 180 cookies of a site, and removes those used longest ago.
        context.add_cookies([{"name": f"c{i}", "value": "1", "url": url} for i in range(180)])
        visitor = Visitor(context.new_page())
        visitor.open()
        visitor.press("refuse")

        expect(visitor.saved).to_have_text(REFUSED, use_inner_text=True)
        assert "cookies_preferences" in visitor.jar
        assert len(visitor.jar) < 180


@pytest.mark.parametrize("banner", ["auto", "static"])
@pytest.mark.parametrize("http_only", [True, False])
def test_a_page_from_the_back_forward_cache_shows_the_present_state(
    profiles: Profiles, banner: str, http_only: bool
) -> None:
    # The page itself remembers how it came back, across the load that may follow.
    keep = b"addEventListener('pageshow', (event) => { if (event.persisted) name = 'returned'; });"
    body = PAGE.replace(b"</main>", b"</main><script>" + keep + b"</script>")
    with (
        serve_page(body=body, banner=banner, http_only=http_only) as url,
        profiles.visitor(keeps_pages=True) as visitor,
    ):
        visitor.page.goto(url)
        visitor.banner.wait_for(state="visible")
        visitor.page.goto(f"{url}/consent/")
        visitor.press("refuse")
        visitor.page.evaluate("setTimeout(() => history.go(-2))")
        expect(visitor.page).to_have_url(f"{url}/")

        expect(visitor.banner).to_be_hidden()
        expect(visitor.settings).to_be_visible()
        assert visitor.page.evaluate("name") == "returned"
