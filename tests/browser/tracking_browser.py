"""Chromium in front of a site whose scripts store what they can, and what is left of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from consentgate import Gate
from tests.browser.guarded_site import BARE, LEFT, POLICY, SECRET
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.requirements import require

OWN = "cookies_preferences"
GATE = Gate(POLICY, secret_key=SECRET)


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """The browser; names are looked up as usual, since only addresses of the loopback are used."""
    executable = find_chromium()
    require(executable, "Chromium")
    arguments = [one for one in ARGUMENTS if "resolver" not in one]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


class Profile:
    """A browser's own profile, which is one context."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context

    def new_context(self) -> BrowserContext:
        """The context."""
        return self._context


@contextmanager
def open_profile(playwright: Playwright, folder: Path) -> Iterator[Profile]:
    """A browser with a profile in an empty folder: it keeps the cookies of third parties and
    connects ahead, which Chromium does in its own profile alone, and loads by QUIC."""
    preferences = folder / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text('{"profile": {"cookie_controls_mode": 0}}')
    context = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=find_chromium(),
        args=[one for one in ARGUMENTS if "resolver" not in one and "quic" not in one],
    )
    yield Profile(context)
    context.close()


class Tab:
    """One visitor's tab on the site at `address`, with an empty jar and the choice given."""

    def __init__(
        self,
        browser: Browser | Profile,
        address: str,
        *,
        granted: list[str] | None = None,
        gate: Gate = GATE,
    ) -> None:
        self.address = address
        self._gate = gate
        self.context: BrowserContext = browser.new_context()
        if granted is not None:
            self.choose(*granted)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def choose(self, *granted: str) -> None:
        """Let these categories be granted, and all others refused."""
        self.keep(self._gate.preferences_for(*granted))

    def keep(self, cookie: str) -> None:
        """Put this cookie into the jar, "name=value"."""
        name, _, value = cookie.partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def open(self, path: str) -> Any:  # Any: what the page's promise gave
        """Open a page, and wait for its promise `done`, if it has one."""
        self.page.goto(self.address + path)
        return self.page.evaluate("window.done")

    def left(self) -> dict[str, list[str]]:
        """The names of all that is stored, by kind; kinds of which there is nothing are left out,
        and so is the visitor's choice."""
        self.page.goto(f"{self.address}/empty?{BARE}")
        found: dict[str, list[str]] = self.page.evaluate(LEFT)
        found["cookie"] = [one.get("name", "") for one in self.context.cookies()]
        found["cookie"] = [name for name in found["cookie"] if name != OWN]
        return {kind: sorted({*names}) for kind, names in found.items() if names}

    def clear(self) -> None:
        """Forget all that is stored, the choice aside."""
        chosen = [one for one in self.context.cookies() if one.get("name") == OWN]
        self.context.clear_cookies()
        self.page.goto(f"{self.address}/cleared?{BARE}")
        self.context.add_cookies(chosen)  # type: ignore[arg-type]  # what came out goes in

    def wait_until(self, condition: str) -> None:
        """Wait until an expression, which may await, holds. Playwright's own `wait_for_function`
        takes the promise of an asynchronous one for an answer."""
        held = self.page.evaluate(f"""async () => {{
            const end = performance.now() + 20_000;
            while (!({condition}) && performance.now() < end)
                await new Promise((done) => setTimeout(done, 20));
            return performance.now() < end;
        }}""")
        assert held, f"never: {condition}"

    def evaluate(self, script: str) -> Any:  # Any: what the script returns
        """What a script gives in the page."""
        return self.page.evaluate(script)

    def json(self, script: str) -> Any:  # Any: of JSON
        """What a script gives, which the page itself writes as JSON."""
        return json.loads(self.page.evaluate(f"JSON.stringify({script})"))
