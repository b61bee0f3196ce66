"""One connection that writes to a store, for one thread; what both databases do alike."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from consentgate.choice.decision import Notice
from consentgate.errors import RecordStoreError
from consentgate.records.address import StoreAddress
from consentgate.records.engines import make_engine, writing
from consentgate.records.file_lock import FileLock
from consentgate.records.log.edge import Edge
from consentgate.records.new_entries import NewEntry
from consentgate.records.schema import delivery, notice
from consentgate.records.statements import insert_new
from consentgate.records.tally import TallyKey, add_counts
from consentgate.records.tree import Tree, read_log

_MOST_NOTICES = 1_000
_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6  # https://www.sqlite.org/rescode.html
_POSTGRESQL_DISK_FULL = "53100"


class InDoubtError(RecordStoreError):
    """The database failed while it committed: the entries are in the store, or they are not."""


class Trouble(Enum):
    """Why a batch was not written. ROW: one of its rows cannot be. STORAGE: the disk is full or
    broken, or the tables are not there. CONNECTION: the database is locked or out of reach, and
    trying again may help."""

    ROW = "row"
    STORAGE = "storage"
    CONNECTION = "connection"


def trouble_of(error: BaseException) -> Trouble:
    """Return what an error of a session means."""
    cause = error.__cause__ if isinstance(error, InDoubtError) else error
    if isinstance(cause, OSError):
        return Trouble.STORAGE
    if not isinstance(cause, SQLAlchemyError) or isinstance(cause, IntegrityError | DataError):
        return Trouble.ROW
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:  # the low byte is the kind, what is above it the place
        is_held = code & 0xFF in (_SQLITE_BUSY, _SQLITE_LOCKED)
        return Trouble.CONNECTION if is_held else Trouble.STORAGE
    is_full = getattr(original, "sqlstate", None) == _POSTGRESQL_DISK_FULL
    return Trouble.STORAGE if is_full else Trouble.CONNECTION


class Session(ABC):
    """Writes in transactions. The connection is opened when it is needed, and closed after an
    error, so that the next transaction has a new one."""

    def __init__(self, address: StoreAddress, engine: Engine | None = None) -> None:
        self._engine = writing(engine or make_engine(address))
        self._lock = FileLock.of(address)
        self._connection: Connection | None = None
        self._known_notices: set[bytes] = set()
        self._tree = Tree()

    @abstractmethod
    def write(self, entries: Sequence[NewEntry]) -> None:
        """Store the entries that are not in the store yet, with their notices and deliveries, all
        or none. Raises InDoubtError where it may be either, and whatever the database raises."""

    @abstractmethod
    def append(self, connection: Connection, entry: NewEntry) -> None:
        """Store one entry in a transaction of this session that does more."""

    @abstractmethod
    def integrate(self) -> int | None:
        """Give entries that wait their places in the tree; return how many got one, None where
        another does so now."""

    @abstractmethod
    def clock_us(self) -> int:
        """Return the moment by the clock of the store."""

    def forget_deleted(self) -> None:  # noqa: B027 (PostgreSQL does it in time)
        """Remove what was deleted from where the database still has it, if it can be done now."""

    def edge(self, connection: Connection) -> Edge:
        """Return the right edge of the tree."""
        return self._tree.edge(connection, read_log(connection))

    def probe(self) -> None:
        """Return if the store can be written to now, as far as this can be seen."""
        with self.transaction() as connection:
            read_log(connection)

    def count(self, counted: Mapping[TallyKey, int]) -> None:
        """Add to the tally."""
        with self.transaction() as connection:
            add_counts(connection, counted)

    def close(self) -> None:
        """Close the connection; the next transaction opens one."""
        connection, self._connection = self._connection, None
        self._known_notices.clear()
        if connection is not None:
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end."""
        try:
            with self._lock, self._committed() as connection:
                yield connection
        except BaseException:
            self._drop()
            raise

    @contextmanager
    def _committed(self) -> Iterator[Connection]:
        if self._connection is None:
            self._connection = self._engine.connect()
        transaction = self._connection.begin()
        try:
            yield self._connection
        except BaseException:
            transaction.close()
            raise
        try:
            transaction.commit()
        except SQLAlchemyError as error:
            raise InDoubtError("the database failed while it committed") from error

    def _drop(self) -> None:
        with suppress(SQLAlchemyError):  # it may be broken
            self.close()

    def _insert_notices(self, connection: Connection, entries: Sequence[NewEntry]) -> set[bytes]:
        """Store what nobody knows to be stored; return the digests, known once committed."""
        notices = {
            entry.notice.digest: (entry.notice, entry.decided_at_us)
            for entry in entries
            if entry.notice is not None and entry.notice.digest not in self._known_notices
        }
        if notices:
            rows = [
                _notice_row(digest, shown, first_used)
                for digest, (shown, first_used) in sorted(notices.items())
            ]
            connection.execute(insert_new(connection, notice), rows)
        return set(notices)

    def _keep_notices(self, digests: set[bytes]) -> None:
        if len(self._known_notices) + len(digests) > _MOST_NOTICES:
            self._known_notices.clear()
        self._known_notices |= digests


def insert_deliveries(connection: Connection, entries: Sequence[NewEntry]) -> None:
    """Store what is to be delivered, at once."""
    rows = [
        {
            "record_id": entry.id,
            "target": target,
            "decided_at": entry.decided_at_us,
            "attempts": 0,
            "next_at": 0,
            "last_error": "",
        }
        for entry in entries
        for target in entry.targets
    ]
    if rows:
        connection.execute(insert_new(connection, delivery), rows)


def record_row(entry: NewEntry) -> dict[str, Any]:  # Any: columns of several types
    """Return the columns of an entry that do not depend on the database."""
    return {
        "id": entry.id,
        "kind": int(entry.kind),
        "decided_at": entry.decided_at_us,
        "payload": entry.payload,
        "salt": entry.salt,
        "commitment": entry.commitment,
    }


def _notice_row(digest: bytes, shown: Notice, first_used: int) -> dict[str, Any]:
    return {
        "digest": digest,
        "language": shown.language,
        "media_type": shown.media_type,
        "body": zlib.compress(shown.body),
        "first_used": first_used,
    }
