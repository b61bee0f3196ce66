"""Connections to the two databases, none of which outlives its use or a fork.

SQLite: write-ahead log, each commit on disk before it counts (synchronous=FULL), and a transaction
that writes begins as one (BEGIN IMMEDIATE), since one that reads first cannot wait for another.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url

from consentgate.records.address import Backend, StoreAddress

LONGEST_WAIT_S = 5
"""How long a connection waits for another that writes, or for the database's host."""

_WRITES = "consentgate_writes"


def make_engine(address: StoreAddress) -> Engine:
    """Return an engine whose transactions read. No connection is kept in a pool, so that none is
    used by a process that was forked."""
    if address.backend is Backend.SQLITE:
        return _sqlite_engine(address)
    return create_engine(
        make_url(address.url),
        poolclass=NullPool,
        # Prepared statements are not for poolers that give a connection to many clients.
        connect_args={
            "connect_timeout": LONGEST_WAIT_S,
            "application_name": "consentgate",
            "prepare_threshold": None,
        },
    )


def writing(engine: Engine) -> Engine:
    """Return the same engine, whose transactions write."""
    return engine.execution_options(**{_WRITES: True})


def _sqlite_engine(address: StoreAddress) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(address.path)),
        poolclass=NullPool,
        # None: the driver begins no transaction of its own.
        connect_args={"timeout": LONGEST_WAIT_S, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(connection: sqlite3.Connection, _: object) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options: Any = connection.get_execution_options()  # Any: keys of others are in it too
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")
