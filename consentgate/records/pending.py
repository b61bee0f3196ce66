"""Decisions on their way to a store, each with the future of whoever waits for it."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from consentgate.choice.decision import Decision
from consentgate.errors import RecordStoreError
from consentgate.gate.recording import Recorded
from consentgate.records.new_entries import NewEntry

_settling = Lock()  # held for an assignment, by the writer and by what watches over deadlines


def _running_future() -> Future[Recorded]:
    future: Future[Recorded] = Future()
    future.set_running_or_notify_cancel()  # so that who stops waiting does not cancel the record
    return future


@dataclass(slots=True, eq=False)
class PendingDecision:
    """One decision until its future has a result.

    `is_tried`: the writer began to store it. `in_doubt`: a commit failed, so that it may be in the
    store. The one who settles it sets the future's result, once.
    """

    decision: Decision
    entry: NewEntry
    deadline_s: float
    future: Future[Recorded] = field(default_factory=_running_future)
    is_tried: bool = False
    in_doubt: bool = False
    is_settled: bool = False

    def try_now(self) -> bool:
        """Return whether to store it now: not if its deadline passed."""
        with _settling:
            self.is_tried = self.is_tried or not self.is_settled
            return not self.is_settled

    def settle(self) -> bool:
        """Return whether the caller is the one who settles it."""
        with _settling:
            was_settled, self.is_settled = self.is_settled, True
            return not was_settled

    def succeed(self, result: Recorded) -> None:
        """Set the result, once settled."""
        self.future.set_result(result)

    def fail(self, reason: str) -> None:
        """Say that a grant was not recorded, once settled."""
        self.future.set_exception(RecordStoreError(f"the decision was not recorded: {reason}"))

    @property
    def is_due(self) -> bool:
        """Whether the deadline passed."""
        return time.monotonic() >= self.deadline_s
