"""Disks that are full, files that may not grow, stores that are locked: grants are not given, and
refusals take effect."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from consentgate.choice.decision import Notice, new_id
from consentgate.errors import RecordStoreError
from consentgate.gate.recording import Recorded
from consentgate.records.recorder import StoreRecorder
from consentgate.records.spool import Spool
from tests.support.records import check_store, decision, refusal, stored, voided

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow past a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root mounts a small disk")  # pragma: no cover
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")  # pragma: no cover
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(recorder: StoreRecorder) -> tuple[list[bytes], list[bytes]]:
    """Record large decisions until one is not stored; return the ids of those that were, and of
    the one that was not."""
    acknowledged: list[bytes] = []
    while True:
        made = decision(notice=Notice(new_id() * 16 + os.urandom(20_000), "en"))
        try:
            recorder.record(made).result(30)
        except RecordStoreError:
            return acknowledged, [made.id]
        acknowledged.append(made.id)


def check_outcome(recorder: StoreRecorder, acknowledged: list[bytes], refused: list[bytes]) -> None:
    """Check that grants are there, unless they were not given: then absent or void."""
    check_store(recorder.store)
    found = stored(recorder.store)
    known = {entry.id for entry in found} - voided(found)
    assert set(acknowledged) <= known
    assert not set(refused) & known


def test_a_file_that_may_not_grow_gives_no_grant_and_takes_refusals(
    sqlite_address: str, tmp_path: Path
) -> None:
    recorder = StoreRecorder(sqlite_address, spool=tmp_path / "spool")
    recorder.record(decision()).result(30)

    with longest_file(2_000_000):
        acknowledged, failed = fill(recorder)
        refused = refusal()
        result = recorder.record(refused).result(30)
    after = recorder.record(decision()).result(30)

    recorder.close()
    assert result in (Recorded.SPOOLED, Recorded.STORED)
    assert after is Recorded.STORED
    assert Spool(tmp_path / "spool").take(1) == []
    check_outcome(recorder, [*acknowledged, refused.id], failed)


def test_a_full_disk_gives_no_grant_and_takes_refusals(small_disk: Path, tmp_path: Path) -> None:
    recorder = StoreRecorder(f"sqlite:///{small_disk}/consent.db", spool=tmp_path / "spool")
    acknowledged, failed = fill(recorder)
    # What is small may still fit.
    refused = [refusal() for _ in range(20)]
    results = {recorder.record(one).result(30) for one in refused}
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)

    after = recorder.record(decision()).result(30)

    recorder.close()
    assert results <= {Recorded.SPOOLED, Recorded.STORED}
    assert after is Recorded.STORED
    check_outcome(recorder, [*acknowledged, *(one.id for one in refused)], failed)
    recorder.store._engine.dispose()


def test_a_locked_store_gives_no_grant_in_time_and_takes_refusals(
    sqlite_address: str, tmp_path: Path
) -> None:
    recorder = StoreRecorder(sqlite_address, spool=tmp_path / "spool", deadline_s=0.3)
    recorder.record(decision()).result(30)
    granted, refused = decision(), refusal()

    with closing(sqlite3.connect(tmp_path / "consent.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = recorder.record(granted), recorder.record(refused)
        with pytest.raises(RecordStoreError, match="did not answer in time"):
            futures[0].result(2)
        result = futures[1].result(2)
        other.execute("COMMIT")

    assert result is Recorded.SPOOLED
    recorder.close()
    next_one = StoreRecorder(sqlite_address, spool=tmp_path / "spool")
    next_one.record(decision()).result(30)
    next_one.close()
    check_outcome(next_one, [refused.id], [granted.id])


def test_a_full_spool_lets_refusals_take_effect(
    sqlite_address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = StoreRecorder(sqlite_address, spool=tmp_path / "spool", deadline_s=0.2)
    recorder._options["spool"] = Spool(tmp_path / "spool", most=2)

    with closing(sqlite3.connect(tmp_path / "consent.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        results = [recorder.record(refusal()).result(5) for _ in range(4)]
        other.execute("COMMIT")

    recorder.close()
    assert results == [Recorded.SPOOLED] * 2 + [Recorded.LOST] * 2
    assert recorder.counts.lost == 2
    assert "is full: it holds 2 entries" in caplog.text
