"""Recorders of consent records that need no store: each answers in its own way."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Timer

from consentgate.choice.decision import Decision
from consentgate.errors import RecordStoreError
from consentgate.gate.recording import Receipt, Recorded

Answer = Future[Recorded]


class MemoryRecorder:
    """Stores each decision at once, in a list.

    `shown` are the questions that were counted, as (language, place); `receipts` are those that it
    gives, by the id of the record.
    """

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.shown: list[tuple[str, str]] = []
        self.receipts: dict[bytes, Receipt] = {}
        self.answers: list[Answer] = []

    def record(self, decision: Decision) -> Answer:
        """Note the decision, and answer as this kind of recorder does."""
        self.decisions.append(decision)
        answer: Answer = Future()
        self.answers.append(answer)
        self.answer(decision, answer)
        return answer

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Set the result, now or later."""
        answer.set_result(Recorded.STORED)

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Answer at once."""
        found: Future[Receipt | None] = Future()
        found.set_result(self.receipts.get(record_id))
        return found

    def count_shown(self, *, language: str, place: str) -> None:
        """Count."""
        self.shown.append((language, place))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def last(self) -> Decision:
        """The decision that came last."""
        return self.decisions[-1]


class FailingRecorder(MemoryRecorder):
    """Its store is out of reach: no grant is recorded, and what is refused goes to a spool."""

    refused_are = Recorded.SPOOLED

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Fail, as the protocol says."""
        if decision.grants:
            answer.set_exception(RecordStoreError("the store is out of reach"))
        else:
            answer.set_result(self.refused_are)

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Fail too."""
        found: Future[Receipt | None] = Future()
        found.set_exception(RecordStoreError("the store is out of reach"))
        return found


class LosingRecorder(FailingRecorder):
    """Its spool is full as well."""

    refused_are = Recorded.LOST


class SlowRecorder(MemoryRecorder):
    """Stores each decision in a thread of its own, soon."""

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Answer from another thread."""
        Timer(0.02, answer.set_result, [Recorded.STORED]).start()


class SlowFailingRecorder(MemoryRecorder):
    """Finds out in a thread of its own that its store is out of reach."""

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Fail from another thread."""
        Timer(0.02, answer.set_exception, [RecordStoreError("the store is out of reach")]).start()


class SilentRecorder(MemoryRecorder):
    """Never answers."""

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Say nothing."""

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Say nothing."""
        return Future()


class BrokenRecorder(MemoryRecorder):
    """Breaks the protocol: it raises."""

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Raise."""
        raise OSError("no disk")

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Raise too."""
        raise OSError("no disk")


class HalfRecorder(MemoryRecorder):
    """Says of a grant what the protocol allows for refusals only, and fails for refusals."""

    def answer(self, decision: Decision, answer: Answer) -> None:
        """Answer the wrong way."""
        if decision.grants:
            answer.set_result(Recorded.SPOOLED)
        else:
            answer.set_exception(RecordStoreError("the store is out of reach"))
