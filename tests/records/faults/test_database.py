"""A PostgreSQL server that dies and comes back, several sequencers, clocks that jump, a backup."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from consentgate.errors import LogError, RecordStoreError
from consentgate.gate.recording import Recorded
from consentgate.records.new_entries import decision_entry
from consentgate.records.opening import open_store
from consentgate.records.recorder import StoreRecorder
from tests.support.postgres import PostgresServer
from tests.support.records import (
    NOON,
    check_store,
    decision,
    entries,
    refusal,
    stored,
    voided,
    write,
)
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.slow]


class Callers:
    """Threads that record decisions until they are stopped, and note what came of each."""

    def __init__(self, recorder: StoreRecorder) -> None:
        self.given: list[bytes] = []
        self.not_given: list[bytes] = []
        self.refused: list[bytes] = []
        self._recorder = recorder
        self._end = Event()
        self._threads = [Thread(target=self._call) for _ in range(4)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        while not self._end.wait(0.005):
            grant, refused = decision(), refusal()
            try:
                assert self._recorder.record(grant).result(30) is Recorded.STORED
                self.given.append(grant.id)
            except RecordStoreError:
                self.not_given.append(grant.id)
            assert self._recorder.record(refused).result(30) is not Recorded.LOST
            self.refused.append(refused.id)


@pytest.fixture
def own_server(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The server, which is there again whatever the test does."""
    yield postgres
    postgres.restart()


@pytest.mark.postgres
def test_a_database_that_dies_loses_nothing_and_doubles_nothing(
    own_server: PostgresServer, postgres_address: str, tmp_path: Path
) -> None:
    recorder = StoreRecorder(postgres_address, spool=tmp_path, deadline_s=0.5)
    callers = Callers(recorder)

    for _ in range(2):
        time.sleep(0.2)
        own_server.kill()
        time.sleep(0.6)
        own_server.restart()
        returned_s = time.monotonic()
        wait_until(lambda: _is_stored(recorder))
        assert time.monotonic() - returned_s < 5.0  # one second, on a machine that does no more

    callers.stop()
    recorder.close()
    after = StoreRecorder(postgres_address, spool=tmp_path)
    after.record(refusal()).result(30)
    after.close()
    check_store(after.store)
    found = stored(after.store)
    known = {entry.id for entry in found} - voided(found)
    assert set(callers.given) <= known
    assert set(callers.refused) <= known
    assert not set(callers.not_given) & known
    assert len(callers.given) > 3


@pytest.mark.postgres
def test_several_sequencers_and_writers_build_one_log(postgres_address: str) -> None:
    store = open_store(postgres_address)
    end = Event()

    def write_some() -> None:
        write_session = store.session()
        for _ in range(10):
            write_session.write(entries(20))
        write_session.close()

    def integrate() -> None:
        session = store.session()
        while not end.is_set():
            session.integrate()
        session.close()

    writers = [Thread(target=write_some) for _ in range(3)]
    sequencers = [Thread(target=integrate) for _ in range(2)]
    for thread in (*writers, *sequencers):
        thread.start()
    for thread in writers:
        thread.join()
    end.set()
    for thread in sequencers:
        thread.join()

    assert check_store(store) == 600


@pytest.mark.postgres
def test_without_its_lock_a_second_sequencer_still_does_no_harm(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(postgres_address)
    write(store, entries(2))
    session, other = store.session(), store.session()
    other.write(entries(2))
    extend = session._tree.extend

    def extend_after_another(*arguments: object) -> object:
        with other.transaction() as connection:  # as if it had integrated one entry meanwhile
            connection.execute(text("UPDATE log SET size = size + 1"))
        return extend(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(session._tree, "extend", extend_after_another)
    with pytest.raises(LogError, match="another process extended the log of 2 entries"):
        session.integrate()

    with other.transaction() as connection:
        connection.execute(text("UPDATE log SET size = size - 1"))
    session.close()
    other.close()
    assert check_store(store) == 4


def test_a_clock_that_jumps_changes_no_order(address: str) -> None:
    moments = [NOON, NOON - timedelta(days=2), NOON + timedelta(days=40), NOON]
    made = [decision_entry(decision(at=moment)) for moment in moments]
    store = open_store(address)

    write(store, *([one] for one in made))

    assert [entry.id for entry in stored(store)] == [one.id for one in made]
    assert check_store(store) == 4


def test_a_restored_backup_is_a_shorter_log_that_grows_on(
    sqlite_address: str, tmp_path: Path
) -> None:
    store = open_store(sqlite_address)
    write(store, entries(300))
    backup = shutil.copy(tmp_path / "consent.db", tmp_path / "backup.db")
    write(store, entries(50))
    shutil.copy(backup, tmp_path / "consent.db")

    restored = open_store(sqlite_address)

    assert check_store(restored) == 300
    write(restored, entries(10))
    assert check_store(restored) == 310


def _is_stored(recorder: StoreRecorder) -> bool:
    try:
        return recorder.record(decision()).result(30) is Recorded.STORED
    except RecordStoreError:
        return False
