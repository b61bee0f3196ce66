"""Gives entries their places in the tree of a PostgreSQL store, after somebody stored some, in a
thread of its own: whoever of all processes takes the lock does it for all."""

from __future__ import annotations

import time
from threading import Event, Thread

from consentgate.records.session import Session
from consentgate.records.store import reason_of
from consentgate.records.trouble_log import TroubleLog

_BETWEEN_TRIES_S = 0.2
_BETWEEN_LOOKS_S = 60.0  # a process that ended may have left some


class Integrator:
    """The thread of one process."""

    def __init__(self, session: Session, troubles: TroubleLog) -> None:
        self._session = session
        self._troubles = troubles
        self._has_news = Event()
        self._is_closed = False
        self._thread = Thread(target=self._run, name="consentgate log", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that entries were stored."""
        self._has_news.set()

    def close(self, timeout_s: float) -> None:
        """End after what is being done; what waits is for other processes, or for later."""
        self._is_closed = True
        self._has_news.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._is_closed:
            self._has_news.wait(_BETWEEN_LOOKS_S)
            self._has_news.clear()
            while self._has_more() and not self._is_closed:
                time.sleep(_BETWEEN_TRIES_S)
        self._session.close()

    def _has_more(self) -> bool:
        """Integrate some; return whether others may wait. Where another process has the lock, it
        may have looked before these were stored."""
        try:
            return self._session.integrate() != 0
        except Exception as error:  # noqa: BLE001 (whatever fails, it is tried again)
            self._troubles.report("log", f"entries wait for their places: {reason_of(error)}")
            return True
