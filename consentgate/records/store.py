"""A store of consent records: what is read from it, and what is done to it as a whole.

Nothing that an entry says is changed without an entry that says so: `erase` and `purge` append one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from consentgate.choice.clock import utc_now
from consentgate.errors import RecordStoreError
from consentgate.records.address import Backend, StoreAddress
from consentgate.records.engines import make_engine
from consentgate.records.entries import EntryKind
from consentgate.records.new_entries import erasure_entry, microseconds, purge_entry
from consentgate.records.postgresql import PostgreSQLSession
from consentgate.records.reading import Reading, SavedCheckpoint
from consentgate.records.schema import checkpoint, delivery, log, record, verifier_key
from consentgate.records.session import Session
from consentgate.records.sqlite import SQLiteSession
from consentgate.records.statements import insert_new
from consentgate.records.tree import read_log, store_tiles

_DELETED_AT_ONCE = 5_000
"""Entries deleted in one transaction, so that nobody who writes waits for long."""

_BETWEEN_TRIES_S = 0.05


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: entries before `min_index` are deleted, `entries` of them now."""

    min_index: int
    entries: int


class Store:
    """The records at one address. Each call has a connection of its own, which it closes."""

    def __init__(self, address: StoreAddress) -> None:
        self.address = address
        self._engine = make_engine(address)

    @property
    def shown(self) -> str:
        """The address without user and password."""
        return self.address.shown

    def session(self) -> Session:
        """Return a connection that writes, for one thread, which closes it."""
        is_sqlite = self.address.backend is Backend.SQLITE
        kind = SQLiteSession if is_sqlite else PostgreSQLSession
        return kind(self.address, self._engine)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open a transaction that reads, all of one moment. Raises RecordStoreError where the
        database fails."""
        with self._explained(), self._engine.connect() as connection:
            if self.address.backend is Backend.POSTGRESQL:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield Reading(connection)

    def integrate(self) -> int:
        """Give all entries that wait their places in the tree; return how many got one. It is done
        while records are made, too, and here for what then ended."""
        with self._explained(), self._session() as session:
            done = 0
            while (placed := session.integrate()) != 0:
                if placed is None:
                    time.sleep(_BETWEEN_TRIES_S)
                done += placed or 0
            return done

    def erase(self, record_id: bytes, *, at: datetime | None = None) -> bool:
        """Erase what a record says, and append an entry which says so (GDPR art. 17); return False
        where it was erased before. Raises RecordStoreError where there is no such record."""
        self.integrate()
        moment = at or utc_now()
        with self._explained(), self._session() as session:
            with session.transaction() as connection:
                leaf_index = connection.scalar(
                    select(record.c.leaf_index).where(
                        record.c.id == record_id, record.c.kind == int(EntryKind.DECISION)
                    )
                )
                if leaf_index is None:
                    raise RecordStoreError(f"{self.shown} has no record {record_id.hex()}")
                erased = connection.execute(
                    update(record)
                    .where(record.c.id == record_id, record.c.erased_at.is_(None))
                    .values(payload=None, salt=None, erased_at=microseconds(moment))
                )
                if not erased.rowcount:
                    return False
                session.append(connection, erasure_entry(record_id, leaf_index, moment))
            session.forget_deleted()
            return True

    def purge(self, before: datetime, *, at: datetime | None = None) -> Purged:
        """Delete the entries that are older than a moment, from the beginning of the log to the
        first that is not; the tree keeps their hashes. An entry says from where on there are any.
        What an earlier purge left when it was ended is deleted, too."""
        self.integrate()
        with self._explained(), self._session() as session:
            with session.transaction() as connection:
                min_index = self._move_start(session, connection, before, at or utc_now())
            deleted = self._delete_entries(session, min_index)
            session.forget_deleted()
            return Purged(min_index, deleted)

    def name_log(self, origin: str, key_name: str) -> None:
        """Give the log its name, and that of the key which signs its checkpoints.

        Another name makes another log of the same entries: it is for one without a checkpoint, and
        for one that was rolled back.
        """
        with self._writing() as connection:
            connection.execute(update(log).values(origin=origin, key_name=key_name))

    def save_checkpoint(
        self,
        *,
        origin: str,
        size: int,
        root: bytes,
        note: str,
        timestamp: bytes | None = None,
        at: datetime | None = None,
    ) -> None:
        """Save a signed note; one of the same origin and size keeps its place, and gets the new
        note and time stamp."""
        saved_at = microseconds(at or utc_now())
        criteria = (checkpoint.c.origin == origin, checkpoint.c.size == size)
        changed = {"root": root, "note": note, "timestamp": timestamp, "saved_at": saved_at}
        with self._writing() as connection:
            if not connection.execute(update(checkpoint).where(*criteria).values(changed)).rowcount:
                row = {"origin": origin, "size": size, **changed}
                connection.execute(insert_new(connection, checkpoint), row)

    def checkpoint_published(self, saved: SavedCheckpoint, *, at: datetime | None = None) -> None:
        """Note that a checkpoint left the house."""
        criteria = (checkpoint.c.origin == saved.origin, checkpoint.c.size == saved.size)
        moment = microseconds(at or utc_now())
        with self._writing() as connection:
            connection.execute(update(checkpoint).where(*criteria).values(published_at=moment))

    def add_key(self, vkey: str, *, at: datetime | None = None) -> None:
        """Add a verifier key to the list; one that is in it stays as it is."""
        row = {"vkey": vkey, "added_at": microseconds(at or utc_now())}
        with self._writing() as connection:
            connection.execute(insert_new(connection, verifier_key), row)

    def retire_key(self, vkey: str, *, at: datetime | None = None) -> None:
        """Note that a key signs no more; it stays in the list, for what it signed."""
        moment = microseconds(at or utc_now())
        changed = update(verifier_key).where(verifier_key.c.vkey == vkey).values(retired_at=moment)
        with self._writing() as connection:
            connection.execute(changed)

    def _move_start(
        self, session: Session, connection: Connection, before: datetime, at: datetime
    ) -> int:
        """Return the index before which entries may be deleted, once an entry says so."""
        state = read_log(connection)
        before_us = microseconds(before)
        # By either clock: an entry that claims to be of the future keeps no other.
        first_kept = connection.scalar(
            select(record.c.leaf_index)
            .where(record.c.decided_at >= before_us, record.c.stored_at >= before_us)
            .where(record.c.leaf_index >= state.min_index)
            .order_by(record.c.leaf_index)
            .limit(1)
        )
        min_index = state.size if first_kept is None else first_kept
        if min_index <= state.min_index:
            return state.min_index
        # The hashes of a partial tile otherwise follow from its entries, which go now.
        store_tiles(connection, session.edge(connection).partial_tiles())
        connection.execute(update(log).values(min_index=min_index))
        session.append(connection, purge_entry(min_index, at))
        return min_index

    def _delete_entries(self, session: Session, min_index: int) -> int:
        deleted = 0
        with session.transaction() as connection:
            first = connection.scalar(
                select(record.c.leaf_index)
                .where(record.c.leaf_index >= 0)
                .order_by(record.c.leaf_index)
                .limit(1)
            )
        for start in range(min_index if first is None else first, min_index, _DELETED_AT_ONCE):
            stop = min(start + _DELETED_AT_ONCE, min_index)
            within = (record.c.leaf_index >= start, record.c.leaf_index < stop)
            with session.transaction() as connection:
                ids = select(record.c.id).where(*within)
                connection.execute(delete(delivery).where(delivery.c.record_id.in_(ids)))
                deleted += connection.execute(delete(record).where(*within)).rowcount
        return deleted

    @contextmanager
    def _session(self) -> Iterator[Session]:
        session = self.session()
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._explained(), self._session() as session, session.transaction() as connection:
            yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise RecordStoreError(f"{self.shown}: {reason_of(error)}") from error


def reason_of(error: BaseException) -> str:
    """Return what a database or the system said, in one line."""
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
