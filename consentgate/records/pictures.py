"""Takes pictures of a notice in a browser, where Playwright and Chromium are installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from consentgate.errors import ConfigurationError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def take_pictures(page: Path, *, widths: Iterable[int]) -> list[Path]:
    """Take a picture of an HTML file at each width, and return their paths. No script runs, and
    nothing is loaded. Raises ConfigurationError where there is no browser."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 (it is optional)
    except ImportError as error:
        needed = "pip install playwright && playwright install chromium"
        raise ConfigurationError(f"pictures need a browser: {needed}") from error
    pictures = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_installed_browser())
            for width in widths:
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    java_script_enabled=False,
                    offline=True,
                )
                tab = context.new_page()
                tab.set_content(page.read_text(encoding="utf-8"), wait_until="domcontentloaded")
                path = page.with_name(f"{page.stem}-{width}.png")
                tab.screenshot(path=path, full_page=True)
                pictures.append(path)
                context.close()
            browser.close()
    except Error as error:
        raise ConfigurationError(f"no picture was taken: {error.message}") from None
    return pictures


def _installed_browser() -> str | None:
    """Return the system's browser, None where Playwright's own is to be used."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)
