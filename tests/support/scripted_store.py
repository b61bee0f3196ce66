"""A store that fails when a test says so, and a site that keeps its records in it."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from consentgate.errors import RecordStoreError
from consentgate.gate.recording import Recorded
from consentgate.records.new_entries import NewEntry
from consentgate.records.opening import open_store
from consentgate.records.recorder import StoreRecorder
from consentgate.records.session import InDoubtError
from consentgate.records.spool import Spool
from consentgate.records.sqlite import SQLiteSession
from consentgate.records.store import Store
from consentgate.records.writer import Writer
from tests.support.records import decision, refusal, stored, voided

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


def error_of(future: Future[Recorded]) -> str:
    with pytest.raises(RecordStoreError) as caught:
        future.result(10)
    return str(caught.value)
