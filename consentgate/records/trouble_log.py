"""What a recorder reports of itself: numbers, and each trouble, at most once a minute for each
kind: to whoever listens for it, or else in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from consentgate.gate.pace import Pace
from consentgate.gate.recording import StoreTrouble, TroubleListener

logger = logging.getLogger("consentgate")

_MINUTE_S = 60.0
_MOST_KINDS = 32  # there are fewer

_HEARD = {
    "store": StoreTrouble.UNREACHABLE,
    "late": StoreTrouble.UNREACHABLE,
    "queue": StoreTrouble.UNREACHABLE,
    "spooled": StoreTrouble.SPOOLED,
    "clocks": StoreTrouble.CLOCKS_APART,
}
"""The kinds that are for a site to hear of; the others have events, or hold nobody up."""


def _new_pace() -> Pace:
    return Pace(_MINUTE_S, most=_MOST_KINDS, now_s=time.monotonic)


@dataclass(slots=True)
class Counts:
    """How many decisions of this process were stored, were put into the spool, were delivered from
    it, or took effect without a record (`lost`); how many grants were not given (`failed`), and
    how many grants that were stored too late were declared void."""

    stored: int = 0
    spooled: int = 0
    delivered: int = 0
    lost: int = 0
    failed: int = 0
    voided: int = 0


@dataclass(slots=True)
class TroubleLog:
    """Counts, and logs troubles by kind."""

    listeners: Sequence[TroubleListener] = ()
    counts: Counts = field(default_factory=Counts)
    _lock: Lock = field(default_factory=Lock)
    _minutes: Pace = field(default_factory=_new_pace)

    def add(self, name: str, number: int = 1) -> None:
        """Add to one of the counts."""
        with self._lock:
            setattr(self.counts, name, getattr(self.counts, name) + number)
        if name == "spooled":
            self.report(name, f"refusals that went into the spool so far: {self.counts.spooled}")

    def report(self, kind: str, text: str) -> None:
        """Report a trouble, unless one of its kind was reported within the last minute."""
        with self._lock:
            if not self._minutes.admits(kind):
                return
        trouble = _HEARD.get(kind)
        if trouble is None or not self.listeners:
            logger.error("consentgate: %s", text)
            return
        for listener in self.listeners:
            listener(trouble, text)
