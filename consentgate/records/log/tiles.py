"""The tiles in which the tree's hashes are kept (C2SP tlog-tiles), and the proofs read from them.

A tile of level 0 has the hashes of up to 256 leaves in a row. Each hash of a tile above is that of
a whole tile of the level below, so that three levels are enough for 16 million entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from consentgate.errors import LogError
from consentgate.records.log.merkle import EMPTY_ROOT, HASH_BYTES, fold, split_point

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 hashes one after another, the `n`-th tile of its level; both count from 0."""

    level: int
    n: int
    hashes: bytes

    @property
    def is_full(self) -> bool:
        """Whether the tile never changes any more."""
        return len(self.hashes) == TILE_BYTES


class TileReader(Protocol):
    """Where tiles are read."""

    def hashes(self, level: int, n: int) -> bytes:
        """Return the hashes of a tile: what is there of a partial one, b"" if nothing is.

        More hashes than a tree of the size in question has are no harm: only its own are read.
        """


@dataclass(frozen=True, slots=True)
class LevelShape:
    """How many full tiles a level has, and how many hashes its partial tile (0: there is none)."""

    full: int
    partial: int


def shape_of(size: int) -> tuple[LevelShape, ...]:
    """Return the shape of each level of a tree, from level 0 up."""
    shapes = []
    while size:
        shapes.append(LevelShape(*divmod(size, TILE_WIDTH)))
        size >>= TILE_HEIGHT
    return tuple(shapes)


def read_hashes(reader: TileReader, level: int, n: int, *, start: int, stop: int) -> bytes:
    """Return the hashes from `start` to before `stop` of one tile; LogError if it lacks some."""
    hashes = reader.hashes(level, n)
    if len(hashes) < stop * HASH_BYTES:
        raise LogError(
            f"Tile {n} of level {level} has {len(hashes) // HASH_BYTES} hashes, {stop} are needed."
        )
    return hashes[start * HASH_BYTES : stop * HASH_BYTES]


def tree_root(reader: TileReader, size: int) -> bytes:
    """Return the root of the first `size` entries."""
    return _subtree(_Memory(reader), 0, size) if size else EMPTY_ROOT


def inclusion_path(reader: TileReader, *, index: int, size: int) -> tuple[bytes, ...]:
    """Return the siblings on the way from a leaf to the root (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise LogError(f"Entry {index} cannot be in a log of {size} entries.")
    memory = _Memory(reader)
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split_point(stop - start)
        if index < middle:
            path.append(_subtree(memory, middle, stop))
            stop = middle
        else:
            path.append(_subtree(memory, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(reader: TileReader, *, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """Return what leads from the root of the first entries to that of all (section 2.1.4.1)."""
    if not 0 <= old_size <= new_size:
        raise LogError(f"A log of {new_size} entries cannot follow one of {old_size}.")
    if old_size in (0, new_size):
        return ()
    memory = _Memory(reader)
    path = []
    start, stop = 0, new_size
    while stop != old_size:
        middle = start + split_point(stop - start)
        if old_size <= middle:
            path.append(_subtree(memory, middle, stop))
            stop = middle
        else:
            path.append(_subtree(memory, start, middle))
            start = middle
    if start:  # else what is left is the old tree, whose root the verifier has
        path.append(_subtree(memory, start, stop))
    return tuple(reversed(path))


class _Memory:
    """Reads each tile once: a path needs several subtrees of the same one."""

    __slots__ = ("_reader", "_tiles")

    def __init__(self, reader: TileReader) -> None:
        self._reader = reader
        self._tiles: dict[tuple[int, int], bytes] = {}

    def hashes(self, level: int, n: int) -> bytes:
        if (level, n) not in self._tiles:
            self._tiles[level, n] = self._reader.hashes(level, n)
        return self._tiles[level, n]


def _subtree(reader: TileReader, start: int, stop: int) -> bytes:
    """Return the hash of the subtree over some entries, which begins where one can begin."""
    size = stop - start
    if size & (size - 1):
        middle = start + split_point(size)
        return fold(_subtree(reader, start, middle) + _subtree(reader, middle, stop))
    level, height = divmod(size.bit_length() - 1, TILE_HEIGHT)
    n, first = divmod(start >> (level * TILE_HEIGHT), TILE_WIDTH)
    return fold(read_hashes(reader, level, n, start=first, stop=first + (1 << height)))
