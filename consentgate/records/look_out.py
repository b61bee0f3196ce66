"""A thread that looks for something to do: when it starts, when it is woken, and now and then."""

from __future__ import annotations

from threading import Event, Thread

from consentgate.records.session import Session
from consentgate.records.trouble_log import TroubleLog


class LookOut:
    """The thread, with a connection of its own. A subclass says what it does when it looks."""

    thread_name: str
    between_looks_s: float

    def __init__(self, session: Session, troubles: TroubleLog) -> None:
        self._session = session
        self._troubles = troubles
        self._has_news = Event()
        self._is_closed = False
        self._thread = Thread(target=self._run, name=self.thread_name, daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Do what there is to do; return soon once `_is_closed`. Never raise."""
        raise NotImplementedError

    def wake(self) -> None:
        """Say that there is something to do."""
        self._has_news.set()

    def close(self, timeout_s: float) -> None:
        """End after what is being done; the rest stays in the store, for others or for later."""
        self._is_closed = True
        self._has_news.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._is_closed:
            self.look()
            self._has_news.wait(self.between_looks_s)
            self._has_news.clear()
        self._session.close()
