"""Writes to a PostgreSQL database. Whoever writes waits for nobody; entries get their places in
the tree from whoever takes an advisory lock next."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, text

from consentgate.records.entries import EntryKind
from consentgate.records.new_entries import NewEntry
from consentgate.records.schema import record
from consentgate.records.session import Session, insert_deliveries, record_row
from consentgate.records.tally import PlacedEntry, add_counts, count_entries
from consentgate.records.tree import read_log

MOST_INTEGRATED = 5_000
"""Entries that get their places in one transaction."""

_INTEGRATING = 0x636F6E73656E7402
"""The key of the lock on the tree."""

_TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_INTEGRATING})")
_CLOCK = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")

# By seq alone, never by "seq > the last one": a lower one may be committed later.
_WAITING = (
    select(record.c.id, record.c.decided_at, record.c.kind, record.c.payload, record.c.commitment)
    .where(record.c.leaf_index.is_(None))
    .order_by(record.c.seq)
    .limit(MOST_INTEGRATED)
)

# One message for all rows, where `executemany` sends one for each.
_INSERT = text(
    "INSERT INTO record (id, kind, decided_at, payload, salt, commitment)"
    " SELECT * FROM unnest(CAST(:id AS bytea[]), CAST(:kind AS smallint[]),"
    " CAST(:decided_at AS bigint[]), CAST(:payload AS bytea[]), CAST(:salt AS bytea[]),"
    " CAST(:commitment AS bytea[])) ON CONFLICT DO NOTHING"
)

_PLACE = text(
    "UPDATE record SET leaf_index = placed.leaf_index FROM"
    " unnest(CAST(:ids AS bytea[]), CAST(:moments AS bigint[]), CAST(:indexes AS bigint[]))"
    " AS placed (id, decided_at, leaf_index)"
    " WHERE record.id = placed.id AND record.decided_at = placed.decided_at"
).bindparams(bindparam("ids"), bindparam("moments"), bindparam("indexes"))


class PostgreSQLSession(Session):
    """One connection to a PostgreSQL database."""

    def write(self, entries: Sequence[NewEntry]) -> None:
        """Store the entries that are not in the store yet."""
        with self.transaction() as connection:
            digests = self._insert_notices(connection, entries)
            _insert(connection, entries)
            insert_deliveries(connection, entries)
        self._keep_notices(digests)

    def append(self, connection: Connection, entry: NewEntry) -> None:
        """Store one entry in a transaction that does more."""
        _insert(connection, [entry])

    def integrate(self) -> int | None:
        """Give entries that wait their places in the tree; return how many got one, None where
        another does so now."""
        with self.transaction() as connection:
            if not connection.scalar(_TRY_LOCK):
                return None
            waiting = connection.execute(_WAITING).all()
            if not waiting:
                return 0
            state = read_log(connection)
            edge = self._tree.extend(connection, state, [row.commitment for row in waiting])
            places = {
                "ids": [row.id for row in waiting],
                "moments": [row.decided_at for row in waiting],
                "indexes": list(range(state.size, edge.size)),
            }
            connection.execute(_PLACE, places)
            placed = [
                PlacedEntry(row.id, EntryKind(row.kind), row.decided_at, row.payload, index)
                for row, index in zip(waiting, places["indexes"])
            ]
            add_counts(connection, count_entries(connection, placed))
        self._tree.keep(edge, state)
        return len(waiting)

    def clock_us(self) -> int:
        """Return the moment by the clock of the database."""
        with self.transaction() as connection:
            moment: int = connection.scalar(_CLOCK) or 0
        return moment


def _insert(connection: Connection, entries: Sequence[NewEntry]) -> None:
    rows = [record_row(entry) for entry in entries]
    connection.execute(_INSERT, {name: [row[name] for row in rows] for name in rows[0]})
