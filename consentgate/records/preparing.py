"""What happens at an address before it is a store: its tables are checked, or made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from consentgate.errors import ConfigurationError
from consentgate.records.address import Backend, StoreAddress
from consentgate.records.engines import make_engine
from consentgate.records.migrations import check_schema
from consentgate.records.migrations.migrating import migrate
from consentgate.records.store import Store, reason_of


def open_existing(address: StoreAddress) -> Store:
    """Return the store, whose tables must be there."""
    if address.backend is Backend.SQLITE and not address.path.exists():
        raise ConfigurationError(f"there is no file {address.path}")
    with _explained(address), make_engine(address).connect() as connection, connection.begin():
        check_schema(connection, shown=address.shown)
    return Store(address)


def open_or_create(address: StoreAddress) -> Store:
    """Return the store; an SQLite file that holds nothing gets its tables first."""
    if address.backend is Backend.SQLITE and _holds_nothing(address):
        return migrate_and_open(address)
    return open_existing(address)


def migrate_and_open(address: StoreAddress) -> Store:
    """Return the store, brought to the newest version."""
    with _explained(address):
        migrate(address)
    return open_existing(address)


def _holds_nothing(address: StoreAddress) -> bool:
    with _explained(address), make_engine(address).connect() as connection, connection.begin():
        return not inspect(connection).get_table_names()


@contextmanager
def _explained(address: StoreAddress) -> Iterator[None]:
    """Say which store cannot be opened; the cause is left out of what is shown, since it holds the
    whole address."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        reason = reason_of(error).replace(address.password or "\0", "***")
        raise ConfigurationError(f"{address.shown} cannot be opened: {reason}") from None
