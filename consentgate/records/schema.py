"""The tables of a store. What is evidence is in a record's payload, which the tree covers; other
columns serve to find it.

SQLite and PostgreSQL have the same columns. They differ in their keys where PostgreSQL keeps a
partition of `record` for each month of `decided_at`: a key there has the column that partitions.
An id is still unique, since whoever stores a decision again does so with its moment. Two
sequencers cannot give one index twice, since each changes the row of `log` that it read.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

# SQLite numbers rows by itself where the key is INTEGER, which has 64 bits there.
_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")

record = Table(
    "record",
    metadata,
    Column("seq", _SEQUENCE, Identity()),
    Column("id", LargeBinary, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Column("payload", LargeBinary),
    Column("salt", LargeBinary),
    Column("commitment", LargeBinary, nullable=False),
    Column("leaf_index", BigInteger),
    Column("erased_at", BigInteger),
)

notice = Table(
    "notice",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("language", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("first_used", BigInteger, nullable=False),
)

tile = Table(
    "tile",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

log = Table(
    "log",
    metadata,
    Column("only_one", SmallInteger, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("min_index", BigInteger, nullable=False),
    Column("key_name", Text, nullable=False),
)

verifier_key = Table(
    "verifier_key",
    metadata,
    Column("vkey", Text, primary_key=True),
    Column("added_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("timestamp", LargeBinary),
    Column("saved_at", BigInteger, nullable=False),
    Column("published_at", BigInteger),
)

delivery = Table(
    "delivery",
    metadata,
    Column("record_id", LargeBinary, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("decided_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger),
    Column("done_at", BigInteger),
    Column("last_error", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("delivery_next", delivery.c.next_at, sqlite_where=delivery.c.done_at.is_(None),
      postgresql_where=delivery.c.done_at.is_(None))  # fmt: skip

tally = Table(
    "tally",
    metadata,
    Column("day", Date, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
