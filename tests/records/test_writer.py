"""What the writer does when its store fails, by each kind of failure."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from consentgate.gate.recording import Recorded
from consentgate.records import writer
from consentgate.records.session import Trouble, trouble_of
from tests.support.records import check_store, entries, stored
from tests.support.scripted_store import (
    FULL,
    LOCKED,
    Site,
    database_error,
    error_of,
    failing,
    in_doubt,
    signal_and_wait,
)
from tests.support.waiting import wait_until


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


def test_what_is_too_much_for_one_transaction_is_stored_in_several(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_ROWS", 2)
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    first = site.grant()
    assert is_writing.wait(10)
    others = [site.grant() for _ in range(3)]
    written: list[str] = []
    site.store.before += [lambda: written.append("two"), lambda: written.append("one")]

    goes_on.set()

    assert {one.result(10) for one in [first, *others]} == {Recorded.STORED}
    assert written == ["two", "one"]


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
    # One whose time is over before the writer comes to it is not tried at all.
    wait_until(lambda: error_of(site.grant()) and site.writer.is_down)

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


def test_a_spool_is_delivered_once_its_store_is_not_locked(site: Site) -> None:
    site.spool.put(entries(2))
    site.store.before += [failing(FULL), failing(LOCKED), failing(in_doubt())]

    assert site.refuse().result(10) is Recorded.SPOOLED

    wait_until(lambda: not site.spool.take(1))
    site.recorder.close()
    assert check_store(site.store) == 3


def test_a_recorder_that_is_closed_while_its_store_is_stuck_leaves_nobody_waiting(
    sqlite_address: str, tmp_path: Path
) -> None:
    site = Site(sqlite_address, tmp_path, deadline_s=60.0)
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    futures = [site.grant()]
    assert is_writing.wait(10)
    futures.append(site.refuse())
    writer, deadlines = site.writer, site.recorder._worker()._deadlines

    writer.close(0.01)
    deadlines.close()

    assert "did not answer in time" in error_of(futures[0])
    assert futures[1].result(10) is Recorded.SPOOLED
    assert "was closed" in error_of(site.grant())
    assert site.refuse().result(10) is Recorded.LOST
    goes_on.set()
    site.recorder.close()


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
