"""A thousand single changes behind the store's back: each is found, and in its place."""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from shutil import copyfile

import pytest

from tests.records.test_verify import SIZE, filled_store, verified

pytestmark = [pytest.mark.fault, pytest.mark.slow]

Change = Callable[[sqlite3.Connection, Random], list[str]]
"""Makes a change, and returns patterns, each of which must match a violation."""

Stores = Callable[[Change, Random], tuple[Path, list[str]]]
"""Makes a store with a change; returns its path and the patterns."""


def a_bit_of(column: str) -> Change:
    def flip(connection: sqlite3.Connection, random: Random) -> list[str]:
        index = random.randrange(SIZE)
        _flip_bit(connection, random, "record", column, f"leaf_index = {index}")
        return [rf"entry {index}:"]

    flip.__name__ = column
    return flip


def row_removed(connection: sqlite3.Connection, random: Random) -> list[str]:
    index = random.randrange(SIZE)
    connection.execute("DELETE FROM record WHERE leaf_index = ?", (index,))
    return [rf"entry {index}: it is missing"]


def rows_swapped(connection: sqlite3.Connection, random: Random) -> list[str]:
    one, other = random.sample(range(SIZE), 2)
    move = "UPDATE record SET leaf_index = ? WHERE leaf_index = ?"
    connection.executemany(move, [(-1, one), (one, other), (other, -1)])
    return [_place_of(one), _place_of(other)]


def tile_byte(connection: sqlite3.Connection, random: Random) -> list[str]:
    level, n = random.choice([(0, 0), (0, 1), (1, 0)])
    _flip_bit(connection, random, "tile", "hashes", f"level = {level} AND n = {n}")
    return [rf"tile {level}/{n}: it is not|tile {level}/{n}: its hash"]


def note_character(connection: sqlite3.Connection, random: Random) -> list[str]:
    size = random.choice([600, 700])
    (note,) = connection.execute("SELECT note FROM checkpoint WHERE size = ?", (size,)).fetchone()
    place = random.randrange(len(note))
    other = random.choice([one for one in "\nA0+/= é" if one != note[place]])
    changed = note[:place] + other + note[place + 1 :]
    connection.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (changed, size))
    return [rf"checkpoint {size} of"]


def root_column(connection: sqlite3.Connection, random: Random) -> list[str]:
    size = random.choice([600, 700])
    _flip_bit(connection, random, "checkpoint", "root", f"size = {size}")
    return [rf"checkpoint {size} of"]


def notice_byte(connection: sqlite3.Connection, random: Random) -> list[str]:
    found = connection.execute("SELECT hex(digest) FROM notice").fetchall()
    (digest,) = random.choice(found)
    where = f"digest = x'{digest}'"
    before = _notice(connection, where)
    # The last bits of a compressed text only fill its last byte.
    while _notice(connection, where) == before:
        _flip_bit(connection, random, "notice", "body", where)
    return [rf"notice {digest.lower()}:"]


def _notice(connection: sqlite3.Connection, where: str) -> bytes:
    """What a notice says, empty where it cannot be read."""
    ((body,),) = connection.execute(f"SELECT body FROM notice WHERE {where}")
    try:
        return zlib.decompress(body)
    except zlib.error:
        return b""


def size(connection: sqlite3.Connection, random: Random) -> list[str]:
    changed = random.choice([SIZE - random.randrange(1, SIZE), SIZE + random.randrange(1, 1 << 40)])
    connection.execute("UPDATE log SET size = ?", (changed,))
    return [r"size"]


def erased_flag(connection: sqlite3.Connection, random: Random) -> list[str]:
    index = random.randrange(SIZE)
    connection.execute("UPDATE record SET erased_at = 1 WHERE leaf_index = ?", (index,))
    return [rf"entry {index}: it is marked as erased"]


def payload_gone(connection: sqlite3.Connection, random: Random) -> list[str]:
    index = random.randrange(SIZE)
    erase = "UPDATE record SET payload = NULL, salt = NULL, erased_at = 1 WHERE leaf_index = ?"
    connection.execute(erase, (index,))
    return [rf"entry {index}: its payload is gone"]


CHANGES: list[Change] = [
    a_bit_of("payload"),
    a_bit_of("salt"),
    a_bit_of("commitment"),
    row_removed,
    rows_swapped,
    tile_byte,
    note_character,
    root_column,
    notice_byte,
    size,
    erased_flag,
    payload_gone,
]


def _place_of(index: int) -> str:
    """Where a wrong entry is reported: the last tile is not full, so that only the checkpoints
    know what was in it."""
    if index < 512:
        return rf"entry {index}:"
    return r"entries 0 to 599 are" if index < 600 else r"entries (0|600) to 699 are"


def _flip_bit(
    connection: sqlite3.Connection, random: Random, table: str, column: str, where: str
) -> None:
    (value,) = connection.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()
    place = random.randrange(len(value))
    changed = bytearray(value)
    changed[place] ^= 1 << random.randrange(8)
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (bytes(changed),))


@pytest.fixture
def changed_stores(tmp_path: Path) -> Stores:
    template, path = tmp_path / "template.db", tmp_path / "consent.db"
    filled_store(template)
    with closing(sqlite3.connect(template)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def make(change: Change, random: Random) -> tuple[Path, list[str]]:
        for leftover in tmp_path.glob("consent.db*"):
            leftover.unlink()
        copyfile(template, path)
        with closing(sqlite3.connect(path)) as connection:
            patterns = change(connection, random)
            connection.commit()
        return path, patterns

    return make


@pytest.mark.law(11)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_of_a_thousand_changes_is_found_in_its_place(
    changed_stores: Stores, change: Change
) -> None:
    random = Random(change.__name__)
    for number in range(1_000 // len(CHANGES) + 1):
        path, patterns = changed_stores(change, random)

        found = [str(violation) for violation in verified(path).violations]
        missed = [one for one in patterns if not any(re.search(one, line) for line in found)]
        assert missed == [], (number, found[:5])
