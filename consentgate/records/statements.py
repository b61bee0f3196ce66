"""Statements in the words of each database, made once: SQLAlchemy compiles each once, too."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Select

from consentgate.records.entries import EntryKind
from consentgate.records.schema import log, record, tally, tile

Insert = postgresql.Insert | sqlite.Insert


def insert_new(connection: Connection, table: Table) -> Insert:
    """Return the statement that inserts rows, save those whose key is there."""
    return _insert_new(connection.dialect.name, table)


def insert_or_replace_tile(connection: Connection) -> Insert:
    """Return the statement that stores a tile in the place of one with fewer hashes."""
    return _insert_or_replace_tile(connection.dialect.name)


def add_to_tally(connection: Connection) -> Insert:
    """Return the statement that adds to counts."""
    return _add_to_tally(connection.dialect.name)


def _insert(dialect: str, table: Table) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _insert_or_replace_tile(dialect: str) -> Insert:
    made = _insert(dialect, tile)
    return made.on_conflict_do_update(
        index_elements=[tile.c.level, tile.c.n], set_={"hashes": made.excluded.hashes}
    )


@cache
def _add_to_tally(dialect: str) -> Insert:
    made = _insert(dialect, tally)
    return made.on_conflict_do_update(
        index_elements=list(tally.primary_key.columns), set_={"n": tally.c.n + made.excluded.n}
    )


ALL_LOG: Select[Any] = select(log)  # Any: columns of several types

GROW_LOG: Update = (
    update(log).where(log.c.size == bindparam("old_size")).values(size=bindparam("new_size"))
)

KNOWN_IDS: Select[bytes] = select(record.c.id).where(
    record.c.id.in_(bindparam("ids", expanding=True))
)

COMMITMENTS: Select[bytes] = (
    select(record.c.commitment)
    .where(record.c.leaf_index >= bindparam("start"), record.c.leaf_index < bindparam("stop"))
    .order_by(record.c.leaf_index)
)

TILE: Select[bytes] = select(tile.c.hashes).where(
    tile.c.level == bindparam("level"), tile.c.n == bindparam("n")
)

PLACED_PAYLOAD: Select[Any] = select(record.c.payload).where(
    record.c.id == bindparam("id"), record.c.leaf_index < bindparam("before")
)


def placed_voids(first_us: int, last_us: int) -> str:
    """Return the statement, in the driver's own words, that selects the ids and places of voids of
    moments: it runs with each batch, and SQLAlchemy would take longer than the database.

    Its first condition is that of the index, to the letter: there are few entries of other kinds.
    """
    return (
        f"SELECT id, leaf_index FROM record WHERE kind <> 0 AND kind = {int(EntryKind.VOID)}"  # noqa: S608 (numbers)
        f" AND decided_at BETWEEN {int(first_us)} AND {int(last_us)} AND leaf_index IS NOT NULL"
    )
