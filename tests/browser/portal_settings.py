"""The example portal's settings with a clock that a test moves; the portal's process reads them."""

from __future__ import annotations

from portal.settings import *  # noqa: F403 (a settings module is its names)
from portal.settings import CONSENTGATE
from portal.state import FOLDER
from tests.browser.moved_clock import Clock

CONSENTGATE["CLOCK"] = Clock(FOLDER / "day")
