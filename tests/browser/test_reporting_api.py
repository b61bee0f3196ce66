"""Over https browsers report by the Reporting API what the gate's policy stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, sync_playwright

from consentgate import Event, Reason
from consentgate.asgi import ConsentMiddleware
from tests.browser.raw_server import Receive, Scope, Send
from tests.browser.tracked_site import SECRET, TrackedSite, policy_of
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.http_servers import HOST, serve_asgi
from tests.support.requirements import require
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

STRANGER = "stranger.localhost:9"
ANOTHER_MS = 1_000  # a second report would come with the first


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    require(executable, "Chromium")
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, "--short-reporting-delay"]  # else it takes a minute
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


class Reported:
    """A page with an image of a third party, behind the gate, and the types of its reports."""

    def __init__(self, csp: str) -> None:
        site = TrackedSite()
        site.put("/shop", f'<!doctype html><title>A</title><img src="https://{STRANGER}/a?secret">')
        self.events: list[Event] = []
        self.types: list[bytes] = []
        self._gated = ConsentMiddleware(
            site,
            secret_key=SECRET,
            policy=policy_of(9),
            csp=csp,  # type: ignore[arg-type]  # one of its words
            on_event=self.events.append,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/consent/report":
            self.types.append(dict(scope["headers"])[b"content-type"])
        await self._gated(scope, receive, send)


@pytest.mark.parametrize("csp", ["report-only", "enforce"])
def test_a_third_party_is_one_report_and_one_event(
    browser: Browser, tmp_path: Path, csp: str
) -> None:
    certificate = tmp_path / "certificate.pem"
    trustme.CA().issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(certificate))
    site = Reported(csp)
    with (
        serve_asgi(site, certificate=certificate) as url,
        browser.new_context(ignore_https_errors=True) as context,
    ):
        page = context.new_page()
        page.goto(f"{url}/shop?q=secret")
        wait_until(lambda: site.events)
        page.wait_for_timeout(ANOTHER_MS)

    assert site.types == [b"application/reports+json"]
    assert [(one.reason, one.name, one.path, one.detail) for one in site.events] == [
        (Reason.HOST_UNDECLARED, STRANGER, "/shop", "img-src")
    ]
