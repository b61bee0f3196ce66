"""The rules of a page in a real browser: the visitor can choose, in this tab, on this site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.journey import Visitor, open_browser
from tests.browser.page_site import PAGE, serve_page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.behaviour(37)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


SCRIPTS = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with-javascript", "without-javascript"]
)


def with_base(base: bytes) -> bytes:
    return PAGE.replace(b"<title>", base + b"<title>")


@SCRIPTS
@pytest.mark.parametrize(
    "base",
    [b'<base href="https://cdn.example/site/">', b'<base href="/site/">', b"<base target=_blank>"],
    ids=["another host", "another path", "another tab"],
)
def test_a_choice_is_made_in_this_tab_on_this_site(
    browser: Browser, javascript: bool, base: bytes
) -> None:
    with (
        serve_page(body=with_base(base)) as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        visitor = Visitor(context.new_page())
        errors: list[str] = []
        visitor.page.on("pageerror", lambda error: errors.append(str(error)))
        visitor.open()
        visitor.press("refuse")

        visitor.hear()
        assert visitor.jar == {"cookies_preferences"}
        assert (len(context.pages), errors) == (1, [])


@SCRIPTS
@pytest.mark.parametrize(
    "rules", ["form-action 'none'", "sandbox allow-scripts"], ids=["form-action", "sandbox"]
)
def test_where_the_form_is_blocked_the_choice_is_one_page_further(
    browser: Browser, javascript: bool, rules: str
) -> None:
    headers = ((b"content-security-policy", rules.encode()),)
    with (
        serve_page(headers=headers) as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        visitor = Visitor(context.new_page())
        visitor.open()
        with visitor.page.expect_navigation():
            visitor.page.locator("#consentgate a.consentgate-button").click()
        visitor.press("refuse")

        assert visitor.jar == {"cookies_preferences"}
        assert visitor.path.startswith("/")
        visitor.open()
        assert not visitor.is_asked
