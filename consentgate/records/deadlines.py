"""Watches over deadlines: a grant that is not stored in time fails, whatever the writer waits for;
a refusal goes into the spool, and takes effect without a record where that fails, too."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread

from consentgate.choice.decision import Decision
from consentgate.gate.recording import Recorded
from consentgate.records.new_entries import NewEntry, void_entry
from consentgate.records.pending import PendingDecision
from consentgate.records.spool import Spool, SpoolError
from consentgate.records.trouble_log import TroubleLog

LATE = "the store did not answer in time"
_BETWEEN_LOOKS_S = 0.1


class Deadlines:
    """The thread that settles what the writer does not."""

    def __init__(
        self,
        spool: Spool | None,
        *,
        clock: Callable[[], datetime],
        announce: Callable[[Decision], None],
        troubles: TroubleLog,
        spool_has_news: Event,
        most_waiting: int,
    ) -> None:
        self._spool = spool
        self._clock = clock
        self._announce = announce
        self._troubles = troubles
        self._spool_has_news = spool_has_news
        self._most_waiting = most_waiting
        self._watched: deque[PendingDecision] = deque()  # all have the same time, so in order
        self._to_spool: deque[PendingDecision] = deque()
        self._has_news = Event()
        self._is_closed = False
        self._thread = Thread(target=self._run, name="consentgate deadlines", daemon=True)
        self._thread.start()

    def watch(self, pending: PendingDecision) -> None:
        """Settle a decision when its deadline passes, unless it is settled before."""
        is_first = not self._watched
        self._watched.append(pending)
        if is_first:
            self._has_news.set()

    def give_up(self, pendings: Sequence[PendingDecision], reason: str) -> list[PendingDecision]:
        """Settle decisions that cannot be stored: grants at once, others once they are spooled.
        Return those that nobody had settled before."""
        given_up = [pending for pending in pendings if pending.settle()]
        for pending in given_up:
            if pending.decision.grants:
                self._troubles.add("failed")
                pending.fail(reason)
            elif not self._is_closed and len(self._to_spool) < self._most_waiting:
                self._to_spool.append(pending)
            else:
                self._lose([pending])
        if self._to_spool:
            self._has_news.set()
        return given_up

    def close(self) -> None:
        """Settle all that is left, as if its deadline had passed, and end."""
        self._end_all(list(self._watched))
        self._is_closed = True
        self._has_news.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_closed:
            self._has_news.wait(_BETWEEN_LOOKS_S if self._watched else None)
            self._has_news.clear()
            overdue = []
            while self._watched and (self._watched[0].is_settled or self._watched[0].is_due):
                overdue.append(self._watched.popleft())
            self._end_all(overdue)
            self._spool_waiting()
        self._spool_waiting()

    def _end_all(self, overdue: Sequence[PendingDecision]) -> None:
        late = self.give_up(overdue, LATE)
        if late:
            self._troubles.report("late", f"{len(late)} decisions were not recorded: {LATE}")
        # The process may end before the writer knows whether these are in the store.
        tried = [pending for pending in late if pending.decision.grants and pending.is_tried]
        self._keep_voids([void_entry(pending.entry, self._clock()) for pending in tried])

    def _keep_voids(self, voids: Sequence[NewEntry]) -> None:
        if voids and self._spool is not None:
            try:
                self._spool.put(voids)
            except SpoolError as error:
                self._troubles.report("spool", str(error))

    def _spool_waiting(self) -> None:
        waiting = [self._to_spool.popleft() for _ in range(len(self._to_spool))]
        if not waiting:
            return
        try:
            if self._spool is None:
                raise SpoolError("there is no spool")
            self._spool.put([pending.entry for pending in waiting])
        except SpoolError as error:
            self._troubles.report("lost", f"{len(waiting)} refusals have no record: {error}")
            self._lose(waiting)
            return
        self._troubles.add("spooled", len(waiting))
        self._spool_has_news.set()
        self._finish(waiting, Recorded.SPOOLED)

    def _lose(self, pendings: Sequence[PendingDecision]) -> None:
        self._troubles.add("lost", len(pendings))
        self._finish(pendings, Recorded.LOST)

    def _finish(self, pendings: Sequence[PendingDecision], result: Recorded) -> None:
        for pending in pendings:
            pending.succeed(result)
            self._announce(pending.decision)
