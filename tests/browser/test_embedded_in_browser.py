"""An application in a frame of another site asks there and keeps the choice, in a real browser that
keeps no other cookies of third parties."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright
from starlette.responses import Response

from tests.browser.page_site import serve_page
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.http_servers import serve_asgi
from tests.support.requirements import require

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.behaviour(42)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    require(executable, "Chromium")
    with sync_playwright() as playwright:  # pragma: no cover (greenlets hide it from the tracer)
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=[*ARGUMENTS, "--test-third-party-cookie-phaseout"],
        )
        yield browser
        browser.close()


def frame_in(page: Page, portal: str, address: str) -> FrameLocator:
    """The application in a frame of the portal, which is another site."""
    page.goto(portal)
    page.set_content(f'<iframe src="{address}" width="800" height="800"></iframe>')
    return page.frame_locator("iframe")


def as_other_site(url: str) -> str:
    """The same server under the name by which browsers take it for trustworthy, and for another
    site than 127.0.0.1 is."""
    return url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize(
    ("partitioned", "asked_again"), [(True, 0), (False, 1)], ids=["partitioned", "not partitioned"]
)
def test_the_choice_is_kept_in_the_frame(
    browser: Browser, partitioned: bool, asked_again: int
) -> None:
    with (
        serve_asgi(Response()) as portal,
        serve_page(same_site="None", partitioned=partitioned, frame_ancestors=[portal]) as url,
        browser.new_context() as context,
    ):
        page = context.new_page()
        frame = frame_in(page, portal, as_other_site(url))
        frame.locator("button[value=refuse]").click()
        expect(frame.locator("#first")).to_be_visible()
        page.wait_for_timeout(500)

        again = frame_in(page, portal, as_other_site(url))
        expect(again.locator("#consentgate")).to_be_attached()

        assert again.locator("#consentgate form").count() == asked_again


def test_the_pages_of_the_visitor_are_shown_in_frames_of_named_origins_only(
    browser: Browser,
) -> None:
    with serve_asgi(Response()) as portal, browser.new_context() as context:
        page = context.new_page()
        with serve_page(same_site="None", frame_ancestors=[portal]) as url:
            named = frame_in(page, portal, f"{as_other_site(url)}/consent/")
            expect(named.locator("button[value=refuse]")).to_be_visible()
        with serve_page(same_site="None", frame_ancestors=["https://portal.example"]) as url:
            other = frame_in(page, portal, f"{as_other_site(url)}/consent/")
            page.wait_for_timeout(500)
            assert other.locator("button[value=refuse]").count() == 0
