"""Grants that are stored too late, or may have been: they were not given, so they are void."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from consentgate.gate.recording import Recorded
from consentgate.records.entries import EntryKind
from consentgate.records.new_entries import id_about
from tests.support.records import check_store, decision, stored
from tests.support.scripted_store import (
    FULL,
    LOCKED,
    ScriptedSession,
    Site,
    error_of,
    failing,
    in_doubt,
    signal_and_wait,
)
from tests.support.waiting import wait_until


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


def test_a_grant_that_nobody_waits_for_any_more_is_void(site: Site) -> None:
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    given_up = decision()
    future = site.recorder.record(given_up)
    assert is_writing.wait(10)

    assert future.cancel()
    goes_on.set()

    wait_until(lambda: site.voids() == {given_up.id})
    site.recorder.close()
    assert site.recorder.counts.stored == 0
    assert check_store(site.store) == 2


def test_a_grant_that_was_given_up_before_its_turn_is_not_stored(site: Site) -> None:
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    first = site.refuse()
    assert is_writing.wait(10)

    assert site.grant().cancel()
    goes_on.set()

    first.result(10)
    site.recorder.close()
    assert check_store(site.store) == 1


def test_a_grant_that_was_given_up_and_cannot_be_stored_harms_nobody(site: Site) -> None:
    goes_on, is_writing = threading.Event(), threading.Event()

    def fail() -> None:
        signal_and_wait(is_writing, goes_on)()
        raise FULL

    site.store.before += [fail]
    future = site.grant()
    assert is_writing.wait(10)

    assert future.cancel()
    goes_on.set()

    assert site.grant().result(10) is Recorded.STORED
    site.recorder.close()
    assert check_store(site.store) == 1


def test_a_refusal_is_stored_although_nobody_waits_for_it(site: Site) -> None:
    goes_on, is_writing = threading.Event(), threading.Event()
    site.store.before += [signal_and_wait(is_writing, goes_on)]
    future = site.refuse()
    assert is_writing.wait(10)

    assert future.cancel()
    goes_on.set()

    wait_until(lambda: stored(site.store))
    site.recorder.close()
    assert site.recorder.counts.stored == 1
    assert check_store(site.store) == 1
