"""A small SQLite file on this machine for what could not be stored: refusals and withdrawals, which
take effect all the same, and voids of grants that were stored too late.

A row is deleted only after the store committed it, and stored by its id: it is delivered once,
whenever a process ends. Each call has a connection of its own; several processes may share a file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from consentgate.choice.decision import Notice
from consentgate.errors import ConfigurationError, RecordStoreError
from consentgate.records.entries import EntryKind
from consentgate.records.new_entries import NewEntry

MOST_SPOOLED = 100_000
"""Entries in one spool, some 100 MB at most; what comes after these is lost, and counted."""

_LONGEST_WAIT_S = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notice (
    digest BLOB PRIMARY KEY, body BLOB, language TEXT, media_type TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
    id BLOB UNIQUE, kind INTEGER, decided_at INTEGER, payload BLOB, salt BLOB, commitment BLOB,
    notice BLOB, targets TEXT
);
"""

_PUT = "INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_NOTICE = "INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?)"

# What says that a grant was none goes before everything else.
_TAKE = f"""
SELECT id, kind, decided_at, payload, salt, commitment, targets, body, notice.language, media_type
FROM entry LEFT JOIN notice ON notice.digest = entry.notice
ORDER BY kind <> {int(EntryKind.VOID)}, entry.rowid LIMIT ?
"""  # noqa: S608 (a number)


class SpoolError(RecordStoreError):
    """The spool is full, or its file is broken."""


class Spool:
    """The spool at a path. The file is made when something is put into it.

    Raises ConfigurationError where there can be no such file. Its calls raise SpoolError.
    """

    def __init__(self, path: Path, *, most: int = MOST_SPOOLED) -> None:
        if path.is_dir() or not path.parent.is_dir():
            raise ConfigurationError(
                f"spool={str(path)!r} is a folder, or in none that exists; name a file in a folder "
                "that the server may write to"
            )
        self._path = path
        self._most = most

    def put(self, entries: Sequence[NewEntry]) -> None:
        """Keep entries, all or none."""
        with self._open() as connection:
            ((held,),) = connection.execute("SELECT count(*) FROM entry")
            if held + len(entries) > self._most:
                raise SpoolError(f"the spool {self._path} is full: it holds {held} entries")
            notices = {entry.notice.digest: entry.notice for entry in entries if entry.notice}
            connection.executemany(
                _PUT_NOTICE,
                [(key, n.body, n.language, n.media_type) for key, n in notices.items()],
            )
            connection.executemany(_PUT, map(_row, entries))

    def take(self, most: int) -> list[NewEntry]:
        """Return entries to deliver, voids first, then the oldest; they stay until removed."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            return [_entry(row) for row in connection.execute(_TAKE, (most,))]

    def remove(self, ids: Iterable[bytes]) -> None:
        """Delete entries that the store has."""
        if not self._path.exists():
            return
        with self._open() as connection:
            connection.executemany(
                "DELETE FROM entry WHERE id = ?", [(entry_id,) for entry_id in ids]
            )
            connection.execute(
                "DELETE FROM notice WHERE digest NOT IN"
                " (SELECT notice FROM entry WHERE notice IS NOT NULL)"
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self._path, timeout=_LONGEST_WAIT_S, isolation_level=None)
            ) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}")
                yield connection
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise SpoolError(f"the spool {self._path}: {error}") from error


def _row(entry: NewEntry) -> tuple[object, ...]:
    return (
        entry.id,
        int(entry.kind),
        entry.decided_at_us,
        entry.payload,
        entry.salt,
        entry.commitment,
        None if entry.notice is None else entry.notice.digest,
        json.dumps(entry.targets),
    )


def _entry(row: Sequence[Any]) -> NewEntry:  # Any: columns of several types
    entry_id, kind, decided_at_us, payload, salt, commitment, targets, *shown = row
    return NewEntry(
        entry_id,
        EntryKind(kind),
        decided_at_us,
        payload,
        salt,
        commitment,
        None if shown[0] is None else Notice(*shown),
        tuple(json.loads(targets)),
    )
