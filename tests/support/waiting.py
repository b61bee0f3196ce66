"""Waits for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_WAIT_S = 30.0


def wait_until(condition: Callable[[], object]) -> None:
    """Return once the condition is true; fail after half a minute."""
    deadline_s = time.monotonic() + LONGEST_WAIT_S
    while not condition():
        assert time.monotonic() < deadline_s, "what the test waits for does not happen"
        time.sleep(0.01)
