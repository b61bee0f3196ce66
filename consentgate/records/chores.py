"""What the thread that writes does besides: deliver the spool, store counts, compare clocks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from threading import Event, Lock

from consentgate.records.new_entries import NewEntry, microseconds
from consentgate.records.session import Session, Trouble, trouble_of
from consentgate.records.spool import Spool, SpoolError
from consentgate.records.tally import TallyKey
from consentgate.records.trouble_log import TroubleLog

_AT_ONCE = 512  # entries of the spool in one transaction
_BETWEEN_LOOKS_INTO_SPOOL_S = 5.0  # another process may have left something
_BETWEEN_COUNTS_S = 10.0
_BETWEEN_CLOCKS_S = 60.0
_MOST_APART_US = 5 * 60 * 1_000_000


class Chores:
    """The chores of one process, each done when it is due."""

    def __init__(
        self,
        session: Session,
        *,
        spool: Spool | None,
        spool_has_news: Event,
        clock: Callable[[], datetime],
        troubles: TroubleLog,
    ) -> None:
        self._session = session
        self._spool = spool
        self._spool_has_news = spool_has_news
        self._clock = clock
        self._troubles = troubles
        self._counted: Counter[TallyKey] = Counter()
        self._counting = Lock()
        self._last_s: dict[str, float] = {"counts": time.monotonic()}

    def count(self, key: TallyKey) -> None:
        """Add one to a count, which is stored within ten seconds."""
        with self._counting:
            self._counted[key] += 1

    def do(self, *, is_last: bool) -> None:
        """Do what is due; all of it, where it is the last time."""
        is_due = self._is_due("spool", _BETWEEN_LOOKS_INTO_SPOOL_S)
        if is_due or is_last or self._spool_has_news.is_set():
            self._spool_has_news.clear()
            self._deliver_spool()
        if self._is_due("counts", _BETWEEN_COUNTS_S) or is_last:
            self._store_counts()
        if self._is_due("clocks", _BETWEEN_CLOCKS_S):
            self._compare_clocks()

    def _is_due(self, name: str, between_s: float) -> bool:
        now_s = time.monotonic()
        if now_s - self._last_s.get(name, -between_s) < between_s:
            return False
        self._last_s[name] = now_s
        return True

    def _deliver_spool(self) -> None:
        if self._spool is None:
            return
        try:
            while entries := self._spool.take(_AT_ONCE):
                delivered = self._deliver(entries)
                self._spool.remove(delivered)
                self._troubles.add("delivered", len(delivered))
                if len(delivered) < len(entries):
                    return
        except SpoolError as error:
            self._troubles.report("spool", str(error))

    def _deliver(self, entries: list[NewEntry]) -> list[bytes]:
        """Store entries; return the ids of those that are stored now, all unless one of them
        cannot be."""
        try:
            self._session.write(entries)
        except Exception as error:
            if trouble_of(error) is not Trouble.ROW:
                raise
            if len(entries) == 1:
                self._troubles.report("spool", f"an entry of the spool cannot be stored: {error}")
                return []
            return [entry_id for entry in entries for entry_id in self._deliver([entry])]
        return [entry.id for entry in entries]

    def _store_counts(self) -> None:
        with self._counting:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            self._session.count(counted)
        except Exception:
            with self._counting:
                self._counted.update(counted)
            raise

    def _compare_clocks(self) -> None:
        apart_us = abs(self._session.clock_us() - microseconds(self._clock()))
        if apart_us > _MOST_APART_US:
            self._troubles.report(
                "clocks",
                f"the clocks of the gate and of the store are {apart_us // 1_000_000} seconds "
                "apart; records keep both, and their order is that of the log",
            )
