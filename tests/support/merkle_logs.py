"""Logs in memory: what is appended is kept as a store keeps it, in tiles and rows."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from consentgate.records.log.edge import Edge
from consentgate.records.log.merkle import leaf_hash

# The inputs of Certificate Transparency's own tests, and the root of all eight.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
CT_ROOT = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")


class MemoryLog:
    """A log of entries, and a reader of its tiles.

    The partial tile of level 0 is made from the leaf hashes, the others are those that `append`
    said to store.
    """

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.edge = Edge()
        self.leaves: list[bytes] = []
        self.stored: dict[tuple[int, int], bytes] = {}
        self.reads = 0
        self.append(entries)

    def append(self, entries: Iterable[bytes]) -> None:
        leaves = [leaf_hash(entry) for entry in entries]
        self.edge, tiles = self.edge.append(leaves)
        self.leaves += leaves
        for tile in tiles:
            self.stored[tile.level, tile.n] = tile.hashes

    def hashes(self, level: int, n: int) -> bytes:
        self.reads += 1
        if level == 0 and (level, n) not in self.stored:
            return b"".join(self.leaves[n * 256 : (n + 1) * 256])
        return self.stored.get((level, n), b"")


def numbered_entries(count: int) -> list[bytes]:
    """Return entries of which no two are alike."""
    return [sha256(b"%d" % number).digest() for number in range(count)]
