"""Verifies the tree: each entry against the tiles, and each tile against the one above it.

An entry and a tile that differ accuse each other; the hash of the tile that is kept above it says
which of the two was changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from consentgate.records.entries import StoredEntry, entry_of
from consentgate.records.log.merkle import HASH_BYTES, fold, leaf_hash
from consentgate.records.log.tiles import TILE_WIDTH
from consentgate.records.reading import Reading
from consentgate.records.tree import LogState
from consentgate.records.verify.entries import EntryCheck
from consentgate.records.verify.result import Verification


def check_tree(
    reading: Reading, state: LogState, entries: EntryCheck, result: Verification
) -> None:
    """Look at all entries that are in the tree, and at all tiles."""
    result.size, result.purged = state.size, state.min_index
    rows = _Rows(reading, state.min_index, result)
    above = UpperTiles(reading, result)
    for first in range(0, state.size, TILE_WIDTH):
        stop = min(first + TILE_WIDTH, state.size)
        if first >= state.min_index and rows.is_at_end:
            message = "they are missing, or the size of the log was raised"
            result.add(f"entries {first} to {state.size - 1}", message)
            break
        leaves: dict[int, bytes] = {}
        for index in range(max(first, state.min_index), stop):
            entry = rows.take(index)
            if entry is None:
                result.add(f"entry {index}", "it is missing, or the size of the log was raised")
            else:
                entries.check(entry, f"entry {index}")
                leaves[index] = leaf_hash(entry_of(entry.commitment))
        hashed = _check_lowest(reading, range(first, stop), leaves, result)
        if stop - first == TILE_WIDTH:
            above.push(hashed)
    rows.check_end(state.size)
    above.finish()


class _Rows:
    """The entries in the order of their indexes, of which some may be missing."""

    def __init__(self, reading: Reading, start: int, result: Verification) -> None:
        self._entries = self._read(reading, start, result)
        self._result = result
        self._next = next(self._entries, None)

    @property
    def is_at_end(self) -> bool:
        """Whether there are no more entries."""
        return self._next is None

    def take(self, index: int) -> StoredEntry | None:
        """Return the entry at an index, None where it is missing."""
        entry = self._next
        if entry is None or entry.leaf_index != index:
            return None
        self._next = next(self._entries, None)
        return entry

    def check_end(self, size: int) -> None:
        """Look whether there are entries past the last one."""
        if self._next is not None:
            message = f"its size is {size}, and there is an entry {self._next.leaf_index}"
            self._result.add("log", message)

    def _read(self, reading: Reading, start: int, result: Verification) -> Iterator[StoredEntry]:
        try:
            yield from reading.entries(start)
        except (ValueError, TypeError) as error:
            result.add("record", f"a row is none that consentgate writes: {error}")


def _check_lowest(
    reading: Reading, span: range, leaves: dict[int, bytes], result: Verification
) -> bytes:
    """Look at a tile of level 0, which has the leaf hashes of the entries in `span`, of those that
    are there in `leaves`. Return the hash of the tile as it is believed."""
    n = span.start // TILE_WIDTH
    stored = _hashes(reading.stored_hashes(0, n))[: len(span)]
    by_index = dict(zip(span, stored))
    expected = len(span) if len(span) == TILE_WIDTH else len(span) - len(leaves)
    if len(stored) < expected:
        result.add(f"tile 0/{n}", f"it has {len(stored)} hashes, and should have {expected}")
    differing = [index for index in leaves if by_index.get(index, leaves[index]) != leaves[index]]
    from_entries = fold(b"".join((by_index | leaves).values()))
    if not differing:
        return from_entries
    if from_entries == _hash_above(reading, n):
        result.add(f"tile 0/{n}", "it is not what its entries make")
        return from_entries
    for index in differing:
        result.add(f"entry {index}", f"it is not the one that is in the tree (tile 0/{n})")
    return fold(b"".join(stored))


def _hash_above(reading: Reading, n: int) -> bytes:
    """Return the hash that level 1 has for a tile of level 0, b"" where it has none."""
    above, place = divmod(n, TILE_WIDTH)
    return b"".join(_hashes(reading.stored_hashes(1, above))[place : place + 1])


class StoredTiles(Protocol):
    """Where the stored tiles are."""

    def stored_hashes(self, level: int, n: int) -> bytes:
        """Return the hashes that are stored of a tile."""


class UpperTiles:
    """The tiles of all levels above 0, as they follow from the level below; no more than one of
    each is in memory."""

    def __init__(self, stored: StoredTiles, result: Verification) -> None:
        self._stored = stored
        self._result = result
        self._levels: list[tuple[int, list[bytes]]] = []
        """Of each level from 1 up the number of the tile that grows, and its hashes."""

    def push(self, hashed: bytes, level: int = 1) -> None:
        """Add the hash of a full tile to the level above it."""
        if level > len(self._levels):
            self._levels.append((0, []))
        n, hashes = self._levels[level - 1]
        hashes.append(hashed)
        if len(hashes) == TILE_WIDTH:
            self._compare(level, n, hashes)
            self._levels[level - 1] = n + 1, []
            self.push(fold(b"".join(hashes)), level + 1)

    def finish(self) -> None:
        """Look at the last tile of each level, which is not full."""
        for level, (n, hashes) in enumerate(self._levels, start=1):
            self._compare(level, n, hashes)

    def _compare(self, level: int, n: int, hashes: list[bytes]) -> None:
        stored = _hashes(self._stored.stored_hashes(level, n))
        for place, hashed in enumerate(hashes):
            if stored[place : place + 1] != [hashed]:
                below = f"tile {level - 1}/{n * TILE_WIDTH + place}"
                self._result.add(f"tile {level}/{n}", f"its hash {place} is not that of {below}")


def _hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
