"""Where the system's Chromium is, and how the tests start it.

Its headless shell has the same engine without profiles, settings and what else is around it: it
opens a page with half the work. What is sent and kept is tried in the whole browser.
"""

from __future__ import annotations

import shutil

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # root has no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",  # frames of other sites included
    "--host-resolver-rules=MAP * 127.0.0.1",  # nothing is looked up, nothing leaves the loopback
)


def find_chromium() -> str | None:
    """The path of the system's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def find_headless_shell() -> str | None:
    """The path of Chromium's headless shell; without one, that of the whole browser."""
    return shutil.which("chromium-headless-shell") or find_chromium()
