"""The tables that migrations make are those that the code knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn

from consentgate.records.address import parse_address
from consentgate.records.engines import make_engine, writing
from consentgate.records.migrations.migrating import migrate
from consentgate.records.migrations.months import OTHERS
from consentgate.records.opening import migrate_store, open_store
from consentgate.records.schema import metadata
from tests.support.postgres import PostgresServer
from tests.support.records import check_store, entries, write

BEFORE_PARTITIONS = datetime(2031, 5, 6, tzinfo=UTC)


def test_the_columns_are_those_of_the_code(address: str) -> None:
    tables = inspect(make_engine(parse_address(address)))

    found = {name: _columns(tables.get_columns(name)) for name in metadata.tables}

    assert found == {
        name: {column.name: bool(column.nullable) for column in table.columns}
        for name, table in metadata.tables.items()
    }


def test_the_keys_are_those_of_the_code(address: str) -> None:
    tables = inspect(make_engine(parse_address(address)))
    others = [name for name in metadata.tables if name != "record"]

    found = {name: tables.get_pk_constraint(name)["constrained_columns"] for name in others}

    assert found == {
        name: [column.name for column in metadata.tables[name].primary_key.columns]
        for name in others
    }


@pytest.mark.postgres
def test_postgresql_keeps_each_month_apart(postgres_address: str) -> None:
    store = open_store(postgres_address)

    migrate(parse_address(postgres_address), today=date(2026, 11, 29))
    write(store, entries(2), entries(1, at=datetime(2026, 12, 1, tzinfo=UTC)))

    assert _places(postgres_address) == {"record_2026_11": 2, "record_2026_12": 1}
    assert check_store(store) == 3


@pytest.mark.postgres
def test_what_has_no_month_yet_is_stored_and_moves_when_it_has(
    postgres: PostgresServer,
) -> None:
    address = postgres.create_database("months")
    store = migrate_store(address)
    write(store, entries(2, at=BEFORE_PARTITIONS))
    before = _places(address)

    migrate(parse_address(address), today=date(2031, 1, 1))

    assert before == {OTHERS: 2}
    assert _places(address) == {"record_2031_05": 2}
    assert check_store(store) == 2
    write(store, entries(1, at=BEFORE_PARTITIONS))
    assert check_store(store) == 3


def _columns(found: Sequence[ReflectedColumn]) -> dict[str, bool]:
    return {column["name"]: column["nullable"] for column in found}


def _places(address: str) -> dict[str, int]:
    """How many entries each partition has."""
    found = text("SELECT tableoid::regclass::text, count(*) FROM record GROUP BY 1")
    with writing(make_engine(parse_address(address))).begin() as connection:
        return dict(tuple(row) for row in connection.execute(found))
