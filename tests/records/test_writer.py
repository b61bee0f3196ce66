"""What the writer does when its store fails, by each kind of failure."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from consentgate.errors import RecordStoreError
from consentgate.gate.recording import Recorded
from consentgate.records.entries import EntryKind
from consentgate.records.new_entries import NewEntry, id_about
from consentgate.records.opening import open_store
from consentgate.records.recorder import StoreRecorder
from consentgate.records.session import InDoubtError, Trouble, trouble_of
from consentgate.records.spool import Spool
from consentgate.records.sqlite import SQLiteSession
from consentgate.records.store import Store
from consentgate.records.writer import Writer
from tests.support.records import check_store, decision, entries, refusal, stored, voided
from tests.support.waiting import wait_until

Step = Callable[[], object]


def failing(error: BaseException) -> Step:
    def fail() -> object:
        raise error

    return fail


def signal_and_wait(signal: threading.Event, goes_on: threading.Event) -> Step:
    def wait() -> object:
        signal.set()
        return goes_on.wait(10)

    return wait


def database_error(message: str, code: int) -> OperationalError:
    cause = sqlite3.OperationalError(message)
    cause.sqlite_errorcode = code
    return OperationalError("INSERT", {}, cause)


def in_doubt() -> InDoubtError:
    error = InDoubtError("the database failed while it committed")
    error.__cause__ = database_error("disk I/O error", sqlite3.SQLITE_IOERR)
    return error


FULL = database_error("database or disk is full", sqlite3.SQLITE_FULL)
LOCKED = database_error("database is locked", sqlite3.SQLITE_BUSY)


class ScriptedSession(SQLiteSession):
    """A session that takes the next step of a script before, or after, it writes."""

    before: deque[Step]
    after: deque[Step]

    def write(self, entries: Sequence[NewEntry]) -> None:
        if self.before:
            self.before.popleft()()
        super().write(entries)
        if self.after:
            self.after.popleft()()


class ScriptedStore(Store):
    """A store whose sessions follow a script."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.address)
        self.before: deque[Step] = deque()
        self.after: deque[Step] = deque()

    def session(self) -> ScriptedSession:
        session = ScriptedSession(self.address)
        session.before, session.after = self.before, self.after
        return session


class Site:
    """A recorder with a scripted store."""

    def __init__(self, address: str, folder: Path, **options: Any) -> None:
        self.recorder = StoreRecorder(address, **{"spool": folder / "spool", **options})
        self.store = ScriptedStore(open_store(address))
        self.recorder.store = self.store
        self.spool = Spool(folder / "spool")

    def grant(self) -> Future[Recorded]:
        return self.recorder.record(decision())

    def refuse(self) -> Future[Recorded]:
        return self.recorder.record(refusal())

    @property
    def writer(self) -> Writer:
        return self.recorder._worker()._writer

    def voids(self) -> set[bytes]:
        return voided(stored(self.store))


@pytest.fixture
def site(sqlite_address: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(sqlite_address, tmp_path, deadline_s=10.0)
    yield made
    made.recorder.close()


@pytest.fixture
def hasty_site(sqlite_address: str, tmp_path: Path) -> Iterator[Site]:
    """One whose decisions must be stored within a fifth of a second."""
    made = Site(sqlite_address, tmp_path, deadline_s=0.2)
    yield made
    made.recorder.close()


def error_of(future: Future[Recorded]) -> str:
    with pytest.raises(RecordStoreError) as caught:
        future.result(10)
    return str(caught.value)


def test_a_grant_that_cannot_be_stored_is_not_given(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.store.before += [failing(FULL)]

    assert error_of(site.grant()) == "the decision was not recorded: database or disk is full"
    assert site.grant().result(10) is Recorded.STORED
    assert caplog.messages == ["consentgate: decisions are not recorded: database or disk is full"]
    site.recorder.close()
    assert check_store(site.store) == 1


def test_a_refusal_that_cannot_be_stored_is_spooled_and_delivered_once(site: Site) -> None:
    site.store.before += [failing(FULL)]

    assert site.refuse().result(10) is Recorded.SPOOLED

    wait_until(lambda: stored(site.store))
    site.recorder.close()
    assert check_store(site.store) == 1
    assert site.spool.take(9) == []
    assert (site.recorder.counts.spooled, site.recorder.counts.delivered) == (1, 1)


def test_a_store_that_is_locked_is_tried_again(site: Site) -> None:
    site.store.before += [failing(LOCKED)] * 3

    assert site.grant().result(10) is Recorded.STORED


def test_one_bad_row_fails_alone(site: Site) -> None:
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    first = site.grant()
    assert is_writing.wait(10)
    results = [site.grant(), site.grant()]
    site.store.before += [failing(IntegrityError("INSERT", {}, Exception("a bad row")))]
    # The batch as a whole, and then its first row alone.
    site.store.before += [failing(IntegrityError("INSERT", {}, Exception("a bad row")))]

    goes_on.set()

    assert first.result(10) is Recorded.STORED
    assert "a bad row" in error_of(results[0])
    assert results[1].result(10) is Recorded.STORED


def test_a_grant_that_is_stored_too_late_is_void(hasty_site: Site) -> None:
    site = hasty_site
    goes_on = threading.Event()
    site.store.before += [lambda: goes_on.wait(10)]
    late = decision()
    future = site.recorder.record(late)

    message = error_of(future)
    wait_until(lambda: site.spool.take(1))
    goes_on.set()

    assert "did not answer in time" in message
    wait_until(lambda: site.voids() == {late.id})
    assert site.grant().result(10) is Recorded.STORED
    site.recorder.close()
    assert site.spool.take(9) == []
    assert site.recorder.counts.voided == 1
    assert check_store(site.store) == 3


def test_a_void_goes_before_whatever_is_stored_next(hasty_site: Site) -> None:
    site = hasty_site
    goes_on = threading.Event()
    site.store.before += [lambda: goes_on.wait(10)]
    late = site.grant()
    error_of(late)
    after = site.grant()

    goes_on.set()

    assert after.result(10) is Recorded.STORED
    kinds = [entry.kind for entry in stored(site.store)]
    assert kinds == [EntryKind.DECISION, EntryKind.VOID, EntryKind.DECISION]


def test_a_late_grant_that_was_not_stored_needs_no_void(hasty_site: Site) -> None:
    site = hasty_site

    def fail_late() -> None:
        goes_on.wait(10)
        raise FULL

    goes_on = threading.Event()
    site.store.before += [fail_late]
    error_of(site.grant())
    wait_until(lambda: site.spool.take(1))

    goes_on.set()

    wait_until(lambda: not site.spool.take(1))
    site.recorder.close()
    assert stored(site.store) == []


def test_a_grant_whose_commit_failed_is_void(site: Site) -> None:
    site.store.after += [failing(in_doubt())]
    doubtful = decision()

    assert "disk I/O error" in error_of(site.recorder.record(doubtful))

    wait_until(lambda: site.voids() == {doubtful.id})
    site.recorder.close()
    assert check_store(site.store) == 2


def test_a_late_refusal_is_spooled_and_stored_once(hasty_site: Site) -> None:
    site = hasty_site
    goes_on = threading.Event()
    site.store.before += [lambda: goes_on.wait(10)]

    result = site.refuse().result(10)
    goes_on.set()

    assert result is Recorded.SPOOLED
    wait_until(lambda: not site.spool.take(1))
    site.recorder.close()
    assert check_store(site.store) == 1


def test_a_decision_that_was_late_before_its_turn_is_not_stored(hasty_site: Site) -> None:
    site = hasty_site
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    refused = site.refuse()
    assert is_writing.wait(10)
    waiting = site.grant()

    error_of(waiting)
    refused.result(10)
    goes_on.set()

    site.recorder.close()
    assert check_store(site.store) == 1


def test_a_store_out_of_reach_lets_nobody_wait(hasty_site: Site) -> None:
    site = hasty_site
    is_back = threading.Event()
    writes = 0

    def fail_until_back() -> None:
        nonlocal writes
        writes += 1
        if not is_back.is_set():
            site.store.before.append(fail_until_back)
            raise LOCKED

    site.store.before += [fail_until_back]
    error_of(site.grant())
    wait_until(lambda: site.writer.is_down)

    assert "out of reach" in error_of(site.grant())
    assert site.refuse().result(10) is Recorded.SPOOLED
    is_back.set()

    wait_until(lambda: not site.writer.is_down)
    assert site.grant().result(10) is Recorded.STORED
    wait_until(lambda: not site.spool.take(1))
    assert writes > 1


def test_a_queue_that_is_full_refuses_grants_and_spools_refusals(
    sqlite_address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(sqlite_address, tmp_path, most_waiting=1)
    goes_on = threading.Event()
    is_writing = threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    accepted = [site.grant()]
    assert is_writing.wait(10)
    accepted.append(site.grant())

    assert "too many decisions wait" in error_of(site.grant())
    assert site.refuse().result(10) is Recorded.SPOOLED
    goes_on.set()

    assert [future.result(10) for future in accepted] == [Recorded.STORED] * 2
    site.recorder.close()
    assert check_store(site.store) == 3
    assert "1 decisions wait to be recorded" in caplog.text


@pytest.mark.parametrize("has_spool", [False, True], ids=["none", "broken"])
def test_a_refusal_takes_effect_where_there_is_no_spool(
    has_spool: bool, sqlite_address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken").write_text("not a database, and long enough to be looked at" * 20)
    seen: list[object] = []
    site = Site(
        sqlite_address,
        tmp_path,
        spool=has_spool and tmp_path / "broken",
        on_decision=seen.append,
    )
    site.store.before += [failing(FULL)]

    assert site.refuse().result(10) is Recorded.LOST

    site.recorder.close()
    assert site.recorder.counts.lost == 1
    assert len(seen) == 1
    assert "1 refusals have no record" in caplog.text


def test_refusals_are_lost_where_too_many_wait_for_the_spool(
    sqlite_address: str, tmp_path: Path
) -> None:
    site = Site(sqlite_address, tmp_path, most_waiting=0)

    assert site.refuse().result(10) is Recorded.LOST

    site.recorder.close()
    assert site.recorder.counts.lost == 1


def test_a_void_is_owed_although_the_spool_is_broken(
    sqlite_address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "spool").write_text("not a database, and long enough to be looked at" * 20)
    site = Site(sqlite_address, tmp_path, deadline_s=0.2)
    goes_on = threading.Event()
    site.store.before += [lambda: goes_on.wait(10)]
    late = decision()
    error_of(site.recorder.record(late))
    goes_on.set()

    wait_until(lambda: site.voids() == {late.id})

    site.recorder.close()
    assert "file is not a database" in caplog.text


def test_a_void_is_owed_although_it_cannot_be_spooled(
    sqlite_address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "spool").write_text("not a database, and long enough to be looked at" * 20)
    site = Site(sqlite_address, tmp_path)
    site.store.after += [failing(in_doubt())]
    doubtful = decision()
    error_of(site.recorder.record(doubtful))

    wait_until(lambda: site.voids() == {doubtful.id})

    site.recorder.close()
    assert "file is not a database" in caplog.text


def test_a_spool_is_delivered_once_its_store_is_not_locked(site: Site) -> None:
    site.spool.put(entries(2))
    site.store.before += [failing(FULL), failing(LOCKED), failing(in_doubt())]

    assert site.refuse().result(10) is Recorded.SPOOLED

    wait_until(lambda: not site.spool.take(1))
    site.recorder.close()
    assert check_store(site.store) == 3


def test_counts_that_cannot_be_stored_are_stored_later(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    fails = [True]
    count = ScriptedSession.count

    def fail_once(session: ScriptedSession, counted: Any) -> None:
        if fails.pop() if fails else False:
            raise LOCKED
        count(session, counted)

    monkeypatch.setattr(ScriptedSession, "count", fail_once)
    monkeypatch.setattr("consentgate.records.chores._BETWEEN_COUNTS_S", 0.0)
    site.recorder.count_shown(language="en", place="banner")

    def tallied() -> list[int]:
        with site.store.read() as reading:
            return [n for _, n in reading.tallies()]

    wait_until(tallied)

    assert tallied() == [1]
    assert "database is locked" in caplog.text


def test_a_void_of_a_closed_process_is_written_by_the_next(
    sqlite_address: str, tmp_path: Path
) -> None:
    site = Site(sqlite_address, tmp_path)
    doubtful = decision()
    site.store.after += [failing(in_doubt())]
    site.store.before += [lambda: None, *[failing(FULL)] * 50]
    error_of(site.recorder.record(doubtful))
    site.recorder.close()
    site.store.before.clear()
    before = site.voids()

    site.grant().result(10)
    site.recorder.close()

    assert before == set()
    assert site.voids() == {doubtful.id}
    with site.store.read() as reading:
        assert reading.entry(id_about(EntryKind.VOID, doubtful.id)) is not None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FULL, Trouble.STORAGE),
        (LOCKED, Trouble.CONNECTION),
        (database_error("locked", sqlite3.SQLITE_BUSY_SNAPSHOT), Trouble.CONNECTION),
        (database_error("I/O", sqlite3.SQLITE_IOERR_WRITE), Trouble.STORAGE),
        (database_error("read only", sqlite3.SQLITE_READONLY), Trouble.STORAGE),
        (database_error("cannot open", sqlite3.SQLITE_CANTOPEN), Trouble.STORAGE),
        (in_doubt(), Trouble.STORAGE),
        (OSError("no lock file"), Trouble.STORAGE),
        (IntegrityError("", {}, Exception()), Trouble.ROW),
        (ValueError(), Trouble.ROW),
        (DBAPIError("", {}, Exception("server closed the connection")), Trouble.CONNECTION),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_errors_are_told_apart(error: BaseException, expected: Trouble) -> None:
    assert trouble_of(error) is expected


def test_a_full_disk_of_postgresql_is_told_apart() -> None:
    cause = Exception("could not extend file")
    cause.sqlstate = "53100"  # type: ignore[attr-defined]

    assert trouble_of(DBAPIError("", {}, cause)) is Trouble.STORAGE
