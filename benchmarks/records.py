"""What consent records cost: the stores against their drivers, several processes, a million rows.

    python -m benchmarks.records

Each number is a ratio to what was measured in the same run, beside its bar. PostgreSQL is the one
that the tests start. Rows with a slow disk need a C compiler, which makes a library that adds two
milliseconds to each fsync.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.records_log import LogMeasurement, measure_log
from benchmarks.rows import Bound
from consentgate.records.opening import migrate_store
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 3.0
PROCESSES = 4
MILLION = 1_000_000

Measured = dict[str, float]
Rows = Iterator[LogMeasurement]

# Our endpoint answers without records in some 75 microseconds, all of them in one thread.
ENDPOINT, ENDPOINT_SLOW = 0.15, 0.1
_BARS = {
    # (backend, is the disk slow, callers): least rate over that of the driver. The driver stores a
    # bare row; a decision has its JSON, its digest, its place in the tree and its count besides.
    ("SQLite", False, 200): 1.25,
    ("PostgreSQL", False, 200): 1.5,
    ("SQLite", True, 50): 8.0,
    ("SQLite", True, 200): 15.0,
    ("PostgreSQL", True, 50): 8.0,
    ("PostgreSQL", True, 200): 10.0,
}


def start(kind: str, address: str, *numbers: float, library: str = "") -> subprocess.Popen[str]:
    """Start a process that measures."""
    command = [sys.executable, "-m", "benchmarks.records_worker", kind, address]
    environment = {**os.environ, "LD_PRELOAD": library}
    return subprocess.Popen(
        [*command, *map(str, numbers)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )


def result(process: subprocess.Popen[str]) -> Measured:
    """Return what a process measured."""
    printed, _ = process.communicate()
    assert process.returncode == 0, "a measurement failed"
    measured: Measured = json.loads(printed.splitlines()[-1])
    return measured


def measure(kind: str, address: str, *numbers: float, library: str = "") -> Measured:
    """Measure in a process of its own."""
    return result(start(kind, address, *numbers, library=library))


def measure_store(backend: str, address: str, seconds: float, library: str) -> Rows:
    """Compare a store with its driver, by numbers of callers."""
    disk = " with a slow disk" if library else ""
    # The server of PostgreSQL has the library, not its client.
    preload = library if backend == "SQLite" else ""
    for callers in (1, 50, 200):
        before = measure("raw", address, seconds / 2, library=preload)
        ours = measure("record", address, callers, seconds, library=preload)
        after = measure("raw", address, seconds / 2, library=preload)
        raw = statistics.mean((before["rate"], after["rate"]))
        if callers == 1:
            slower_ms = ours["p50_ms"] - statistics.mean((before["p50_ms"], after["p50_ms"]))
            yield _at_most(f"{backend}{disk}: one caller waits longer", slower_ms, "ms", 1.0)
            continue
        title = f"{backend}{disk}: {callers} callers, {ours['rate']:,.0f} a second"
        bar = _BARS.get((backend, bool(library), callers))
        yield _at_least(title, ours["rate"] / raw, "x driver", bar or 0.0)
        if callers == 50 and not library:
            yield _at_most(f"{backend}: {callers} callers, p99", ours["p99_ms"], "ms", 100)


def measure_endpoint(backend: str, address: str, seconds: float, library: str) -> Rows:
    """Compare our endpoint with records with our endpoint without."""
    disk = " with a slow disk" if library else ""
    preload = library if backend == "SQLite" else ""
    for callers in (50, 200):
        without = measure("endpoint", "none", callers, seconds / 2)
        ours = measure("endpoint", address, callers, seconds, library=preload)
        title = f"{backend}{disk}: endpoint, {callers} callers, {ours['rate']:,.0f} a second"
        bar = ENDPOINT_SLOW if library else ENDPOINT
        yield _at_least(title, ours["rate"] / without["rate"], "x without", bar)
        if callers == 50 and not library:
            yield _at_most(f"{backend}: endpoint, 50 callers, p99", ours["p99_ms"], "ms", 100)


def measure_fairness(address: str, seconds: float) -> Rows:
    """Let four processes write to one SQLite file."""
    running = [start("record", address, 8, seconds) for _ in range(PROCESSES)]
    results = [result(process) for process in running]
    rates = [measured["rate"] for measured in results]
    share = min(rates) / statistics.mean(rates)
    yield _at_least("four processes on one SQLite file: slowest over mean", share, "", 0.5)
    p99_ms = max(measured["p99_ms"] for measured in results)
    yield _at_most("four processes on one SQLite file: p99", p99_ms, "ms", 1_000)


def measure_locks(address: str, locked_address: str, seconds: float) -> Rows:
    """Compare four writers to PostgreSQL and a sequencer with four that take turns."""
    sequencer = start("integrate", address, seconds)
    free = [start("batches", address, seconds) for _ in range(PROCESSES)]
    free_rate = sum(result(process)["rate"] for process in free)
    placed_rate = result(sequencer)["rate"]
    locked = [start("locked", locked_address, seconds) for _ in range(PROCESSES)]
    locked_rate = sum(result(process)["rate"] for process in locked)
    title = f"four writers to PostgreSQL, {free_rate:,.0f} a second ({placed_rate:,.0f} placed)"
    yield _at_least(title, free_rate / locked_rate, "x with a lock", 2.0)


def measure_delay(address: str, seconds: float) -> Rows:
    """Record a thousand decisions a second, and look how long entries wait for their places."""
    delay = measure("delay", address, 1_000, seconds)
    title = f"an entry without its place at {delay['rate']:,.0f} a second: p99"
    yield _at_most(title, delay["p99_ms"] / 1_000, "s", 1.0)


def measure_growth(address: str, size: int) -> Rows:
    """Fill a store, and read all of it at a quarter and at the whole of its size."""
    quarter = measure("grow", address, size / 4)
    whole = measure("grow", address, size)
    rate = (size - size / 4) / whole["fill_s"]
    ratio = whole["read_s"] / quarter["read_s"]
    yield _at_least(f"{size:,} entries: stored", rate, "a second", 0)
    yield _at_most(f"{size:,} entries: read and hashed in {whole['read_s']:.1f} s", ratio,
                   "x a quarter", 4.4)  # fmt: skip
    yield _at_most(f"{size:,} entries: root from the store", whole["root_ms"], "ms", 5)
    yield _at_most(f"{size:,} entries: counts", whole["tallies_s"], "s", 0.2)
    yield _at_most(f"{size:,} entries: memory grows while they are read", whole["grown_mb"],
                   "MB", 20)  # fmt: skip


@contextmanager
def slow_disk_library() -> Iterator[str]:
    """Compile the library that slows the disk; "" where there is no compiler."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the server of PostgreSQL has a user of its own
        compiler = shutil.which("cc")
        library = Path(folder, "slow_fsync.so")
        source = ROOT / "benchmarks" / "slow_fsync.c"
        if compiler:
            subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        yield str(library) if compiler else ""


@contextmanager
def running_postgres(library: str = "") -> Iterator[PostgresServer]:
    """Start a server, on a slow disk where there is a library for it."""
    before = os.environ.get("LD_PRELOAD", "")
    os.environ["LD_PRELOAD"] = library
    try:
        server = PostgresServer()
    finally:
        os.environ["LD_PRELOAD"] = before
    yield server
    server.stop()


def all_rows(seconds: float, size: int) -> Rows:
    """Measure everything, one row after another."""
    with tempfile.TemporaryDirectory() as folder, slow_disk_library() as library:
        for slow in filter(None, ("no", library)):
            preload = "" if slow == "no" else slow
            address = _sqlite(folder, slow)
            yield from measure_store("SQLite", address, seconds, preload)
            yield from measure_endpoint("SQLite", address, seconds, preload)
            with running_postgres(preload) as server:
                address = _migrated(server.create_database("store"))
                yield from measure_store("PostgreSQL", address, seconds, preload)
                yield from measure_endpoint("PostgreSQL", address, seconds, preload)
        yield from measure_fairness(_sqlite(folder, "fair"), seconds)
        with running_postgres() as server:
            addresses = [
                _migrated(server.create_database(name)) for name in ("free", "locked", "delay")
            ]
            yield from measure_locks(addresses[0], addresses[1], seconds)
            yield from measure_delay(addresses[2], seconds)
        yield from measure_growth(_sqlite(folder, "large"), size)
    yield from measure_log(size)


def _sqlite(folder: str, name: str) -> str:
    return _migrated(f"sqlite:///{folder}/{Path(name).name}.db")


def _migrated(address: str) -> str:
    migrate_store(address)
    return address


def _at_most(title: str, value: float, unit: str, bar: float) -> LogMeasurement:
    return LogMeasurement(title, value, unit, bar, Bound.AT_MOST)


def _at_least(title: str, value: float, unit: str, bar: float) -> LogMeasurement:
    return LogMeasurement(title, value, unit, bar, Bound.AT_LEAST)


def describe(row: LogMeasurement) -> str:
    """Return one line: the number, its bar, and whether it holds."""
    verdict = f"{row.bound} {row.bar:g}: {'holds' if row.holds else 'misses'}" if row.bar else ""
    return f"{row.title:70}{row.value:12,.3g} {row.unit:14}{verdict}".rstrip()


def main() -> None:
    """Print a line for each measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each row runs")
    parser.add_argument("--size", type=int, default=MILLION, help="entries of the large store")
    options = parser.parse_args()
    for row in all_rows(options.seconds, options.size):
        print(describe(row), flush=True)


if __name__ == "__main__":
    main()
