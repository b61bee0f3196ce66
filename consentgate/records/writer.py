"""The one thread of a process that writes decisions. It takes all that wait at once, and does not
wait for more: while a batch is committed, the next one comes together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from consentgate.choice.decision import Decision
from consentgate.gate.recording import Recorded
from consentgate.records.chores import Chores
from consentgate.records.deadlines import Deadlines
from consentgate.records.pending import PendingDecision
from consentgate.records.session import InDoubtError, Session, Trouble, trouble_of
from consentgate.records.store import reason_of
from consentgate.records.trouble_log import TroubleLog
from consentgate.records.voids import Voids

MOST_ROWS = 512
"""Decisions in one transaction."""

_BETWEEN_TRIES_S = 0.05
_BETWEEN_LOOKS_S = 0.5


class Writer:
    """Stores what is submitted; `after_commit` gets the decisions of each batch that was."""

    def __init__(
        self,
        session: Session,
        *,
        deadlines: Deadlines,
        voids: Voids,
        chores: Chores,
        after_commit: Callable[[Sequence[Decision]], None],
        troubles: TroubleLog,
        most_waiting: int,
        deadline_s: float,
    ) -> None:
        self._session = session
        self._deadlines = deadlines
        self._voids = voids
        self._chores = chores
        self._after_commit = after_commit
        self._troubles = troubles
        self._most_waiting = most_waiting
        self._deadline_s = deadline_s
        self._queue: SimpleQueue[PendingDecision | None] = SimpleQueue()
        self._failing_since_s: float | None = None
        self._is_closed = False  # by whoever has it
        self._is_last = False  # whether the thread has taken all that came before
        self._thread = Thread(target=self._run, name="consentgate records", daemon=True)
        self._thread.start()

    @property
    def is_down(self) -> bool:
        """Whether the store has failed for as long as a decision may take. Then nothing waits for
        it, and the writer looks twice a second whether it is back."""
        since_s = self._failing_since_s
        return since_s is not None and time.monotonic() - since_s >= self._deadline_s

    def submit(self, pending: PendingDecision) -> None:
        """Store a decision, or give it up at once where waiting is hopeless."""
        if self._is_closed:
            self._deadlines.give_up([pending], "the recorder was closed")
        elif self.is_down:
            self._deadlines.give_up([pending], "the store is out of reach")
        elif self._queue.qsize() >= self._most_waiting:
            self._troubles.report("queue", f"{self._most_waiting} decisions wait to be recorded")
            self._deadlines.give_up([pending], "too many decisions wait")
        else:
            self._deadlines.watch(pending)
            self._queue.put(pending)

    def close(self, timeout_s: float) -> None:
        """Store what waits, do all chores, and end; a store that is stuck is left."""
        self._is_closed = True
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._is_last:
            batch = self._collect()
            if batch:
                self._store(batch)
            self._do_chores()
        self._session.close()

    def _collect(self) -> list[PendingDecision]:
        """Return the decisions that wait; none after a while in which none came."""
        batch: list[PendingDecision] = []
        try:
            decision = self._queue.get(timeout=_BETWEEN_LOOKS_S)
            while decision is not None:
                batch.append(decision)
                if len(batch) == MOST_ROWS:
                    return batch
                decision = self._queue.get_nowait()
        except Empty:
            return batch
        self._is_last = True
        return batch

    def _store(self, batch: Sequence[PendingDecision]) -> None:
        """Try until each decision is stored, or was given up."""
        while trying := self._still_open(batch):
            voids = self._voids.entries()
            try:
                self._session.write([*voids, *(pending.entry for pending in trying)])
            except Exception as error:  # noqa: BLE001 (whatever fails, nothing was recorded)
                batch = self._after_failure(trying, error)
            else:
                self._failing_since_s = None
                self._voids.written(voids)
                self._succeed(trying)
                return

    def _still_open(self, batch: Sequence[PendingDecision]) -> list[PendingDecision]:
        """Return the decisions whose deadline has not passed; a grant that may be stored although
        it has is void."""
        trying = [pending for pending in batch if pending.try_now()]
        late = [pending for pending in batch if pending.is_settled and pending.is_tried]
        self._end_tries(late)
        return trying

    def _succeed(self, stored: Sequence[PendingDecision]) -> None:
        in_time = [p for p in stored if p.settle() and p.succeed(Recorded.STORED)]
        self._troubles.add("stored", len(in_time))
        if len(in_time) < len(stored):
            known = {pending.entry.id for pending in in_time}
            self._voids.owe([pending for pending in stored if pending.entry.id not in known])
        self._after_commit([pending.decision for pending in in_time])

    def _after_failure(
        self, tried: Sequence[PendingDecision], error: Exception
    ) -> Sequence[PendingDecision]:
        """Return the decisions to be tried again."""
        for pending in tried:
            pending.in_doubt = pending.in_doubt or isinstance(error, InDoubtError)
        trouble = trouble_of(error)
        if trouble is Trouble.ROW and len(tried) > 1:
            for pending in tried:
                self._store([pending])
            return ()
        self._troubles.report("store", f"decisions are not recorded: {self._explain(error)}")
        if trouble is not Trouble.ROW and self._failing_since_s is None:
            self._failing_since_s = time.monotonic()
        if trouble is Trouble.CONNECTION and not self.is_down:
            time.sleep(_BETWEEN_TRIES_S)
            return tried
        self._deadlines.give_up(tried, self._explain(error))
        self._end_tries(tried)
        return ()

    def _end_tries(self, tried: Sequence[PendingDecision]) -> None:
        """Owe a void for each grant that may be stored although it was not given."""
        if not tried:
            return
        self._voids.owe([pending for pending in tried if pending.in_doubt])
        self._voids.keep()
        self._voids.not_needed([pending for pending in tried if not pending.in_doubt])

    def _do_chores(self) -> None:
        try:
            if self._failing_since_s is not None:
                self._session.probe()
                self._failing_since_s = None
            if voids := self._voids.entries():
                self._session.write(voids)
                self._voids.written(voids)
            self._chores.do(is_last=self._is_last)
        except Exception as error:  # noqa: BLE001 (it is tried again)
            self._failing_since_s = self._failing_since_s or time.monotonic()
            self._troubles.report("store", self._explain(error))

    @staticmethod
    def _explain(error: BaseException) -> str:
        return reason_of(error.__cause__ or error if isinstance(error, InDoubtError) else error)
