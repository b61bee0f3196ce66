"""What every store does: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from itertools import permutations, product

import pytest

from consentgate.choice.decision import CategoryState, Notice
from consentgate.records.address import parse_address
from consentgate.records.entries import EntryKind, commitment_to
from consentgate.records.new_entries import decision_entry, void_entry
from consentgate.records.opening import open_store
from consentgate.records.statements import placed_voids
from consentgate.records.store import Store
from consentgate.records.tally import TallyKey
from tests.support.records import (
    NOON,
    NOTICE,
    check_store,
    decision,
    entries,
    refusal,
    stored,
    tallies,
    write,
)

LATER = NOON + timedelta(days=1)
DAY = date(2026, 11, 29)


def test_a_new_store_is_empty(store: Store) -> None:
    assert check_store(store) == 0


def test_an_entry_comes_back_as_it_was_written(store: Store) -> None:
    (entry,) = entries(1)

    write(store, [entry])

    (found,) = stored(store)
    assert (found.id, found.kind, found.payload) == (entry.id, EntryKind.DECISION, entry.payload)
    assert found.decided_at_us == 1_795_953_600_000_000
    assert found.leaf_index == 0
    assert found.erased_at_us is None
    assert commitment_to(found.payload or b"", found.salt or b"") == found.commitment


def test_a_batch_that_is_written_again_is_there_once(store: Store) -> None:
    batch = entries(5)

    write(store, batch, batch, [*batch[:2], *entries(1)])

    assert check_store(store) == 6


def test_an_entry_twice_in_a_batch_is_there_once(store: Store) -> None:
    batch = entries(1)

    write(store, [*batch, *batch])

    assert check_store(store) == 1


def test_a_batch_with_a_row_that_cannot_be_stored_is_not_there_at_all(store: Store) -> None:
    broken = decision_entry(decision())
    object.__setattr__(broken, "commitment", None)
    session = store.session()

    with pytest.raises(Exception, match=r"NOT NULL|null value"):
        session.write([*entries(2), broken])

    session.close()
    assert check_store(store) == 0


def test_each_store_has_a_clock(store: Store) -> None:
    session = store.session()

    first, second = session.clock_us(), session.clock_us()

    session.close()
    assert 0 < first <= second


def test_the_tree_grows_over_many_tiles(store: Store) -> None:
    write(store, entries(255), entries(1), entries(300), entries(40))

    assert check_store(store) == 596


def test_two_sessions_that_take_turns_build_one_tree(store: Store) -> None:
    first, second = store.session(), store.session()

    for number in (1, 2, 200, 300, 5):
        first.write(entries(number))
        first.integrate()
        second.write(entries(number))
        second.integrate()

    first.close()
    second.close()
    assert check_store(store) == 1_016


def test_a_session_that_is_far_behind_reads_the_tiles(store: Store) -> None:
    session = store.session()
    session.write(entries(3))
    session.integrate()
    write(store, entries(512), entries(512), entries(100))

    session.write(entries(1))

    session.close()
    assert check_store(store) == 1_128


def test_a_session_goes_on_after_the_log_got_another_name(store: Store) -> None:
    session = store.session()
    session.write(entries(3))
    session.integrate()

    store.name_log("data.example.org/consent/2", "data.example.org/consent")
    session.write(entries(3))

    session.close()
    assert check_store(store) == 6
    with store.read() as reading:
        log = reading.log()
    assert (log.origin, log.key_name) == ("data.example.org/consent/2", "data.example.org/consent")


def test_a_notice_is_kept_once_and_comes_back(store: Store) -> None:
    other = Notice(b"<p>Statistiques ?</p>", "fr", "text/html")

    write(store, entries(3), entries(1), [decision_entry(decision(notice=other))])

    with store.read() as reading:
        assert reading.notice(NOTICE.digest) == NOTICE
        assert reading.notice(other.digest) == other
        assert reading.notice(b"unknown") is None
        assert set(reading.notice_digests()) == {(NOTICE.digest, NOON), (other.digest, NOON)}


def test_a_decision_without_a_notice_is_stored(store: Store) -> None:
    write(store, [decision_entry(decision(notice=None))])

    assert check_store(store) == 1


def test_notices_are_stored_however_many_there_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentgate.records.session._MOST_NOTICES", 1)
    notices = [Notice(b"%d" % number, "en") for number in range(3)]

    write(store, *([decision_entry(decision(notice=one))] for one in [*notices, *notices]))

    with store.read() as reading:
        assert len(reading.notice_digests()) == 3


@pytest.mark.postgres
def test_on_postgresql_entries_wait_for_their_places(postgres_address: str) -> None:
    store = open_store(postgres_address)
    batch = entries(2)
    session = store.session()
    session.write(batch)
    session.close()

    with store.read() as reading:
        waiting = list(reading.entries_waiting())
        backlog = reading.backlog()

    assert [entry.id for entry in waiting] == [entry.id for entry in batch]
    assert [entry.leaf_index for entry in waiting] == [None, None]
    assert backlog.entries == 2
    assert backlog.oldest_at is not None


@pytest.mark.postgres
def test_an_entry_that_somebody_emptied_holds_up_no_other(postgres_address: str) -> None:
    store = open_store(postgres_address)
    session = store.session()
    session.write(entries(2))
    with session.transaction() as connection:
        connection.exec_driver_sql("UPDATE record SET payload = NULL WHERE seq = 1")
    session.close()

    assert store.integrate() == 2
    assert list(tallies(store).values()) == [1]


def test_entries_are_read_from_an_index_to_another(store: Store) -> None:
    write(store, entries(10))

    with store.read() as reading:
        assert [entry.leaf_index for entry in reading.entries(3, 6)] == [3, 4, 5]
        assert [entry.leaf_index for entry in reading.entries(8)] == [8, 9]


def test_an_entry_is_found_by_id_and_by_index(store: Store) -> None:
    batch = entries(2)
    write(store, batch)

    with store.read() as reading:
        by_id = reading.entry(batch[1].id)
        assert by_id is not None
        assert by_id == reading.entry_at(by_id.leaf_index or 0)
        assert reading.entry(b"unknown") is None
        assert reading.entry_at(2) is None


def test_a_reader_sees_one_moment(store: Store) -> None:
    write(store, entries(1))

    with store.read() as reading:
        before = reading.log().size
        write(store, entries(1))
        after = reading.log().size

    assert (before, after) == (1, 1)


def test_decisions_are_counted_by_day_language_place_method_category_and_state(
    store: Store,
) -> None:
    renewed = decision(state=CategoryState.RENEWED)

    write(store, [*entries(2), decision_entry(renewed), decision_entry(refusal())])

    assert tallies(store) == {
        TallyKey(DAY, "en", "banner", "accept", "statistics", "given"): 3,
        TallyKey(DAY, "en", "banner", "accept", "statistics", "refused"): 1,
    }


def test_counts_are_read_by_day(store: Store) -> None:
    write(store, entries(2), entries(3, at=LATER), entries(4, at=LATER + timedelta(days=1)))

    with store.read() as reading:
        found = [n for _, n in reading.tallies(date(2026, 11, 30), date(2026, 11, 30))]

    assert found == [3]


def test_a_void_takes_its_grant_out_of_the_counts(store: Store) -> None:
    late, kept = entries(2)

    write(store, [late, kept], [void_entry(late, NOON)], [void_entry(late, LATER)])

    assert list(tallies(store).values()) == [1]
    assert check_store(store) == 3
    with store.read() as reading:
        assert reading.is_voided(late.id)
        assert not reading.is_voided(kept.id)
        (void,) = reading.entries_of(EntryKind.VOID)
    assert json.loads(void.payload or b"")["record"] == late.id.hex()


def test_a_void_that_is_stored_before_its_grant_keeps_it_out_of_the_counts(store: Store) -> None:
    # As where another process delivers it from the spool that both share.
    sizes = []
    for order, at_once in product(permutations(range(3)), (False, True)):
        late, kept = entries(2)
        void = void_entry(late, NOON)
        ordered = [(void, late, kept)[place] for place in order]

        for batch in [ordered] if at_once else [[entry] for entry in ordered]:
            write(store, batch)
        write(store, [void])  # once more, by the process whose grant was late
        sizes.append((sum(tallies(store).values()), check_store(store)))

    assert sizes == [(number, 3 * number) for number in range(1, 13)]


def test_voids_are_found_by_the_index_that_has_few_entries(sqlite_address: str) -> None:
    with closing(sqlite3.connect(parse_address(sqlite_address).path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {placed_voids(0, 9)}").fetchall()

    assert "record_kind" in str(plan)


def test_a_void_of_what_was_never_stored_does_no_harm(store: Store) -> None:
    (never,) = entries(1)

    write(store, [void_entry(never, NOON)])

    assert check_store(store) == 1
