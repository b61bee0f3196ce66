"""The banner under a site's own rules, in a real browser: strict content security policies, pages
that caches share, and the browser's signal of Global Privacy Control.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.journey import Visitor, open_browser
from tests.browser.page_site import PAGE, STRICT, asking, serve_page
from tests.support.http_servers import visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCRIPTS = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with-javascript", "without-javascript"]
)

# What the browser blocks, whatever its reason; and what it says of it.
LISTEN = """addEventListener("securitypolicyviolation", (event) =>
    console.error("Content Security Policy", event.violatedDirective, event.blockedURI));"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def listen(page: Page) -> list[str]:
    """What the browser will say of content security policies and of scripts' errors."""
    heard: list[str] = []
    page.context.add_init_script(LISTEN)
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(f"Content Security Policy? {error}"))
    return heard


def violations(heard: list[str]) -> list[str]:
    return [text for text in heard if "Content Security Policy" in text]


def go_through(visitor: Visitor) -> None:
    """The whole journey: asked, accepting, the charter, withdrawing."""
    visitor.open()
    visitor.banner.wait_for(state="visible")
    visitor.press("accept")
    visitor.hear()
    visitor.open("/consent/charter")
    visitor.open()
    assert not visitor.is_asked
    visitor.open_settings()
    visitor.press("refuse")
    visitor.hear()


def is_styled(page: Page) -> bool:
    """True when the library's style sheet holds: a browser's own buttons have an arrow."""
    cursor = page.locator("#consentgate button").first.evaluate(
        "button => getComputedStyle(button).cursor"
    )
    return bool(cursor == "pointer")


@pytest.mark.behaviour(17)
@pytest.mark.parametrize(
    ("banner", "javascript"),
    [("auto", True), ("auto", False), ("static", True)],
    ids=["auto", "auto-without-javascript", "static"],
)
def test_under_a_strict_policy_nothing_is_blocked(
    browser: Browser, banner: str, javascript: bool
) -> None:
    rules = ((b"content-security-policy", STRICT.encode()),)
    with (
        serve_page(everywhere=rules, banner=banner) as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        visitor = Visitor(context.new_page())
        heard = listen(visitor.page)
        visitor.open()
        styled = is_styled(visitor.page)
        go_through(visitor)

    assert styled
    assert violations(heard) == []


@pytest.mark.behaviour(17)
@SCRIPTS
def test_with_a_nonce_of_the_page_alone_nothing_is_blocked(
    browser: Browser, javascript: bool
) -> None:
    rules = b"default-src 'none'; script-src 'nonce-c0ffee'; style-src 'nonce-c0ffee'"
    with (
        serve_page(headers=((b"content-security-policy", rules),)) as url,
        browser.new_context(base_url=url, java_script_enabled=javascript) as context,
    ):
        visitor = Visitor(context.new_page())
        heard = listen(visitor.page)
        visitor.open()
        styled = is_styled(visitor.page)
        go_through(visitor)

    assert styled
    assert violations(heard) == []


def test_the_listener_hears_what_is_blocked(browser: Browser) -> None:
    body = PAGE.replace(b"</main>", b'</main><p style="color: red">An inline style</p>')
    rules = ((b"content-security-policy", STRICT.encode()),)
    with serve_page(body=body, everywhere=rules) as url, browser.new_context() as context:
        page = context.new_page()
        heard = listen(page)
        page.goto(url)

    assert violations(heard) != []


SHARED = ((b"cache-control", b"public, max-age=600"),)


@pytest.mark.behaviour(14)
def test_a_shared_page_is_the_same_for_everybody_whatever_they_chose() -> None:
    with serve_page(headers=SHARED) as url, visit(url) as client:
        before = client.get("/")
        for choice in ("accept", "refuse"):
            client.post(
                "/consent/", data={"choice": choice}, headers={"Sec-Fetch-Site": "same-origin"}
            )
            after = client.get("/")

            assert after.content == before.content
            assert "set-cookie" not in after.headers

    assert before.headers["cache-control"] == "public, max-age=600"
    assert "Accept" in before.headers["vary"].split(", ")


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("banner", ["auto", "static"])
@pytest.mark.parametrize("http_only", [False, True], ids=["readable", "http-only"])
def test_a_shared_page_asks_whom_it_concerns(
    browser: Browser, banner: str, http_only: bool
) -> None:
    with (
        serve_page(headers=SHARED, banner=banner, http_only=http_only) as url,
        browser.new_context(base_url=url) as context,
    ):
        visitor = Visitor(context.new_page())
        visitor.open("/?page=2")
        visitor.banner.wait_for(state="visible")
        visitor.press("refuse")
        visitor.hear()
        path = visitor.path
        visitor.page.reload()
        visitor.page.wait_for_load_state("networkidle")

        assert not visitor.is_asked
        assert path == "/?page=2"
        assert visitor.jar == {"cookies_preferences"}


@pytest.mark.behaviour(16)
@pytest.mark.parametrize("banner", ["auto", "static"])
def test_without_javascript_a_shared_page_leads_to_the_choice(
    browser: Browser, banner: str
) -> None:
    with (
        serve_page(headers=SHARED, banner=banner) as url,
        browser.new_context(base_url=url, java_script_enabled=False) as context,
    ):
        visitor = Visitor(context.new_page())
        visitor.open()
        visitor.page.locator("#consentgate noscript a").click()
        visitor.press("refuse")

        assert visitor.jar == {"cookies_preferences"}


def send_signal(browser: Browser, address: str, *, javascript: bool = True) -> Page:
    """A page of a browser that sends Global Privacy Control with each request."""
    context = browser.new_context(
        base_url=address, java_script_enabled=javascript, extra_http_headers={"Sec-GPC": "1"}
    )
    context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"
    )
    return context.new_page()


@pytest.mark.law(20)
@pytest.mark.law(22)
@SCRIPTS
def test_the_browsers_signal_answers_for_what_it_speaks_of(
    browser: Browser, javascript: bool
) -> None:
    with serve_page(asking("marketing")) as url:
        visitor = Visitor(send_signal(browser, url, javascript=javascript))
        visitor.open()
        asked, jar = visitor.is_asked, visitor.jar
        visitor.open_settings()
        ticked = visitor.category("marketing").is_checked()
        visitor.page.context.close()

    assert (asked, jar, ticked) == (False, set(), False)


@pytest.mark.law(22)
@SCRIPTS
def test_the_browsers_signal_does_not_answer_for_statistics(
    browser: Browser, javascript: bool
) -> None:
    with serve_page(asking("statistics")) as url:
        visitor = Visitor(send_signal(browser, url, javascript=javascript))
        visitor.open()
        asked = visitor.is_asked
        visitor.page.context.close()

    assert asked


@pytest.mark.law(22)
def test_an_explicit_choice_wins_over_the_browsers_signal(browser: Browser) -> None:
    with serve_page(asking("marketing"), headers=((b"set-cookie", b"track=1"),)) as url:
        visitor = Visitor(send_signal(browser, url))
        visitor.open("/consent/")
        visitor.press("accept")
        visitor.open()
        jar = visitor.jar
        visitor.page.context.close()

    assert jar == {"cookies_preferences", "track"}


@pytest.mark.law(22)
@pytest.mark.parametrize("http_only", [False, True], ids=["readable", "http-only"])
def test_on_a_shared_page_the_browsers_signal_answers_too(
    browser: Browser, http_only: bool
) -> None:
    with serve_page(asking("marketing"), headers=SHARED, http_only=http_only) as url:
        visitor = Visitor(send_signal(browser, url))
        visitor.open()
        visitor.page.wait_for_load_state("networkidle")
        asked = visitor.is_asked
        visitor.page.context.close()

    assert not asked
