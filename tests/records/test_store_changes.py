"""What is done to a store as a whole, on SQLite and on PostgreSQL: nothing without an entry."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from consentgate.choice.decision import DecisionKind
from consentgate.errors import RecordStoreError
from consentgate.records.entries import EntryKind
from consentgate.records.log.edge import Edge
from consentgate.records.log.tiles import tree_root
from consentgate.records.new_entries import decision_entry, void_entry
from consentgate.records.store import Store
from tests.support.records import (
    NOON,
    check_store,
    decision,
    entries,
    stored,
    write,
)

LATER = NOON + timedelta(days=1)


def test_an_erased_record_says_nothing_any_more_and_the_log_says_so(store: Store) -> None:
    batch = entries(3)
    write(store, batch)
    with store.read() as reading:
        root = tree_root(reading, 3)
        index = next(e.leaf_index for e in reading.entries() if e.id == batch[1].id)

    assert store.erase(batch[1].id, at=LATER)

    store.integrate()
    with store.read() as reading:
        erased = reading.entry(batch[1].id)
        (erasure,) = reading.entries_of(EntryKind.ERASURE)
        assert tree_root(reading, 3) == root
    assert erased is not None
    assert (erased.payload, erased.salt) == (None, None)
    assert erased.erased_at_us == 1_796_040_000_000_000
    assert json.loads(erasure.payload or b"") == {
        "at": "2026-11-30T12:00:00.000Z",
        "entry": "erasure",
        "id": erasure.id.hex(),
        "index": index,
        "record": batch[1].id.hex(),
    }
    assert check_store(store) == 4


def test_a_record_is_erased_once(store: Store) -> None:
    (entry,) = entries(1)
    write(store, [entry])

    assert store.erase(entry.id)
    assert not store.erase(entry.id)

    assert check_store(store) == 2


def test_only_a_record_of_a_decision_can_be_erased(store: Store) -> None:
    (entry,) = entries(1)
    void = void_entry(entry, NOON)
    write(store, [void])

    with pytest.raises(RecordStoreError, match=f"no record {void.id.hex()}"):
        store.erase(void.id)
    with pytest.raises(RecordStoreError, match="no record"):
        store.erase(entry.id)


def test_a_void_of_an_erased_record_does_no_harm(store: Store) -> None:
    (entry,) = entries(1)
    write(store, [entry])
    store.erase(entry.id)

    write(store, [void_entry(entry, NOON)])

    assert len(stored(store)) == 3


@pytest.mark.law(13)
def test_a_purge_deletes_what_is_older_and_keeps_the_tree(store: Store) -> None:
    write(store, entries(300), entries(20, at=LATER + timedelta(days=365)))
    _pretend_stored_at_decision(store)
    with store.read() as reading:
        root = tree_root(reading, 320)

    purged = store.purge(LATER, at=LATER)

    assert (purged.min_index, purged.entries) == (300, 300)
    store.integrate()
    with store.read() as reading:
        left = list(reading.entries())
        assert reading.log().min_index == 300
        assert tree_root(reading, 320) == root
    assert [entry.leaf_index for entry in left] == list(range(300, 321))
    assert json.loads(left[-1].payload or b"")["min_index"] == 300


def test_the_log_grows_on_after_a_purge(store: Store) -> None:
    write(store, entries(300))
    store.purge(NOON + timedelta(days=36_500))

    write(store, entries(300))

    with store.read() as reading:
        size = reading.log().size
        assert size == 601
        assert tree_root(reading, size) != tree_root(reading, size - 1)
    session = store.session()
    session.write(entries(1))
    session.close()
    store.integrate()
    with store.read() as reading:
        assert reading.log().size == 602


def test_a_session_goes_on_after_what_it_did_not_see_was_purged(store: Store) -> None:
    session = store.session()
    session.write(entries(3))
    session.integrate()
    write(store, entries(10))
    store.purge(NOON + timedelta(days=36_500))

    session.write(entries(1))
    session.close()

    store.integrate()
    with store.read() as reading:
        assert reading.log().size == 15
        assert Edge.restore(reading, 15).root() == tree_root(reading, 15)


def test_a_purge_of_nothing_leaves_no_entry(store: Store) -> None:
    write(store, entries(3))

    purged = store.purge(NOON - timedelta(days=1))

    assert (purged.min_index, purged.entries) == (0, 0)
    assert check_store(store) == 3


def test_an_entry_of_the_future_does_not_keep_older_ones(store: Store) -> None:
    write(store, entries(2, at=NOON + timedelta(days=36_500)), entries(2))
    with store.read() as reading:
        newest = max(entry.stored_at_us for entry in reading.entries())

    purged = store.purge(NOON.fromtimestamp(newest / 1e6 + 60, tz=NOON.tzinfo))

    assert purged.entries == 4


def test_a_purge_deletes_what_an_ended_one_left(store: Store) -> None:
    write(store, entries(5))
    session = store.session()
    with session.transaction() as connection:
        connection.exec_driver_sql("UPDATE log SET min_index = 3")
    session.close()

    purged = store.purge(NOON - timedelta(days=1))

    assert (purged.min_index, purged.entries) == (3, 3)
    assert [entry.leaf_index for entry in stored(store)] == [3, 4]


def test_a_purge_deletes_the_deliveries_of_what_it_deletes(store: Store) -> None:
    write(store, [decision_entry(decision(), targets=("crm",))])
    with store.read() as reading:
        assert reading.backlog().deliveries == 1

    store.purge(NOON + timedelta(days=36_500))

    with store.read() as reading:
        assert reading.backlog().deliveries == 0


def test_checkpoints_are_kept_by_origin_and_size(store: Store) -> None:
    store.save_checkpoint(origin="a", size=1, root=b"r", note="first", at=NOON)
    store.save_checkpoint(origin="a", size=2, root=b"s", note="second", at=LATER)
    store.save_checkpoint(origin="a", size=1, root=b"r", note="again", timestamp=b"t", at=NOON)

    with store.read() as reading:
        first, second = reading.checkpoints()
    store.checkpoint_published(second, at=LATER)

    assert (first.note, first.timestamp, first.saved_at) == ("again", b"t", NOON)
    with store.read() as reading:
        assert [saved.published_at for saved in reading.checkpoints()] == [None, LATER]


def test_retired_keys_stay_in_the_list(store: Store) -> None:
    store.add_key("old+1+A", at=NOON)
    store.add_key("new+2+B", at=LATER)
    store.add_key("old+1+A", at=LATER)
    store.retire_key("old+1+A", at=LATER)

    with store.read() as reading:
        assert reading.keys() == [("old+1+A", NOON, LATER), ("new+2+B", LATER, None)]


def test_the_kind_of_a_decision_makes_no_difference_to_the_store(store: Store) -> None:
    write(store, [decision_entry(decision(kind)) for kind in DecisionKind])

    assert check_store(store) == len(DecisionKind)


def _pretend_stored_at_decision(store: Store) -> None:
    session = store.session()
    with session.transaction() as connection:
        connection.exec_driver_sql("UPDATE record SET stored_at = decided_at")
    session.close()
