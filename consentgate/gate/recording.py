"""What the gate and the pages know of consent records: a small protocol, behind which the room
`consentgate/records/` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar, runtime_checkable

from consentgate.choice.decision import Decision, Notice

Result = TypeVar("Result")


class Recorded(Enum):
    """What became of a decision that took effect.

    STORED: it is in the store. SPOOLED: it is on this machine's disk and will be delivered to the
    store, once. LOST: there is no record of it; only a refusal or a withdrawal takes effect then.
    """

    STORED = "stored"
    SPOOLED = "spooled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one record, for its visitor: a JSON-LD document in UTF-8.

    `is_final`: the record is in the log, and the receipt has the proof. Until then `body` may be
    empty.
    """

    body: bytes
    is_final: bool


class Recorder(Protocol):
    """Keeps decisions. No method waits for a disk or a network, but `close`.

    Who waits for a future and gives up cancels it. A recorder that stored the decision all the same
    writes a void entry, since the grant was not given.
    """

    def record(self, decision: Decision) -> Future[Recorded]:
        """Start to record a decision.

        The future of one that grants (`Decision.grants`) has RecordStoreError as its exception
        where it is not in the store within the recorder's deadline: then the grant is not given.
        The future of a refusal or withdrawal never fails.
        """

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Start to make the receipt of a record; None where the store has no such record, or has
        erased it. The future fails with RecordStoreError where the store does not answer."""

    def count_shown(self, *, language: str, place: str) -> None:
        """Count that a question was put before a visitor, without saying which: `place` is
        "banner" or "preferences". Never raise."""

    def close(self) -> None:
        """Deliver what waits, and release what is held."""


class StoreTrouble(Enum):
    """What is wrong with the store behind a recorder.

    UNREACHABLE: it does not take decisions in time. SPOOLED: refusals wait on this machine's disk.
    CLOCKS_APART: its clock and the gate's differ by more than five minutes.
    """

    UNREACHABLE = "unreachable"
    SPOOLED = "spooled"
    CLOCKS_APART = "clocks apart"


TroubleListener = Callable[[StoreTrouble, str], None]
"""Gets a trouble, and what is known of it in a line, in a thread of the recorder; never raises."""


@runtime_checkable
class ReportingRecorder(Recorder, Protocol):
    """A recorder that also says what is wrong with its store."""

    def report_to(self, listener: TroubleListener) -> None:
        """Call `listener` from now on, once a minute at most for each kind of trouble."""


def future_of(ask: Callable[[], Future[Result]]) -> Future[Result]:
    """Return the future that a recorder gives, or one that failed where the recorder raises: a
    visitor's request must not."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 (a site's recorder may fail in any way)
        failed: Future[Result] = Future()
        failed.set_exception(error)
        return failed


@dataclass(frozen=True, slots=True)
class Records:
    """What a gate needs to have decisions recorded: who records them, and the prefix of the pages
    that read the record cookie, None where there are no pages. `declaration` is what is declared,
    as the notice of decisions that a handler or a script of the site asked for in its own words."""

    recorder: Recorder
    prefix: str | None
    declaration: Notice | None = None
