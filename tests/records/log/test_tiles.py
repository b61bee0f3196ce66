"""Tiles as in C2SP tlog-tiles: which there are, which are stored, and what is read of them."""

from __future__ import annotations

import pytest

from consentgate.errors import LogError
from consentgate.records.log.edge import Edge
from consentgate.records.log.merkle import EMPTY_ROOT, fold, verify_consistency, verify_inclusion
from consentgate.records.log.tiles import (
    LevelShape,
    Tile,
    consistency_path,
    inclusion_path,
    shape_of,
    tree_root,
)
from tests.support.merkle_logs import MemoryLog, numbered_entries

# More than 65,536 entries have three levels.
LARGE = MemoryLog(numbered_entries(70_000))
SMALL_SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 600]


def places(tiles: list[Tile]) -> list[tuple[int, int, int]]:
    return [(tile.level, tile.n, len(tile.hashes) // 32) for tile in tiles]


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        (0, []),
        (1, [(0, 1)]),
        (255, [(0, 255)]),
        (256, [(1, 0), (0, 1)]),
        (70_000, [(273, 112), (1, 17), (0, 1)]),
    ],
)
def test_size_has_the_tiles_of_the_specification(size: int, shape: list[tuple[int, int]]) -> None:
    assert shape_of(size) == tuple(LevelShape(*level) for level in shape)


def test_tree_of_70_000_entries_is_stored_in_the_tiles_of_the_specification() -> None:
    widths = {place: len(hashes) // 32 for place, hashes in LARGE.stored.items()}

    assert widths == {
        **{(0, n): 256 for n in range(273)},
        (1, 0): 256,
        (1, 1): 17,
        (2, 0): 1,
    }
    assert places(LARGE.edge.partial_tiles()) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_hash_of_a_full_tile_is_in_the_tile_above() -> None:
    assert LARGE.stored[1, 1][:32] == fold(LARGE.stored[0, 256])
    assert LARGE.stored[2, 0] == fold(LARGE.stored[1, 0])


def test_append_that_fills_no_tile_stores_none() -> None:
    edge, tiles = Edge().append([bytes(32)] * 255)

    assert tiles == []
    assert places(edge.partial_tiles()) == [(0, 0, 255)]


def test_append_stores_what_is_full_and_what_changed_above() -> None:
    edge, _ = Edge().append([bytes(32)] * 255)

    edge, first = edge.append([bytes(32)])
    edge, second = edge.append([bytes(32)] * 513)

    assert places(first) == [(0, 0, 256), (1, 0, 1)]
    assert places(second) == [(0, 1, 256), (0, 2, 256), (1, 0, 3)]
    assert places(edge.partial_tiles()) == [(0, 3, 1), (1, 0, 3)]
    assert [tile.is_full for tile in second] == [True, True, False]


def test_append_of_nothing_changes_nothing() -> None:
    edge, _ = Edge().append([bytes(32)])

    assert edge.append([]) == (edge, [])


def test_append_refuses_what_is_not_a_hash() -> None:
    with pytest.raises(LogError, match="32 bytes"):
        Edge().append([b"an entry"])


def test_append_leaves_the_edge_before_it_as_it_was() -> None:
    edge, _ = Edge().append([bytes(32)] * 200)

    edge.append([bytes(32)] * 200)

    assert edge == Edge().append([bytes(32)] * 200)[0]


@pytest.mark.parametrize("batch", [1, 7, 256, 600])
def test_batches_of_any_size_grow_the_same_tree(batch: int) -> None:
    entries = numbered_entries(600)
    log = MemoryLog()
    for start in range(0, 600, batch):
        log.append(entries[start : start + batch])

    whole = MemoryLog(entries)
    assert (log.edge, log.stored) == (whole.edge, whole.stored)


@pytest.mark.parametrize("size", SMALL_SIZES)
def test_edge_is_restored_from_what_is_stored(size: int) -> None:
    log = MemoryLog(numbered_entries(size))

    assert Edge.restore(log, size) == log.edge


@pytest.mark.parametrize("size", SMALL_SIZES)
def test_root_of_the_edge_is_that_of_the_tiles(size: int) -> None:
    log = MemoryLog(numbered_entries(size))

    assert log.edge.root() == tree_root(log, size)


def test_tree_that_grew_still_has_its_earlier_roots() -> None:
    for size in [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999]:
        assert tree_root(LARGE, size) == Edge().append(LARGE.leaves[:size])[0].root()


def test_proof_reads_each_tile_at_most_once() -> None:
    LARGE.reads = 0

    inclusion_path(LARGE, index=33_333, size=70_000)

    # Its own tile of each level, and the partial ones.
    assert LARGE.reads <= 6


def test_proofs_hold_after_full_tiles_of_level_0_were_dropped() -> None:
    log = MemoryLog(numbered_entries(1000))
    old_root, root = tree_root(log, 600), log.edge.root()
    for n in (0, 1):
        log.stored[0, n] = b""

    assert tree_root(log, 1000) == root
    path = consistency_path(log, old_size=600, new_size=1000)
    verify_consistency(old_size=600, old_root=old_root, new_size=1000, new_root=root, path=path)
    path = inclusion_path(log, index=512, size=1000)
    verify_inclusion(log.leaves[512], index=512, size=1000, path=path, root=root)
    with pytest.raises(LogError, match="Tile 1 of level 0 has 0 hashes, 128 are"):
        inclusion_path(log, index=511, size=1000)


def test_tile_that_lacks_hashes_is_named() -> None:
    log = MemoryLog(numbered_entries(1000))
    log.stored[1, 0] = log.stored[1, 0][:64]

    with pytest.raises(LogError, match=r"^Tile 0 of level 1 has 2 hashes, 3 are needed\.$"):
        tree_root(log, 1000)
    with pytest.raises(LogError, match="Tile 0 of level 1 has 2 hashes, 3 are needed"):
        Edge.restore(log, 1000)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_entry_past_the_end_has_no_path(index: int, size: int) -> None:
    with pytest.raises(LogError, match=f"Entry {index} cannot be in a log of {size} entries"):
        inclusion_path(LARGE, index=index, size=size)


@pytest.mark.parametrize(("old_size", "new_size"), [(6, 5), (-1, 5)])
def test_log_does_not_follow_a_longer_one(old_size: int, new_size: int) -> None:
    with pytest.raises(LogError, match=f"{new_size} entries cannot follow one of {old_size}"):
        consistency_path(LARGE, old_size=old_size, new_size=new_size)


def test_trees_that_need_no_path_have_none() -> None:
    assert consistency_path(LARGE, old_size=0, new_size=5) == ()
    assert consistency_path(LARGE, old_size=5, new_size=5) == ()
    assert inclusion_path(LARGE, index=0, size=1) == ()
    assert tree_root(LARGE, 0) == EMPTY_ROOT
