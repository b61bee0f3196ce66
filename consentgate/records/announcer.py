"""Calls a site's `on_decision` in a thread of its own, so that nobody waits for what it does."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from consentgate.choice.decision import Decision
from consentgate.records.trouble_log import TroubleLog

_MOST_WAITING = 10_000


class Announcer:
    """Hands each decision that took effect to a callback, once, in the order in which they did."""

    def __init__(self, call: Callable[[Decision], object], troubles: TroubleLog) -> None:
        self._call = call
        self._troubles = troubles
        self._queue: SimpleQueue[Decision | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="consentgate on_decision", daemon=True)
        self._thread.start()

    def announce(self, decision: Decision) -> None:
        """Have the callback called, unless it is far behind."""
        if self._queue.qsize() < _MOST_WAITING:
            self._queue.put(decision)
        else:
            self._troubles.report("announce", "on_decision is too slow; it misses decisions")

    def close(self, timeout_s: float) -> None:
        """Call it for what waits, and end."""
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (decision := self._queue.get()) is not None:
            try:
                self._call(decision)
            except Exception as error:  # noqa: BLE001 (the site's code may fail in any way)
                self._troubles.report("on_decision", f"on_decision failed: {error!r}")
