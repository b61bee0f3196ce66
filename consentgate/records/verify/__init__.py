"""Verifies a store as a whole: its entries, their tree, its notices and its checkpoints.

Nothing here believes a column that the tree does not cover. Each violation names its place. What a
store alone cannot show is that it is the one that was shown before: for that, compare it with a
checkpoint that left the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consentgate.records.log.keys import Verifier
from consentgate.records.reading import Reading
from consentgate.records.verify.checkpoints import check_checkpoints, check_last_note, known_keys
from consentgate.records.verify.entries import EntryCheck
from consentgate.records.verify.notices import check_notices
from consentgate.records.verify.result import Verification, Violation
from consentgate.records.verify.tree import check_tree

__all__ = ["Verification", "Violation", "verify_store"]


def verify_store(
    reading: Reading,
    *,
    now: datetime,
    verifiers: Sequence[Verifier] = (),
    last_note: str | None = None,
) -> Verification:
    """Verify a store.

    `verifiers` are the keys that somebody outside of it knows; without any, the store's own list of
    keys is believed. `last_note` is the newest checkpoint that was kept outside of the database: it
    shows that a backup was restored.
    """
    result = Verification()
    state = reading.log()
    entries = EntryCheck(state, result)
    check_tree(reading, state, entries, result)
    entries.check_waiting(reading.entries_waiting(), now=now)
    entries.finish()
    check_notices(reading, entries.notices, result)
    keys = known_keys(reading, verifiers, result)
    check_checkpoints(reading, state, keys, result)
    if last_note is not None:
        check_last_note(reading, state, last_note, keys, result)
    return result
