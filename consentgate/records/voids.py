"""Voids: a grant that was not given, and is in the store all the same or may be, is void."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from consentgate.records.new_entries import NewEntry, void_entry
from consentgate.records.pending import PendingDecision
from consentgate.records.spool import Spool, SpoolError
from consentgate.records.trouble_log import TroubleLog


class Voids:
    """The voids that the writer owes; they are in the spool, too, where there is one."""

    def __init__(
        self, spool: Spool | None, *, clock: Callable[[], datetime], troubles: TroubleLog
    ) -> None:
        self._spool = spool
        self._clock = clock
        self._troubles = troubles
        self._owed: dict[bytes, NewEntry] = {}

    def entries(self) -> list[NewEntry]:
        """Return what is to be written before anything else."""
        return list(self._owed.values())

    def owe(self, pendings: Sequence[PendingDecision]) -> None:
        """Owe the void of each grant among these."""
        for pending in pendings:
            if pending.decision.grants:
                void = void_entry(pending.entry, self._clock())
                self._owed[void.id] = void

    def keep(self) -> None:
        """Put what is owed into the spool: the process may end before the store is back."""
        if self._spool is not None and self._owed:
            try:
                self._spool.put(self.entries())
            except SpoolError as error:
                self._troubles.report("spool", str(error))

    def written(self, entries: Sequence[NewEntry]) -> None:
        """Owe these no more: they are in the store."""
        for entry in entries:
            del self._owed[entry.id]
        self._troubles.add("voided", len(entries))
        self._forget(entries)

    def not_needed(self, pendings: Sequence[PendingDecision]) -> None:
        """Take back what was put into the spool for grants that turned out not to be stored."""
        grants = [pending for pending in pendings if pending.decision.grants]
        self._forget([void_entry(pending.entry, self._clock()) for pending in grants])

    def _forget(self, entries: Sequence[NewEntry]) -> None:
        if self._spool is not None and entries:
            try:
                self._spool.remove(entry.id for entry in entries)
            except SpoolError as error:
                self._troubles.report("spool", str(error))
