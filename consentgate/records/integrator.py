"""Gives entries their places in the tree of a PostgreSQL store, after somebody stored some, in a
thread of its own: whoever of all processes takes the lock does it for all."""

from __future__ import annotations

import time

from consentgate.records.look_out import LookOut
from consentgate.records.store import reason_of

_BETWEEN_TRIES_S = 0.2


class Integrator(LookOut):
    """The thread of one process."""

    thread_name = "consentgate log"
    between_looks_s = 60.0  # a process that ended may have left some

    def look(self) -> None:
        """Integrate until nothing waits, or another process does it."""
        while self._has_more() and not self._is_closed:
            time.sleep(_BETWEEN_TRIES_S)

    def _has_more(self) -> bool:
        """Integrate some; return whether others may wait. Where another process has the lock, it
        may have looked before these were stored."""
        try:
            return self._session.integrate() != 0
        except Exception as error:  # noqa: BLE001 (whatever fails, it is tried again)
            self._troubles.report("log", f"entries wait for their places: {reason_of(error)}")
            return True
