"""Pages that scripts show in the place of the page that is there: one question, or one way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.browser.client_site import LIBRARIES, serve_site
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HTMX = [name for name in LIBRARIES if name.startswith("htmx")]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve_site() as url:
        yield url


class Client:
    """A visitor of the site, with a jar of his own."""

    def __init__(self, stage: Stage, site: str) -> None:
        self._stage = stage
        self._site = site
        self.page: Page = stage.run(self._new_page())

    async def _new_page(self) -> Page:
        context = await self._stage.browser.new_context()
        return await context.new_page()

    def go(self, path: str) -> None:
        """Go to a page of the site as by the address bar."""
        self._stage.run(self._go(path))

    async def _go(self, path: str) -> None:
        await self.page.goto(f"{self._site}{path}", wait_until="load")
        await self.page.evaluate("window.isSame = true")

    def click(self, selector: str, *, until: str) -> None:
        """Click, and wait until something is there."""
        self._stage.run(self._click(selector, until))

    async def _click(self, selector: str, until: str) -> None:
        await self.page.click(selector)
        await self.page.wait_for_selector(until, state="attached")

    def go_back(self, *, until: str) -> None:
        """Go back in the history, and wait until something is there."""
        self._stage.run(self._go_back(until))

    async def _go_back(self, until: str) -> None:
        await self.page.evaluate("history.back()")
        await self.page.wait_for_selector(until, state="attached")

    def wait(self, script: str) -> None:
        """Wait until a condition holds."""
        self._stage.run(self.page.wait_for_function(script))

    def count(self, selector: str) -> int:
        """How many elements there are."""
        return self._stage.run(self.page.locator(selector).count())

    @property
    def asked(self) -> tuple[int, int]:
        """How many questions the page has, and how many elements of the gate."""
        return self.count(".consentgate-banner"), self.count("[id=consentgate]")

    @property
    def has_stayed(self) -> bool:
        """Whether no page was loaded since `go`."""
        return bool(self._stage.run(self.page.evaluate("window.isSame === true")))

    def close(self) -> None:
        self._stage.run(self.page.context.close())


@pytest.fixture
def client(stage: Stage, site: str) -> Iterator[Client]:
    client = Client(stage, site)
    yield client
    client.close()


TWO = "h1:text-is('two')"


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_next_page_asks_once(client: Client, library: str) -> None:
    client.go(f"/{library}/one")

    client.click("#next", until=TWO)

    assert client.has_stayed
    assert client.asked == (1, 1)


@pytest.mark.behaviour(33)
@pytest.mark.law(9)
@pytest.mark.parametrize("library", LIBRARIES)
def test_after_a_choice_each_page_has_one_way_back(client: Client, library: str) -> None:
    client.go(f"/{library}/one")

    client.click("button[value=accept]", until=".consentgate-settings")
    before = client.asked
    client.click("#next", until=TWO)

    assert before == client.asked == (0, 1)
    assert client.count(".consentgate-settings") == 1


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_page_that_is_gone_back_to_asks_once(client: Client, library: str) -> None:
    client.go(f"/{library}/one")
    client.click("#next", until=TWO)

    client.go_back(until="h1:text-is('one')")

    assert client.asked == (1, 1)


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("library", HTMX)
def test_a_fragment_is_the_applications_own(client: Client, library: str) -> None:
    client.go(f"/{library}/one")

    client.click("#more", until="#list li")

    assert client.count("#list *") == 1
    assert client.asked == (1, 1)


@pytest.mark.behaviour(33)
@pytest.mark.parametrize(
    ("library", "button", "there"),
    [
        pytest.param("turbo-7", "#more", "#framed li", id="turbo-7-frame"),
        pytest.param("turbo-7", "#stream", "#list li", id="turbo-7-stream"),
        pytest.param("turbo-8", "#more", "#framed li", id="turbo-8-frame"),
        pytest.param("turbo-8", "#stream", "#list li", id="turbo-8-stream"),
        pytest.param("unpoly-3", "#more", "#framed li", id="unpoly-3-element"),
    ],
)
def test_a_frame_stream_or_element_is_the_applications_own(
    client: Client, library: str, button: str, there: str
) -> None:
    client.go(f"/{library}/one")

    client.click(button, until=there)

    assert client.has_stayed
    assert client.count("#frame .consentgate, #list .consentgate") == 0
    assert client.asked == (1, 1)


@pytest.mark.law(5)
@pytest.mark.parametrize("library", LIBRARIES)
def test_an_embed_can_be_seen_once_or_always(client: Client, library: str) -> None:
    client.go(f"/{library}/embed")

    client.click("text=Show once", until="#player")
    once = client.count("#player"), client.asked
    client.go(f"/{library}/embed")
    again = client.count("#player"), client.asked
    client.click("text=Always allow", until="#player")
    always = client.count("#player"), client.asked

    assert (once, again, always) == ((1, (1, 1)), (0, (1, 1)), (1, (0, 1)))


@pytest.mark.behaviour(32)
def test_behind_a_service_worker_that_passes_all_on_a_page_asks(client: Client) -> None:
    client.go("/worker/one")
    client.wait("navigator.serviceWorker.controller !== null")

    client.click("#next", until=TWO)

    assert client.asked == (1, 1)


@pytest.mark.behaviour(32)
@pytest.mark.parametrize("host", ["localhost", "intranet.test"], ids=["trusted", "plain http"])
def test_what_a_page_fetches_is_the_applications_own(stage: Stage, site: str, host: str) -> None:
    client = Client(stage, site.replace("localhost", host))
    client.go("/fetch/one")
    client.wait("document.querySelector('#list li') !== null")

    assert client.count("#list *") == 1
    assert client.asked == (1, 1)
    client.close()
