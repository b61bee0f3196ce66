"""Decisions on their way to a store, each with the future of whoever waits for it."""

from __future__ import annotations

import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from consentgate.choice.decision import Decision
from consentgate.errors import RecordStoreError
from consentgate.gate.recording import Recorded
from consentgate.records.new_entries import NewEntry

_settling = Lock()  # held for an assignment, by the writer and by what watches over deadlines


@dataclass(slots=True, eq=False)
class PendingDecision:
    """One decision until its future has a result.

    Whoever waits for a grant and gives up cancels its future. Then the grant was not given: it is
    not stored, and void where it was. A refusal is stored all the same.

    `is_tried`: the writer began to store it. `in_doubt`: a commit failed, so that it may be in the
    store. The one who settles it sets the future's result, once.
    """

    decision: Decision
    entry: NewEntry
    deadline_s: float
    future: Future[Recorded] = field(default_factory=Future)
    is_tried: bool = False
    in_doubt: bool = False
    is_settled: bool = False

    def try_now(self) -> bool:
        """Return whether to store it now: not if its deadline passed, or nobody waits for it."""
        with _settling:
            is_unwanted = self.decision.grants and self.future.cancelled()
            self.is_settled = self.is_settled or is_unwanted
            self.is_tried = self.is_tried or not self.is_settled
            return not self.is_settled

    def settle(self) -> bool:
        """Return whether the caller is the one who settles it."""
        with _settling:
            was_settled, self.is_settled = self.is_settled, True
            return not was_settled

    def succeed(self, result: Recorded) -> bool:
        """Set the result, once settled; return whether the decision took effect."""
        try:
            self.future.set_result(result)
        except InvalidStateError:  # it was cancelled
            return not self.decision.grants
        return True

    def fail(self, reason: str) -> None:
        """Say that a grant was not recorded, once settled."""
        with suppress(InvalidStateError):  # where it was cancelled
            self.future.set_exception(RecordStoreError(f"the decision was not recorded: {reason}"))

    @property
    def is_due(self) -> bool:
        """Whether the deadline passed."""
        return time.monotonic() >= self.deadline_s
