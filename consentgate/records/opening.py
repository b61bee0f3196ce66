"""Opens a store, or says which package is missing.

SQLAlchemy is imported when a store is opened, so that a site without records does not need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from consentgate.errors import ConfigurationError
from consentgate.records.address import Backend, StoreAddress, parse_address

if TYPE_CHECKING:
    from consentgate.records.store import Store

_NEEDED = {Backend.SQLITE: ("sqlalchemy",), Backend.POSTGRESQL: ("sqlalchemy", "psycopg")}


def open_store(address: str) -> Store:
    """Return the store at an address. Raises ConfigurationError where there is none, or its tables
    are not those of this release."""
    return _prepared("open_existing", address)


def create_store(address: str) -> Store:
    """Return the store at an address; an SQLite file that does not exist or is empty gets the
    tables first. Raises ConfigurationError as `open_store` does."""
    return _prepared("open_or_create", address)


def migrate_store(address: str) -> Store:
    """Bring the tables at an address to those of this release, and make those that lack. Raises
    ConfigurationError where the database cannot be reached."""
    return _prepared("migrate_and_open", address)


def _prepared(how: str, address: str) -> Store:
    parsed = parse_address(address)
    _check_packages(parsed)
    preparing: Any = import_module("consentgate.records.preparing")
    store: Store = getattr(preparing, how)(parsed)
    return store


def _check_packages(address: StoreAddress) -> None:
    try:
        for name in _NEEDED[address.backend]:
            import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            f"consent records at {address.shown} need more: "
            f"pip install 'consentgate[{address.backend.value}]'"
        ) from error
