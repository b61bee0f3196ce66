"""Reads a store in one transaction, so that all answers are of one moment; entries come one after
another, however many there are."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from consentgate.choice.decision import Notice
from consentgate.records.entries import EntryKind, StoredEntry
from consentgate.records.new_entries import id_about, moment_of
from consentgate.records.schema import checkpoint, delivery, notice, record, tally, verifier_key
from consentgate.records.statements import TILE
from consentgate.records.tally import TallyKey
from consentgate.records.tree import LogState, StoredTiles, read_log

_ROWS_AT_ONCE = 1_000

_ENTRIES = select(
    record.c.seq,
    record.c.id,
    record.c.kind,
    record.c.decided_at,
    record.c.stored_at,
    record.c.payload,
    record.c.salt,
    record.c.commitment,
    record.c.leaf_index,
    record.c.erased_at,
)


@dataclass(frozen=True, slots=True)
class SavedCheckpoint:
    """A signed note of the log's size and root, as it was saved."""

    origin: str
    size: int
    root: bytes
    note: str
    timestamp: bytes | None
    saved_at: datetime
    published_at: datetime | None


class SavedKey(NamedTuple):
    """A verifier key of the log, and from when to when it signed (None: it does so now)."""

    vkey: str
    added_at: datetime
    retired_at: datetime | None


class Backlog(NamedTuple):
    """What waits: entries for their places in the tree (the oldest since `oldest_at`), deliveries
    for being sent, and those that were given up."""

    entries: int
    oldest_at: datetime | None
    deliveries: int
    given_up: int


class Reading:
    """One transaction that reads. It is a `TileReader` for proofs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tiles = StoredTiles(connection)

    def log(self) -> LogState:
        """Return the origin and size of the log."""
        return read_log(self._connection)

    def hashes(self, level: int, n: int) -> bytes:
        """Return the hashes of a tile: what is there of a partial one, b"" if nothing is."""
        return self._tiles.hashes(level, n)

    def stored_hashes(self, level: int, n: int) -> bytes:
        """Return the hashes that are stored of a tile, without those that follow from entries."""
        return self._connection.scalar(TILE, {"level": level, "n": n}) or b""

    def entries(self, start: int = 0, stop: int | None = None) -> Generator[StoredEntry]:
        """Yield the entries that are in the tree, in its order, from one index to before
        another."""
        query = _ENTRIES.where(record.c.leaf_index >= start).order_by(record.c.leaf_index)
        return self._stream(query if stop is None else query.where(record.c.leaf_index < stop))

    def entries_waiting(self) -> Generator[StoredEntry]:
        """Yield the entries that are not in the tree yet, in the order in which they came."""
        return self._stream(_ENTRIES.where(record.c.leaf_index.is_(None)).order_by(record.c.seq))

    def entry(self, entry_id: bytes) -> StoredEntry | None:
        """Return the entry with an id, None where there is none."""
        row = self._connection.execute(_ENTRIES.where(record.c.id == entry_id)).first()
        return None if row is None else _stored(row)

    def entry_at(self, leaf_index: int) -> StoredEntry | None:
        """Return the entry at an index of the tree, None where there is none."""
        return next(self.entries(leaf_index, leaf_index + 1), None)

    def is_voided(self, record_id: bytes) -> bool:
        """Return whether the grant of a record never took effect."""
        return self.entry(id_about(EntryKind.VOID, record_id)) is not None

    def entries_of(self, kind: EntryKind) -> Generator[StoredEntry]:
        """Yield the entries of a kind other than decisions: there are few of these."""
        # The first condition is that of the index, which is only used where it is said.
        query = _ENTRIES.where(record.c.kind != 0, record.c.kind == int(kind))
        return self._stream(query.order_by(record.c.seq))

    def notice(self, digest: bytes) -> Notice | None:
        """Return the notice with a digest, None where there is none."""
        row = self._connection.execute(select(notice).where(notice.c.digest == digest)).first()
        if row is None:
            return None
        return Notice(zlib.decompress(row.body), row.language, row.media_type)

    def notice_digests(self) -> list[tuple[bytes, datetime]]:
        """Return the digest of each notice, and when a decision on it was first stored."""
        query = select(notice.c.digest, notice.c.first_used).order_by(notice.c.first_used)
        return [(row.digest, moment_of(row.first_used)) for row in self._connection.execute(query)]

    def tallies(
        self, first: date | None = None, last: date | None = None
    ) -> Iterator[tuple[TallyKey, int]]:
        """Yield the counts of days, from the first to the last."""
        query = select(tally).order_by(*tally.primary_key.columns)
        if first is not None:
            query = query.where(tally.c.day >= first)
        if last is not None:
            query = query.where(tally.c.day <= last)
        for *key, n in self._connection.execute(query):
            yield TallyKey(*key), n

    def checkpoints(self) -> Iterator[SavedCheckpoint]:
        """Yield the checkpoints in the order in which they were saved."""
        columns = checkpoint.c
        for row in self._connection.execute(
            select(checkpoint).order_by(columns.saved_at, columns.size)
        ):
            yield SavedCheckpoint(
                row.origin,
                row.size,
                row.root,
                row.note,
                row.timestamp,
                moment_of(row.saved_at),
                _moment_or_none(row.published_at),
            )

    def keys(self) -> list[SavedKey]:
        """Return the verifier keys of the log, the oldest first."""
        query = select(verifier_key).order_by(verifier_key.c.added_at, verifier_key.c.vkey)
        return [
            SavedKey(row.vkey, moment_of(row.added_at), _moment_or_none(row.retired_at))
            for row in self._connection.execute(query)
        ]

    def backlog(self) -> Backlog:
        """Return what waits to be integrated or delivered."""
        entries = select(func.count(), func.min(record.c.stored_at)).where(
            record.c.leaf_index.is_(None)
        )
        deliveries = select(func.count(), func.count(delivery.c.next_at)).where(
            delivery.c.done_at.is_(None)
        )
        waiting, oldest = self._connection.execute(entries).one()
        undone, to_send = self._connection.execute(deliveries).one()
        return Backlog(waiting, _moment_or_none(oldest), to_send, undone - to_send)

    def _stream(self, query: Select[*tuple[Any, ...]]) -> Generator[StoredEntry]:
        rows = self._connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
        with rows:
            for row in rows:
                yield _stored(row)


def _stored(row: Sequence[Any]) -> StoredEntry:  # Any: columns of several types
    seq, entry_id, kind, *others = row
    return StoredEntry(seq, entry_id, EntryKind(kind), *others)


def _moment_or_none(us: int | None) -> datetime | None:
    return None if us is None else moment_of(us)
