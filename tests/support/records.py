"""Decisions to record, and what must be true of each store."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

from consentgate.choice.decision import (
    CategoryState,
    DecidedCategory,
    Decision,
    DecisionKind,
    Notice,
    new_id,
)
from consentgate.records.entries import EntryKind, StoredEntry, entry_of
from consentgate.records.log.merkle import fold, leaf_hash
from consentgate.records.log.tiles import tree_root
from consentgate.records.new_entries import NewEntry, decision_entry
from consentgate.records.store import Store
from consentgate.records.tally import TallyKey

NOTICE = Notice(b'{"text":"Statistics?"}', "en")
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def decision(
    kind: DecisionKind = DecisionKind.GIVEN,
    *,
    at: datetime = NOON,
    state: CategoryState = CategoryState.GIVEN,
    notice: Notice | None = NOTICE,
) -> Decision:
    """A decision on statistics."""
    return Decision(
        id=new_id(),
        decided_at=at,
        kind=kind,
        categories={"statistics": DecidedCategory(state, "0123abcd")},
        notice=notice,
        language="en",
        method="accept",
        source="banner",
    )


def refusal(*, at: datetime = NOON) -> Decision:
    return decision(DecisionKind.REFUSED, at=at, state=CategoryState.REFUSED)


def entries(number: int, *, at: datetime = NOON) -> list[NewEntry]:
    return [decision_entry(decision(at=at)) for _ in range(number)]


def write(store: Store, *batches: list[NewEntry]) -> None:
    """Write batches with a session of their own, and give all entries their places."""
    session = store.session()
    for batch in batches:
        session.write(batch)
    session.close()
    store.integrate()


def stored(store: Store) -> list[StoredEntry]:
    """All entries that are in the tree."""
    with store.read() as reading:
        return list(reading.entries())


def tallies(store: Store) -> dict[TallyKey, int]:
    with store.read() as reading:
        return dict(reading.tallies())


def check_store(store: Store) -> int:
    """Check that indexes are dense, that the tree is that of the entries, that no entry waits and
    that each decision was counted once; return how many entries there are."""
    store.integrate()
    with store.read() as reading:
        found = list(reading.entries())
        size = reading.log().size
        counts = dict(reading.tallies())
        waiting = reading.backlog().entries
        root = tree_root(reading, size)

    assert [entry.leaf_index for entry in found] == list(range(size))
    assert len({entry.id for entry in found}) == size
    assert waiting == 0
    if size:
        assert root == fold(b"".join(leaf_hash(entry_of(entry.commitment)) for entry in found))
    assert sum(counts.values()) == _expected_count(found)
    return size


def _expected_count(found: list[StoredEntry]) -> int:
    kinds = Counter(entry.kind for entry in found)
    return kinds[EntryKind.DECISION] - len(voided(found))


def voided(found: list[StoredEntry]) -> set[bytes]:
    """The ids of records whose grant was declared void."""
    about = [json.loads(e.payload or b"") for e in found if e.kind is EntryKind.VOID]
    return {bytes.fromhex(document["record"]) for document in about} & {e.id for e in found}
