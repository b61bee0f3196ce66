"""A clock that goes some days ahead, so that half a year passes in a test."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from consentgate.choice.clock import utc_now


class Clock:
    """A site's clock: as many days ahead of the time as a file says, which another process of the
    site may read too."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        """The moment, as the site is to see it."""
        return utc_now() + timedelta(days=int(self._file.read_text(encoding="ascii")))

    def move_to(self, day: int) -> None:
        """Have the site see another day, counted from today."""
        self._file.write_text(str(day), encoding="ascii")
