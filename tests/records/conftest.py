"""Stores to test: SQLite files and databases of a PostgreSQL server, each with its tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from consentgate.records.address import parse_address
from consentgate.records.engines import make_engine, writing
from consentgate.records.opening import migrate_store, open_store
from consentgate.records.schema import log, metadata
from consentgate.records.store import Store
from tests.support.postgres import PostgresServer
from tests.support.scripted_store import Site

STORE = "store"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server."""
    server = PostgresServer()
    migrate_store(server.create_database(STORE))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables of a store, for copies."""
    path = tmp_path_factory.mktemp("sqlite") / "consent.db"
    migrate_store(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_address(sqlite_file: Path, tmp_path: Path) -> str:
    """The address of a new SQLite store."""
    return f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'consent.db')}"


@pytest.fixture
def postgres_address(postgres: PostgresServer) -> str:
    """The address of a PostgreSQL store that holds nothing: emptied, which takes a tenth of what a
    new one with its partitions takes."""
    address = postgres.address(STORE)
    with writing(make_engine(parse_address(address))).begin() as connection:
        for table in metadata.sorted_tables:
            if table is not log:
                connection.execute(table.delete())
        connection.execute(log.update().values(size=0, min_index=0, origin="test", key_name=""))
        connection.exec_driver_sql("ALTER SEQUENCE record_seq_seq RESTART")
    return address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest) -> str:
    """The address of a new store of each kind."""
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
def store(address: str) -> Store:
    """A new store of each kind."""
    return open_store(address)


@pytest.fixture
def site(sqlite_address: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(sqlite_address, tmp_path, deadline_s=10.0)
    yield made
    made.recorder.close()


@pytest.fixture
def hasty_site(sqlite_address: str, tmp_path: Path) -> Iterator[Site]:
    """One whose decisions must be stored within a fifth of a second."""
    made = Site(sqlite_address, tmp_path, deadline_s=0.2)
    yield made
    made.recorder.close()
