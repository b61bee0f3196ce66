"""The tree of a store: extended in the transaction that gives entries their indexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from consentgate.errors import LogError
from consentgate.records.entries import entry_of
from consentgate.records.log.edge import Edge
from consentgate.records.log.merkle import HASH_BYTES, leaf_hash
from consentgate.records.log.tiles import TILE_WIDTH, Tile
from consentgate.records.statements import (
    ALL_LOG,
    COMMITMENTS,
    GROW_LOG,
    TILE,
    insert_or_replace_tile,
)

_MOST_READ = 1_024
"""Entries of other processes that are read to catch up; past these, reading tiles is less."""


@dataclass(frozen=True, slots=True)
class LogState:
    """The log's row: entries before `min_index` were purged; those after `size` are not in the
    tree yet."""

    origin: str
    size: int
    min_index: int
    key_name: str


def read_log(connection: Connection) -> LogState:
    """Return the state of the log."""
    row = connection.execute(ALL_LOG).one()
    return LogState(row.origin, row.size, row.min_index, row.key_name)


@dataclass(frozen=True, slots=True)
class StoredTiles:
    """Reads the tiles of a store, those that follow from its entries included."""

    connection: Connection

    def hashes(self, level: int, n: int) -> bytes:
        """Return the hashes of a tile: what is there of a partial one, b"" if nothing is."""
        stored = self.connection.scalar(TILE, {"level": level, "n": n}) or b""
        if level:
            return stored
        start = n * TILE_WIDTH + len(stored) // HASH_BYTES
        stop = (n + 1) * TILE_WIDTH
        return stored + b"".join(read_leaves(self.connection, start, stop) if start < stop else ())


def read_leaves(connection: Connection, start: int, stop: int) -> list[bytes]:
    """Return the leaf hashes of the entries from one index to before another."""
    commitments = connection.scalars(COMMITMENTS, {"start": start, "stop": stop})
    return [leaf_hash(entry_of(commitment)) for commitment in commitments]


class Tree:
    """Extends the tree for one thread, which keeps the right edge while nobody else extends it."""

    def __init__(self) -> None:
        self._edge = Edge()
        self._origin = ""

    def extend(self, connection: Connection, state: LogState, commitments: Sequence[bytes]) -> Edge:
        """Append entries in the connection's transaction. Return the new edge, for `keep` once
        the transaction is committed. Raises LogError where another extended the tree."""
        edge, tiles = self.edge(connection, state).append(
            [leaf_hash(entry_of(commitment)) for commitment in commitments]
        )
        store_tiles(connection, tiles)
        grown = connection.execute(GROW_LOG, {"old_size": state.size, "new_size": edge.size})
        if grown.rowcount != 1:
            raise LogError(f"another process extended the log of {state.size} entries")
        return edge

    def edge(self, connection: Connection, state: LogState) -> Edge:
        """Return the edge of the log in this state."""
        behind = state.size - self._edge.size
        if self._origin != state.origin:
            return Edge.restore(StoredTiles(connection), state.size)
        if behind == 0:
            return self._edge
        if 0 < behind <= _MOST_READ:
            leaves = read_leaves(connection, self._edge.size, state.size)
            if len(leaves) == behind:
                return self._edge.append(leaves)[0]
        return Edge.restore(StoredTiles(connection), state.size)

    def keep(self, edge: Edge, state: LogState) -> None:
        """Keep the edge of what is committed."""
        self._edge = edge
        self._origin = state.origin


def store_tiles(connection: Connection, tiles: Sequence[Tile]) -> None:
    """Store tiles in the place of those with fewer hashes."""
    if tiles:
        rows = [{"level": tile.level, "n": tile.n, "hashes": tile.hashes} for tile in tiles]
        connection.execute(insert_or_replace_tile(connection), rows)
