"""What a site's recorder does while its store works."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consentgate.choice.clock import utc_now
from consentgate.choice.decision import Decision
from consentgate.errors import ConfigurationError
from consentgate.gate.recording import Recorded, Recorder
from consentgate.records.opening import open_store
from consentgate.records.recorder import StoreRecorder
from consentgate.records.spool import Spool
from consentgate.records.tally import TallyKey
from tests.support.forked import Report, start_forked
from tests.support.records import NOON, check_store, decision, entries, refusal, stored, tallies
from tests.support.waiting import wait_until

Record = Callable[..., StoreRecorder]


@pytest.fixture
def recorder_of(tmp_path: Path) -> Iterator[Record]:
    """A function that makes a recorder, whose spool is in the test's folder."""
    made: list[StoreRecorder] = []

    def make(address: str, **options: Any) -> StoreRecorder:
        made.append(StoreRecorder(address, **{"spool": tmp_path, **options}))
        return made[-1]

    yield make
    for recorder in made:
        recorder.close()


def test_a_recorder_is_what_the_gate_knows_of_records(
    sqlite_address: str, recorder_of: Record
) -> None:
    recorder: Recorder = recorder_of(sqlite_address)

    assert recorder.record(decision()).result(10) is Recorded.STORED


def test_each_decision_is_stored_before_its_future_is_done(
    address: str, recorder_of: Record
) -> None:
    recorder = recorder_of(address)
    made = decision()

    result = recorder.record(made).result(10)

    assert result is Recorded.STORED
    with recorder.store.read() as reading:
        assert reading.entry(made.id) is not None


def test_many_at_once_are_all_stored_and_counted_once(address: str, recorder_of: Record) -> None:
    recorder = recorder_of(address)

    with ThreadPoolExecutor(20) as callers:
        futures = [callers.submit(recorder.record, decision()) for _ in range(1_500)]
    results = Counter(future.result().result(30) for future in futures)

    assert results == {Recorded.STORED: 1_500}
    assert recorder.counts.stored == 1_500
    recorder.close()
    assert check_store(recorder.store) == 1_500


@pytest.mark.postgres
def test_on_postgresql_entries_get_their_places_while_others_come(
    postgres_address: str, recorder_of: Record
) -> None:
    recorder = recorder_of(postgres_address)
    recorder.record(decision()).result(10)

    wait_until(lambda: stored(recorder.store))

    assert stored(recorder.store)[0].leaf_index == 0


def test_the_same_decision_twice_is_one_record(address: str, recorder_of: Record) -> None:
    recorder = recorder_of(address)
    made = decision()

    results = [recorder.record(made).result(10) for _ in range(2)]

    assert results == [Recorded.STORED, Recorded.STORED]
    assert check_store(recorder.store) == 1


def test_on_decision_is_called_once_in_another_thread(
    sqlite_address: str, recorder_of: Record
) -> None:
    calls: list[tuple[Decision, str]] = []
    recorder = recorder_of(
        sqlite_address,
        on_decision=lambda made: calls.append((made, threading.current_thread().name)),
    )
    made = [decision(), refusal()]

    for one in made:
        recorder.record(one).result(10)

    recorder.close()
    assert calls == [(one, "consentgate on_decision") for one in made]


def test_an_on_decision_that_fails_stops_nothing(
    sqlite_address: str, recorder_of: Record, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Decision] = []

    def fail(made: Decision) -> None:
        seen.append(made)
        raise ValueError("no such customer")

    recorder = recorder_of(sqlite_address, on_decision=fail)

    for _ in range(2):
        assert recorder.record(decision()).result(10) is Recorded.STORED

    recorder.close()
    assert len(seen) == 2
    assert caplog.messages == [
        "consentgate: on_decision failed: ValueError('no such customer')"
    ]  # once a minute


def test_an_on_decision_that_is_too_slow_misses_decisions(
    sqlite_address: str,
    recorder_of: Record,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("consentgate.records.announcer._MOST_WAITING", 1)
    goes_on = threading.Event()
    seen: list[Decision] = []

    def wait(made: Decision) -> None:
        seen.append(made)
        goes_on.wait(10)

    recorder = recorder_of(sqlite_address, on_decision=wait)
    recorder.record(decision()).result(10)
    wait_until(lambda: seen)

    for _ in range(3):
        recorder.record(decision()).result(10)

    goes_on.set()
    recorder.close()
    assert len(seen) == 2
    assert "on_decision is too slow" in caplog.text


def test_questions_that_were_shown_are_counted(address: str, recorder_of: Record) -> None:
    recorder = recorder_of(address, clock=lambda: NOON)

    recorder.count_shown(language="fr", place="banner")
    recorder.count_shown(language="fr", place="banner")
    recorder.count_shown(language="en", place="preferences")

    recorder.close()
    assert tallies(recorder.store) == {
        TallyKey(NOON.date(), "fr", "banner", "", "", "shown"): 2,
        TallyKey(NOON.date(), "en", "preferences", "", "", "shown"): 1,
    }


def test_counts_are_stored_while_the_process_runs(
    sqlite_address: str, recorder_of: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentgate.records.chores._BETWEEN_COUNTS_S", 0.0)
    recorder = recorder_of(sqlite_address)

    recorder.count_shown(language="fr", place="banner")

    wait_until(lambda: tallies(recorder.store))


def test_what_is_recorded_after_a_close_is_stored(sqlite_address: str, recorder_of: Record) -> None:
    recorder = recorder_of(sqlite_address)
    recorder.record(decision()).result(10)
    recorder.close()

    assert recorder.record(decision()).result(10) is Recorded.STORED


def test_a_recorder_that_recorded_nothing_starts_no_thread(
    sqlite_address: str, recorder_of: Record
) -> None:
    before = threading.active_count()

    recorder_of(sqlite_address)

    assert threading.active_count() == before


def test_a_close_stores_what_waits(sqlite_address: str, recorder_of: Record) -> None:
    recorder = recorder_of(sqlite_address)
    futures = [recorder.record(decision()) for _ in range(2_000)]

    recorder.close()

    assert all(future.done() for future in futures)
    assert check_store(recorder.store) == 2_000


def test_a_forked_process_has_its_own_thread_and_connection(
    address: str, recorder_of: Record
) -> None:
    recorder = recorder_of(address)
    recorder.record(decision()).result(10)

    def record_one(report: Report) -> None:  # pragma: no cover (in another process)
        report(recorder.record(decision()).result(10).value)
        recorder.close()

    child = start_forked(record_one)
    recorder.record(decision()).result(10)

    assert child.finish() == ["stored"]
    recorder.close()
    assert check_store(recorder.store) == 3


def test_a_spool_of_a_process_that_ended_is_delivered(
    address: str, recorder_of: Record, tmp_path: Path
) -> None:
    left = entries(3)
    Spool(tmp_path / "left").put(left)
    recorder = recorder_of(address, spool=tmp_path / "left")

    recorder.record(decision()).result(10)
    recorder.close()

    assert check_store(recorder.store) == 4
    assert recorder.counts.delivered == 3
    assert Spool(tmp_path / "left").take(9) == []


def test_an_entry_of_the_spool_that_cannot_be_stored_holds_up_no_other(
    sqlite_address: str, recorder_of: Record, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad, *good = entries(3)
    Spool(tmp_path / "left").put([bad, *good])
    with closing(sqlite3.connect(tmp_path / "left")) as connection:
        connection.execute("UPDATE entry SET commitment = NULL WHERE id = ?", (bad.id,))
        connection.commit()
    recorder = recorder_of(sqlite_address, spool=tmp_path / "left")

    recorder.record(decision()).result(10)
    recorder.close()

    assert check_store(recorder.store) == 3
    assert [entry.id for entry in Spool(tmp_path / "left").take(9)] == [bad.id]
    assert "cannot be stored" in caplog.text


def test_clocks_that_are_far_apart_are_reported(
    address: str, recorder_of: Record, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = recorder_of(address, clock=lambda: utc_now() - timedelta(minutes=6))

    recorder.record(decision()).result(10)
    recorder.close()

    (line,) = caplog.messages
    assert "clocks of the gate and of the store are 3" in line


def test_without_a_spool_none_is_made(
    sqlite_address: str, recorder_of: Record, tmp_path: Path
) -> None:
    recorder = recorder_of(sqlite_address, spool=False)

    recorder.record(refusal()).result(10)
    recorder.close()

    assert not [path for path in tmp_path.iterdir() if "spool" in path.name]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(True, "consent.db-spool", id="beside the store"),
        pytest.param("folder", "folder/consent-????????-spool", id="in a folder"),
        pytest.param("mine", "mine", id="a file"),
    ],
)
def test_the_spool_is_where_the_site_says(
    given: str | bool,
    expected: str,
    sqlite_address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    recorder = StoreRecorder(sqlite_address, spool=given)

    recorder._options["spool"].put(entries(1))

    assert len(list(tmp_path.glob(expected))) == 1


@pytest.mark.postgres
def test_the_spool_of_a_database_is_in_the_working_folder(
    postgres_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    recorder = StoreRecorder(postgres_address)

    recorder._options["spool"].put(entries(1))

    assert [path.name[-6:] for path in tmp_path.iterdir()] == ["-spool"]


@pytest.mark.parametrize(
    "webhooks",
    ["https://example.org/hook", ["ftp://example.org/hook"], ["https:///hook"]],
    ids=["no list", "another scheme", "no host"],
)
def test_webhooks_that_are_none_are_refused(webhooks: object, sqlite_address: str) -> None:
    with pytest.raises(ConfigurationError, match="webhook"):
        StoreRecorder(sqlite_address, webhooks=webhooks)  # type: ignore[arg-type]


def test_a_line_of_trouble_comes_once_a_minute(
    sqlite_address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [0.0]
    monkeypatch.setattr("consentgate.records.trouble_log.time.monotonic", lambda: now_s[0])
    troubles = StoreRecorder(sqlite_address, spool=False)._troubles

    for moment_s in (0.0, 59.0, 61.0):
        now_s[0] = moment_s
        troubles.report("store", "it is full")
        troubles.report("spool", "it is full")

    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 4


def test_the_store_of_a_recorder_can_be_read(sqlite_address: str, recorder_of: Record) -> None:
    recorder = recorder_of(sqlite_address)

    assert recorder.store.shown == open_store(sqlite_address).shown
