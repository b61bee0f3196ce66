"""Writes to an SQLite file: whoever writes is alone, so that each entry has its place in the tree
when it is committed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from consentgate.records.log.edge import Edge
from consentgate.records.new_entries import NewEntry
from consentgate.records.session import Session, insert_deliveries, record_row
from consentgate.records.statements import KNOWN_IDS
from consentgate.records.tally import PlacedEntry, add_counts, count_entries
from consentgate.records.tree import LogState, read_log

_COLUMNS = ("id", "kind", "decided_at", "payload", "salt", "commitment", "stored_at", "leaf_index")
# The driver's own statement: SQLAlchemy would wrap each value.
_INSERT = f"INSERT INTO record ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 (names of columns)


class SQLiteSession(Session):
    """One connection to an SQLite file."""

    def write(self, entries: Sequence[NewEntry]) -> None:
        """Store the entries that are not in the store yet, and extend the tree by them."""
        try:
            self._write(entries, are_new=True)
        except IntegrityError:  # rare: what was in doubt or spooled may be there already
            self._write(entries, are_new=False)

    def _write(self, entries: Sequence[NewEntry], *, are_new: bool) -> None:
        with self.transaction() as connection:
            state = read_log(connection)
            new = entries if are_new else _without_known(connection, entries)
            digests = self._insert_notices(connection, new)
            edge = self._extend(connection, state, new)
            insert_deliveries(connection, new)
        self._tree.keep(edge, state)
        self._keep_notices(digests)

    def append(self, connection: Connection, entry: NewEntry) -> None:
        """Store one entry in a transaction that does more."""
        self._extend(connection, read_log(connection), [entry])

    def _extend(self, connection: Connection, state: LogState, new: Sequence[NewEntry]) -> Edge:
        stored_at = self.clock_us()
        rows = [
            (*record_row(entry).values(), stored_at, index)
            for index, entry in enumerate(new, start=state.size)
        ]
        if not rows:
            return self._tree.edge(connection, state)
        connection.exec_driver_sql(_INSERT, rows)
        placed = [
            PlacedEntry(entry.id, entry.kind, entry.decided_at_us, entry.payload, index)
            for index, entry in enumerate(new, start=state.size)
        ]
        add_counts(connection, count_entries(connection, placed))
        return self._tree.extend(connection, state, [entry.commitment for entry in new])

    def integrate(self) -> int:
        """Return 0: nothing waits for its place."""
        return 0

    def forget_deleted(self) -> None:
        """Empty the write-ahead log, which has the pages as they were."""
        assert self._connection is not None, "something was deleted"
        driver: Any = self._connection.connection.driver_connection  # Any: of the driver
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def clock_us(self) -> int:
        """Return the moment by the machine's clock, which is that of the store."""
        return time.time_ns() // 1_000


def _without_known(connection: Connection, entries: Sequence[NewEntry]) -> list[NewEntry]:
    by_id = {entry.id: entry for entry in entries}
    for known in connection.scalars(KNOWN_IDS, {"ids": list(by_id)}):
        del by_id[known]
    return list(by_id.values())
