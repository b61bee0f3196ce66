"""What the log of consent records takes at a million entries, without any store.

Tiles are in memory: what is measured is hashing, the paths and the signature. `benchmarks.records`
prints these lines with those of the stores.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from benchmarks.rows import Bound
from consentgate.records.entries import entry_of
from consentgate.records.log.checkpoint import Checkpoint, sign_checkpoint
from consentgate.records.log.edge import Edge
from consentgate.records.log.keys import Signer
from consentgate.records.log.merkle import leaf_hash
from consentgate.records.log.proof import LogProof
from consentgate.records.log.tiles import (
    TILE_WIDTH,
    consistency_path,
    inclusion_path,
    tree_root,
)

MILLION = 1_000_000
BATCH = 100
SAMPLES = 50
ORIGIN = "data.example.org/consent"


@dataclass(frozen=True, slots=True)
class LogMeasurement:
    """One number, and the bar that it is held to."""

    title: str
    value: float
    unit: str
    bar: float
    bound: Bound

    @property
    def holds(self) -> bool:
        """Whether the number is within its bar."""
        return self.value <= self.bar if self.bound is Bound.AT_MOST else self.value >= self.bar


@dataclass(slots=True)
class _Tiles:
    """The tiles of a log, as a store keeps them."""

    leaves: list[bytes]
    stored: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def hashes(self, level: int, n: int) -> bytes:
        if level == 0 and (level, n) not in self.stored:
            return b"".join(self.leaves[n * TILE_WIDTH : (n + 1) * TILE_WIDTH])
        return self.stored[level, n]

    def append_all(self) -> Edge:
        """Append the leaves in batches, and store what each append says to store."""
        edge = Edge()
        for start in range(0, len(self.leaves), BATCH):
            edge, tiles = edge.append(self.leaves[start : start + BATCH])
            for tile in tiles:
                self.stored[tile.level, tile.n] = tile.hashes
        return edge


def measure_log(size: int = MILLION) -> list[LogMeasurement]:
    """Return what a log of so many entries takes: in all, or the median of random samples."""
    commitments = [sha256(b"%d" % number).digest() for number in range(size)]
    started = time.perf_counter()
    tiles = _Tiles([leaf_hash(entry_of(commitment)) for commitment in commitments])
    hashed = time.perf_counter()
    edge = tiles.append_all()
    appended = time.perf_counter()
    return [
        _at_least("append in batches of 100", size / (appended - hashed), "leaves/s", 100_000),
        _at_most("tree recomputed from the entries", appended - started, "s", 10),
        *_measure_reads(tiles, edge),
        _measure_verification(commitments, tiles, edge),
    ]


def _measure_reads(tiles: _Tiles, edge: Edge) -> list[LogMeasurement]:
    size = edge.size
    # The same entries and sizes at each run.
    draw = random.Random(9162)

    def prove_consistency() -> None:
        consistency_path(tiles, old_size=draw.randrange(1, size), new_size=size)

    return [
        _at_most("root, from the tiles", _median_ms(lambda: tree_root(tiles, size)), "ms", 5),
        _at_most("root, from the edge", _median_ms(edge.root), "ms", 5),
        _at_most("edge restored", _median_ms(lambda: Edge.restore(tiles, size)), "ms", 5),
        _at_most(
            "inclusion proof",
            _median_ms(lambda: inclusion_path(tiles, index=draw.randrange(size), size=size)),
            "ms",
            10,
        ),
        _at_most("consistency proof", _median_ms(prove_consistency), "ms", 10),
    ]


def _measure_verification(commitments: list[bytes], tiles: _Tiles, edge: Edge) -> LogMeasurement:
    signer = Signer(ORIGIN, bytes(32))
    note = sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root()), signer)
    index = edge.size // 3
    path = inclusion_path(tiles, index=index, size=edge.size)
    text = str(LogProof(index, path, note))
    entry = entry_of(commitments[index])

    def verify() -> None:
        LogProof.parse(text).verify(entry, [signer.verifier], origin=ORIGIN)

    return _at_most("receipt read and verified", _median_ms(verify), "ms", 1)


def _median_ms(measured: Callable[[], object]) -> float:
    """Return the milliseconds of one call, the median of some."""
    spent = []
    for _ in range(SAMPLES):
        started = time.perf_counter()
        measured()
        spent.append(time.perf_counter() - started)
    return 1000 * statistics.median(spent)


def _at_most(title: str, value: float, unit: str, bar: float) -> LogMeasurement:
    return LogMeasurement(title, value, unit, bar, Bound.AT_MOST)


def _at_least(title: str, value: float, unit: str, bar: float) -> LogMeasurement:
    return LogMeasurement(title, value, unit, bar, Bound.AT_LEAST)
