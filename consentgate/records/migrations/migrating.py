"""Brings a store's schema to the newest version."""

from __future__ import annotations

import secrets
from datetime import date

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select

from consentgate.choice.clock import utc_now
from consentgate.records.address import Backend, StoreAddress
from consentgate.records.engines import make_engine, writing
from consentgate.records.file_lock import FileLock
from consentgate.records.migrations import FOLDER
from consentgate.records.migrations.months import add_months
from consentgate.records.schema import log

_MIGRATING = 0x636F6E73656E7401
"""The key of PostgreSQL's lock on migrations."""


def migrate(address: StoreAddress, *, today: date | None = None) -> None:
    """Bring the schema to the newest version, in one transaction; on PostgreSQL also make the
    partitions of the coming months. Raises SQLAlchemyError."""
    with FileLock.of(address), writing(make_engine(address)).begin() as connection:
        if address.backend is Backend.POSTGRESQL:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _start_log(connection)
        if address.backend is Backend.POSTGRESQL:
            add_months(connection, today or utc_now().date())


def _start_log(connection: Connection) -> None:
    """Give a new log a name that no other has; a signed checkpoint must say which log it is of."""
    if connection.scalar(select(log.c.origin)) is None:
        name = f"consentgate/{secrets.token_hex(8)}"
        connection.execute(
            log.insert().values(only_one=0, origin=name, size=0, min_index=0, key_name="")
        )
