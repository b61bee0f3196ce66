"""The versions of the schema. A store is brought to the newest by command only, save that an
SQLite file which holds nothing gets its tables when it is first opened.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from consentgate.errors import ConfigurationError

VERSION = "0001"
"""The version that this release reads and writes."""

VERSION_TABLE = "consentgate_schema"
FOLDER = Path(__file__).parent


def version_of(connection: Connection) -> str | None:
    """Return the version of a store's schema, None where there is none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return version


def check_schema(connection: Connection, *, shown: str) -> None:
    """Raise ConfigurationError unless the schema is the one that this release needs."""
    version = version_of(connection)
    if version == VERSION:
        return
    command = f"run: consentgate records migrate {shown}"
    if version is None:
        raise ConfigurationError(f"{shown} has no tables for consent records; {command}")
    if version > VERSION:
        raise ConfigurationError(
            f"{shown} has version {version} of the tables for consent records, and this release "
            f"of consentgate knows {VERSION}; upgrade consentgate"
        )
    raise ConfigurationError(
        f"{shown} has version {version} of the tables for consent records, and {VERSION} is "
        f"needed; {command}"
    )
