"""Addresses, missing packages and tables: each mistake has one clear error."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from consentgate.errors import ConfigurationError, RecordStoreError
from consentgate.records.address import parse_address
from consentgate.records.opening import create_store, migrate_store, open_store
from tests.support.postgres import PostgresServer
from tests.support.records import check_store, entries, write


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(None, id="none"),
        pytest.param("consent.db", id="a path"),
        pytest.param("mysql://host/db", id="another database"),
        pytest.param("postgresql+asyncpg://host/db", id="another driver"),
        pytest.param("sqlite://", id="no file"),
        pytest.param("sqlite:///", id="an empty name"),
        pytest.param("sqlite:///:memory:", id="memory"),
        pytest.param("sqlite:///consent.db?mode=ro", id="options of SQLite"),
        pytest.param("sqlite:////", id="a folder"),
        pytest.param("sqlite:////no/such/folder/consent.db", id="in no folder"),
        pytest.param("postgresql://host", id="no database"),
        pytest.param("postgresql://host:port/db", id="no port"),
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="records="):
        open_store(address)


def test_three_slashes_are_before_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert parse_address("sqlite:///consent.db").path == tmp_path / "consent.db"


def test_four_slashes_are_before_an_absolute_path(tmp_path: Path) -> None:
    assert parse_address(f"sqlite:///{tmp_path}/consent.db").path == tmp_path / "consent.db"


@pytest.mark.parametrize(
    "scheme", ["postgresql", "postgres", "postgresql+psycopg"], ids=lambda scheme: scheme
)
def test_a_password_is_never_shown(scheme: str) -> None:
    address = parse_address(f"{scheme}://user:p%40ss@host:5433/db?sslmode=require")

    assert address.shown == "postgresql://host:5433/db"
    assert address.password == "p@ss"
    assert "p%40ss" not in repr(address)
    assert "p@ss" not in repr(address)


def test_a_password_is_not_in_the_error_of_an_address_that_cannot_be_read() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_address("postgresql://user:s3cret@[host/db")

    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_is_not_in_the_error_of_an_address_that_sqlalchemy_cannot_read() -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_store("postgresql://user:s3cret/more@host/db")

    assert "s3cret" not in str(caught.value)


def test_a_password_is_not_in_the_error_of_a_database_out_of_reach() -> None:
    with pytest.raises(
        ConfigurationError, match=r"postgresql://127\.0\.0\.1:9/db cannot"
    ) as caught:
        open_store("postgresql://user:s3cret@127.0.0.1:9/db")

    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("address", "missing", "extra"),
    [
        ("sqlite:///consent.db", "sqlalchemy", "records"),
        ("postgresql://host/db", "sqlalchemy", "postgres"),
        ("postgresql://host/db", "psycopg", "postgres"),
    ],
)
def test_a_missing_package_is_named_with_what_installs_it(
    address: str, missing: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ConfigurationError, match=rf"pip install 'consentgate\[{extra}\]'"):
        create_store(address)


def test_opening_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no file"):
        open_store(f"sqlite:///{tmp_path}/consent.db")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_file_that_holds_nothing_gets_the_tables(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "consent.db"
    if content is not None:
        path.write_bytes(content)

    store = create_store(f"sqlite:///{path}")

    write(store, entries(2))
    assert check_store(store) == 2


def test_a_file_of_something_else_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE article (title)")

    with pytest.raises(ConfigurationError, match=f"consentgate records migrate sqlite:///{path}"):
        create_store(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "consent.db"
    path.write_text("something else, which is long enough to be looked at" * 20)

    with pytest.raises(ConfigurationError, match="file is not a database"):
        create_store(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("version", "message"),
    [("0000", "has version 0000 .* run: consentgate records migrate"), ("9999", "upgrade")],
)
def test_tables_of_another_version_are_refused(
    version: str, message: str, sqlite_address: str
) -> None:
    with closing(sqlite3.connect(sqlite_address.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE consentgate_schema SET version_num = ?", (version,))
        connection.commit()

    with pytest.raises(ConfigurationError, match=message):
        open_store(sqlite_address)


@pytest.mark.postgres
def test_a_postgresql_database_without_tables_is_refused(postgres: PostgresServer) -> None:
    address = postgres.create_database("without_tables")

    with pytest.raises(ConfigurationError, match=r"no tables .* consentgate records migrate"):
        create_store(address)


def test_a_migration_of_a_store_that_is_up_to_date_changes_nothing(address: str) -> None:
    store = open_store(address)
    write(store, entries(2))
    with store.read() as reading:
        before = reading.log()

    migrate_store(address)

    with store.read() as reading:
        assert reading.log() == before


def test_a_database_that_fails_is_named_by_its_address(sqlite_address: str) -> None:
    store = open_store(sqlite_address)
    session = store.session()
    with session.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE record")
    session.close()

    with pytest.raises(RecordStoreError, match=r"consent\.db: no such table: record"):
        check_store(store)


def test_a_copy_of_a_store_is_a_store(sqlite_address: str, tmp_path: Path) -> None:
    write(open_store(sqlite_address), entries(3))
    copy = shutil.copy(tmp_path / "consent.db", tmp_path / "copy.db")

    assert check_store(open_store(f"sqlite:///{copy}")) == 3
