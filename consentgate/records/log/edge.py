"""The right edge of a growing tree: the partial tiles, which are all that an append changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consentgate.errors import LogError
from consentgate.records.log.merkle import EMPTY_ROOT, HASH_BYTES, fold
from consentgate.records.log.tiles import (
    TILE_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileReader,
    read_hashes,
    shape_of,
)


@dataclass(frozen=True, slots=True)
class Edge:
    """The hashes of each level's partial tile, from level 0 up; `Edge()` is that of an empty tree.

    An edge is a value: after an append that was not committed, the edge before it still holds.
    """

    size: int = 0
    partials: tuple[bytes, ...] = ()

    @classmethod
    def restore(cls, reader: TileReader, size: int) -> Edge:
        """Return the edge of a tree whose tiles are stored, level 0's partial one among them."""
        return cls(
            size,
            tuple(
                read_hashes(reader, level, shape.full, start=0, stop=shape.partial)
                for level, shape in enumerate(shape_of(size))
            ),
        )

    def append(self, leaf_hashes: Sequence[bytes]) -> tuple[Edge, list[Tile]]:
        """Return the edge after these leaves, and the tiles to store.

        Stored are the tiles of level 0 that became full, since the hashes of a partial one follow
        from the entries; and every tile above that changed, full or not: at most one for each 256
        entries, in place of the one that was stored under the same level and number.
        """
        added = b"".join(leaf_hashes)
        if len(added) != len(leaf_hashes) * HASH_BYTES:
            raise LogError(f"A leaf hash does not have {HASH_BYTES} bytes.")
        partials = list(self.partials)
        stored: list[Tile] = []
        level = 0
        while added:
            if level == len(partials):
                partials.append(b"")
            tiles = self._grow(level, partials[level] + added)
            full = [tile for tile in tiles if tile.is_full]
            stored += tiles if level else full
            partials[level] = b"" if tiles[-1].is_full else tiles[-1].hashes
            added = b"".join(fold(tile.hashes) for tile in full)
            level += 1
        return Edge(self.size + len(leaf_hashes), tuple(partials)), stored

    def _grow(self, level: int, hashes: bytes) -> list[Tile]:
        first = (self.size >> (level * TILE_HEIGHT)) // TILE_WIDTH
        starts = range(0, len(hashes), TILE_BYTES)
        return [
            Tile(level, n, hashes[start : start + TILE_BYTES])
            for n, start in enumerate(starts, start=first)
        ]

    def root(self) -> bytes:
        """Return the root of the tree."""
        root = b""
        for partial in self.partials:
            # What is below follows on the right, as the last and only incomplete node of the level.
            root = fold(partial + root)
        return root or EMPTY_ROOT

    def partial_tiles(self) -> list[Tile]:
        """Return the partial tiles, from level 0 up."""
        shapes = shape_of(self.size)
        return [
            Tile(level, shapes[level].full, hashes)
            for level, hashes in enumerate(self.partials)
            if hashes
        ]
