"""Processes that are killed at random points (kill -9): what was acknowledged is in the store."""

from __future__ import annotations

import random
import time
from pathlib import Path
from threading import Lock, Thread

import pytest

from consentgate.gate.recording import Recorded
from consentgate.records.new_entries import decision_entry
from consentgate.records.opening import open_store
from consentgate.records.outbox import Outbox
from consentgate.records.recorder import StoreRecorder
from consentgate.records.spool import Spool
from consentgate.records.trouble_log import TroubleLog
from consentgate.records.webhook import Webhook
from tests.support.forked import Report, start_forked
from tests.support.records import check_store, decision, entries, refusal, stored, write
from tests.support.waiting import wait_until
from tests.support.webhook_receiver import Receiver

pytestmark = [pytest.mark.fault, pytest.mark.slow]

ROUNDS = 25
CALLERS = 8


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(
    address: str, tmp_path: Path
) -> None:
    chance = random.Random(15)
    acknowledged: list[str] = []

    for _ in range(ROUNDS):
        child = start_forked(lambda report: _record_for_ever(address, tmp_path, report))
        acknowledged.append(next(child.read()))
        time.sleep(chance.uniform(0.0, 0.06))
        acknowledged += child.kill()

    store = open_store(address)
    size = check_store(store)
    known = {entry.id.hex() for entry in stored(store)}
    assert len(acknowledged) >= ROUNDS
    assert set(acknowledged) <= known
    assert size == len(known)


def test_a_spool_is_delivered_once_whenever_its_process_is_killed(
    address: str, tmp_path: Path
) -> None:
    chance = random.Random(7)
    spooled = entries(5_000)
    Spool(tmp_path / "spool").put(spooled)

    for _ in range(10):
        child = start_forked(lambda report: _record_for_ever(address, tmp_path, report))
        next(child.read())
        time.sleep(chance.uniform(0.0, 0.05))
        child.kill()
    last = StoreRecorder(address, spool=tmp_path / "spool")
    last.record(refusal()).result(30)
    last.close()

    check_store(last.store)
    known = [entry.id for entry in stored(last.store)]
    assert {entry.id for entry in spooled} <= set(known)
    assert len(known) == len(set(known))
    assert Spool(tmp_path / "spool").take(1) == []


@pytest.mark.law(36)
def test_each_webhook_gets_each_decision_although_processes_are_killed(
    sqlite_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a killed process claimed is sent by the next at once.
    monkeypatch.setattr("consentgate.records.outbox._CLAIM_S", 0.05)
    chance = random.Random(6)
    targets = ("first", "second")
    ids = set()
    with Receiver() as receiver:
        for _ in range(20):
            batch = [decision_entry(decision(), targets=targets) for _ in range(5)]
            ids |= {entry.id.hex() for entry in batch}
            write(open_store(sqlite_address), batch)
            child = start_forked(lambda report: _deliver(sqlite_address, receiver.url, report))
            next(child.read())
            time.sleep(chance.uniform(0.0, 0.03))
            child.kill()
        child = start_forked(lambda report: _deliver(sqlite_address, receiver.url, report))
        wait_until(lambda: not _deliveries_left(sqlite_address))
        child.kill()

    for target in targets:
        got = {r.headers["Idempotency-Key"] for r in receiver.requests if target in r.path}
        assert got == ids


def _record_for_ever(address: str, folder: Path, report: Report) -> None:  # pragma: no cover
    """Record decisions in several threads, and report each that was acknowledged."""
    recorder = StoreRecorder(address, spool=folder / "spool")
    one_at_a_time = Lock()

    def call() -> None:
        while True:
            made = decision()
            if recorder.record(made).result(30) is Recorded.STORED:
                with one_at_a_time:
                    report(made.id.hex())

    threads = [Thread(target=call, daemon=True) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _deliver(address: str, url: str, report: Report) -> None:  # pragma: no cover
    """Send what is due to two webhooks, again and again."""
    webhooks = [Webhook(f"{url}&to={name}", name=name) for name in ("first", "second")]
    outbox = Outbox(open_store(address).session(), webhooks, TroubleLog())
    report("started")
    while True:
        outbox.wake()
        time.sleep(0.005)


def _deliveries_left(address: str) -> int:
    with open_store(address).read() as reading:
        return reading.backlog().deliveries
