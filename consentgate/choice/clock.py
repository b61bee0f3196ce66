"""The one clock of the core, read as a datetime or in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def seconds_of(clock: Callable[[], datetime]) -> Callable[[], float]:
    """Return the same clock in POSIX seconds, which nearly every request reads.

    `time.time` takes a third of the time of `utc_now`.
    """
    return time.time if clock is utc_now else lambda: clock().timestamp()
