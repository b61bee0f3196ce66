"""One process of the benchmarks of consent records; it prints what it measured as JSON.

python -m benchmarks.records_worker KIND ADDRESS [NUMBER ...]
"""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, MutableMapping
from contextlib import closing
from typing import Any

import psycopg
from sqlalchemy import text

from consentgate.asgi import ConsentMiddleware
from consentgate.choice.clock import utc_now
from consentgate.choice.decision import (
    CategoryState,
    DecidedCategory,
    Decision,
    DecisionKind,
    Notice,
    new_id,
)
from consentgate.gate.waiting import until_done
from consentgate.records.address import Backend, parse_address
from consentgate.records.entries import entry_of
from consentgate.records.log.edge import Edge
from consentgate.records.log.merkle import leaf_hash
from consentgate.records.log.tiles import tree_root
from consentgate.records.new_entries import NewEntry, decision_entry
from consentgate.records.opening import open_store
from consentgate.records.recorder import StoreRecorder
from consentgate.records.schema import record
from consentgate.records.session import record_row
from consentgate.records.statements import insert_new
from consentgate.records.store import Store
from tests.support.record_stores import POLICY

ROW_BYTES = 300
ROWS_IN_A_BATCH = 25
NOTICE = Notice(b'{"text":"May we count visits?"}' * 100, "en")

CHOICE = b"choice=accept"
SCOPE: dict[str, Any] = {  # Any: of several types
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/consent/",
    "query_string": b"",
    "server": ("testserver", 80),
    "client": ("127.0.0.1", 50_000),
    "headers": [
        (b"host", b"testserver"),
        (b"origin", b"http://testserver"),
        (b"accept", b"text/html"),
        (b"accept-language", b"en"),
        (b"sec-fetch-site", b"same-origin"),
        (b"sec-fetch-mode", b"navigate"),
        (b"sec-fetch-dest", b"document"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(CHOICE)).encode()),
    ],
}

Measured = dict[str, float]


def make_decision() -> Decision:
    """Return a decision on two categories."""
    return Decision(
        id=new_id(),
        decided_at=utc_now(),
        kind=DecisionKind.PARTIAL,
        categories={
            "statistics": DecidedCategory(CategoryState.GIVEN, "0123456789ab"),
            "marketing": DecidedCategory(CategoryState.REFUSED, "ba9876543210"),
        },
        notice=NOTICE,
        language="en",
        method="save",
        source="banner",
    )


def commit_rows(address: str, seconds: float) -> Measured:
    """Commit one row after another with the driver alone."""
    parsed = parse_address(address)
    commit = _sqlite_commit if parsed.backend is Backend.SQLITE else _postgresql_commit
    return commit(address, seconds)


def _sqlite_commit(address: str, seconds: float) -> Measured:
    path = f"{parse_address(address).path}-raw"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS raw (id BLOB UNIQUE, payload BLOB)")
        return _rate(
            lambda: connection.execute(
                "INSERT INTO raw VALUES (?, ?)", (new_id(), b"x" * ROW_BYTES)
            ),
            seconds,
        )


def _postgresql_commit(address: str, seconds: float) -> Measured:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raw (id bytea UNIQUE, payload bytea)")
        return _rate(
            lambda: connection.execute(
                "INSERT INTO raw VALUES (%s, %s)", (new_id(), b"x" * ROW_BYTES)
            ),
            seconds,
        )


def _rate(act: Callable[[], object], seconds: float) -> Measured:
    done, spent = 0, []
    started = last = time.perf_counter()
    while last - started < seconds:
        act()
        now = time.perf_counter()
        spent.append(now - last)
        last = now
        done += 1
    return {"rate": done / (last - started), **_percentiles(spent)}


def record_decisions(address: str, callers: float, seconds: float) -> Measured:
    """Record decisions from so many tasks of one event loop, each of which awaits its own."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = StoreRecorder(address, spool=folder)
        measured = asyncio.run(_record(recorder, int(callers), seconds))
        recorder.close()
    return measured


async def _record(recorder: StoreRecorder, callers: int, seconds: float) -> Measured:
    async def record() -> None:
        recorded = recorder.record(make_decision())
        await until_done(recorded)  # as the middleware does
        recorded.result()

    await record()
    spent: list[float] = []
    started = time.perf_counter()

    async def call() -> None:
        last = time.perf_counter()
        while last - started < seconds:
            await record()
            now = time.perf_counter()
            spent.append(now - last)
            last = now

    await asyncio.gather(*(call() for _ in range(callers)))
    return {"rate": len(spent) / (time.perf_counter() - started), **_percentiles(spent)}


def ask_endpoint(address: str, callers: float, seconds: float) -> Measured:
    """Send choices to our endpoint, each with its answer awaited, from so many tasks of one event
    loop; `address` is that of the store, "none" without records. No socket is between."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = None if address == "none" else StoreRecorder(address, spool=folder)
        app = ConsentMiddleware(_never_asked, policy=POLICY, secret_key="x" * 32, records=recorder)
        measured = asyncio.run(_ask(app, int(callers), seconds))
        if recorder is not None:
            recorder.close()
    return measured


async def _never_asked(scope: object, receive: object, send: object) -> None:
    raise AssertionError("the gate answers by itself")


async def _ask(app: ConsentMiddleware, callers: int, seconds: float) -> Measured:
    spent: list[float] = []

    async def receive() -> dict[str, Any]:  # Any: of several types
        return {"type": "http.request", "body": CHOICE, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        assert message.get("status", 303) == 303, message

    async def ask() -> float:
        last = time.perf_counter()
        await app({**SCOPE, "headers": [*SCOPE["headers"]]}, receive, send)
        return time.perf_counter() - last

    async def call() -> None:
        while time.perf_counter() - started < seconds:
            spent.append(await ask())

    await ask()  # what is made once: threads, connections, the notice
    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return {"rate": len(spent) / (time.perf_counter() - started), **_percentiles(spent)}


def _percentiles(spent: list[float]) -> Measured:
    spent.sort()
    return {
        "p50_ms": 1_000 * spent[len(spent) // 2],
        "p99_ms": 1_000 * spent[int(len(spent) * 0.99)],
    }


def write_batches(address: str, seconds: float) -> Measured:
    """Write batches as the writer does, while others do so, too."""
    session = open_store(address).session()
    measured = _rate(lambda: session.write(_batch()), seconds)
    session.close()
    return {**measured, "rate": measured["rate"] * ROWS_IN_A_BATCH}


def write_locked_batches(address: str, seconds: float) -> Measured:
    """Write batches that get their places under a lock, in the transaction that stores them."""
    session = open_store(address).session()

    def write() -> None:
        with session.transaction() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
            connection.execute(insert_new(connection, record), [record_row(e) for e in _batch()])
            connection.execute(text("UPDATE log SET size = size + 1"))

    measured = _rate(write, seconds)
    session.close()
    return {**measured, "rate": measured["rate"] * ROWS_IN_A_BATCH}


def integrate(address: str, seconds: float) -> Measured:
    """Give entries their places, five times a second."""
    session = open_store(address).session()
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < seconds:
        placed = session.integrate() or 0
        done += placed
        time.sleep(0 if placed else 0.2)
    session.close()
    return {"rate": done / seconds}


def delay_of_places(address: str, rate: float, seconds: float) -> Measured:
    """Record so many decisions a second; return the age of the oldest that has no place yet."""
    ages: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        recorder = StoreRecorder(address, spool=folder)
        started = time.perf_counter()
        number = 0
        while (elapsed := time.perf_counter() - started) < seconds:
            for _ in range(int(elapsed * rate) - number):
                recorder.record(make_decision())
                number += 1
            with recorder.store.read() as reading:
                oldest = reading.backlog().oldest_at
            ages.append(0.0 if oldest is None else (utc_now() - oldest).total_seconds())
            time.sleep(0.02)
        recorder.close()
    return {"rate": number / seconds, **_percentiles(ages)}


def grow(address: str, size: float) -> Measured:
    """Fill a store up to so many entries; return how long reading all of them takes."""
    store = open_store(address)
    with store.read() as reading:
        missing = int(size) - reading.log().size
    session = store.session()
    started = time.perf_counter()
    for start in range(0, missing, 512):
        session.write([_entry() for _ in range(min(512, missing - start))])
        session.integrate()
    session.close()
    store.integrate()
    return {"fill_s": time.perf_counter() - started, **_read_all(store)}


def _read_all(store: Store) -> Measured:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with store.read() as reading:
        edge, leaves = Edge(), []
        for entry in reading.entries():
            leaves.append(leaf_hash(entry_of(entry.commitment)))
            if len(leaves) == 1_000:
                edge, leaves = edge.append(leaves)[0], []
        edge = edge.append(leaves)[0]
        read = time.perf_counter()
        assert edge.root() == tree_root(reading, edge.size)
        rooted = time.perf_counter()
        counts = list(reading.tallies())
        tallied = time.perf_counter()
    assert counts
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "read_s": read - started,
        "root_ms": 1_000 * (rooted - read),
        "tallies_s": tallied - rooted,
        "grown_mb": (after - before) / 1_024,
    }


def _entry() -> NewEntry:
    return decision_entry(make_decision())


def _batch() -> list[NewEntry]:
    return [_entry() for _ in range(ROWS_IN_A_BATCH)]


KINDS: dict[str, Callable[..., Measured]] = {
    "raw": commit_rows,
    "record": record_decisions,
    "endpoint": ask_endpoint,
    "batches": write_batches,
    "locked": write_locked_batches,
    "integrate": integrate,
    "delay": delay_of_places,
    "grow": grow,
}


def main() -> None:
    """Measure what the command line says, and print it."""
    kind, address, *numbers = sys.argv[1:]
    print(json.dumps(KINDS[kind](address, *map(float, numbers))))


if __name__ == "__main__":
    main()
