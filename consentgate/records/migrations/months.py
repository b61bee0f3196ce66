"""PostgreSQL's partitions of `record`: one for each month of `decided_at`, and one for the rest,
so that a decision is stored even where nobody made its month."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection, text

MONTHS_AHEAD = 24
OTHERS = "record_others"

_NAMES = text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
    " WHERE inhparent = 'record'::regclass"
)


def add_months(connection: Connection, today: date) -> None:
    """Make the partitions that lack, from this month on. Rows of such a month that are in the
    partition for the rest move."""
    known = set(connection.scalars(_NAMES))
    for number in range(MONTHS_AHEAD + 1):
        start = _month_after(today, number)
        name = f"record_{start:%Y_%m}"
        if name not in known:
            _add_month(connection, name, _us(start), _us(_month_after(today, number + 1)))


def _add_month(connection: Connection, name: str, first_us: int, after_us: int) -> None:
    within = f"decided_at >= {first_us} AND decided_at < {after_us}"
    # Without the identity: seq is given by the table as a whole.
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE record INCLUDING DEFAULTS)")
    connection.exec_driver_sql(
        f"WITH moved AS (DELETE FROM {OTHERS} WHERE {within} RETURNING *)"  # noqa: S608 (numbers)
        f" INSERT INTO {name} SELECT * FROM moved"
    )
    connection.exec_driver_sql(
        f"ALTER TABLE record ATTACH PARTITION {name} FOR VALUES FROM ({first_us}) TO ({after_us})"
    )


def _month_after(day: date, number: int) -> date:
    """Return the first day of the month so many months after that of `day`."""
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _us(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
