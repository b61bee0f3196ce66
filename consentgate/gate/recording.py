"""What the gate and the pages know of consent records: a small protocol, behind which the room
`consentgate/records/` keeps them.
"""

from __future__ import annotations

from concurrent.futures import Future
from enum import Enum
from typing import Protocol

from consentgate.choice.decision import Decision


class Recorded(Enum):
    """What became of a decision that took effect.

    STORED: it is in the store. SPOOLED: it is on this machine's disk and will be delivered to the
    store, once. LOST: there is no record of it; only a refusal or a withdrawal takes effect then.
    """

    STORED = "stored"
    SPOOLED = "spooled"
    LOST = "lost"


class Recorder(Protocol):
    """Keeps decisions. No method waits for a disk or a network."""

    def record(self, decision: Decision) -> Future[Recorded]:
        """Start to record a decision.

        The future of one that grants (`Decision.grants`) has RecordStoreError as its exception
        where it is not in the store within the recorder's deadline: then the grant is not given.
        The future of a refusal or withdrawal never fails.
        """

    def count_shown(self, *, language: str, place: str) -> None:
        """Count that a question was put before a visitor, without saying which: `place` is
        "banner" or "preferences"."""

    def close(self) -> None:
        """Deliver what waits, and release what is held."""
