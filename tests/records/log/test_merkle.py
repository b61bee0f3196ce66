"""Hashes, paths and what verifiers make of them, as in RFC 9162 section 2.1."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from consentgate.errors import LogError
from consentgate.records.log.merkle import (
    EMPTY_ROOT,
    fold,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from consentgate.records.log.tiles import consistency_path, inclusion_path, tree_root
from tests.support.merkle_logs import CT_LEAVES, CT_ROOT, MemoryLog, numbered_entries

SIZE = 300
LOG = MemoryLog(numbered_entries(SIZE))
ROOT = tree_root(LOG, SIZE)


def is_accepted(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except LogError:
        return False
    return True


def test_tree_of_certificate_transparency_has_its_published_root() -> None:
    assert MemoryLog(CT_LEAVES).edge.root() == CT_ROOT


def test_empty_tree_has_the_hash_of_nothing() -> None:
    assert MemoryLog().edge.root() == tree_root(MemoryLog(), 0) == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c149afb")


def test_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert leaf_hash(left + right) != node_hash(left, right)


def test_last_of_three_hashes_is_on_the_right_of_the_root() -> None:
    first, second, third = map(leaf_hash, [b"1", b"2", b"3"])

    assert fold(first + second + third) == node_hash(node_hash(first, second), third)


def test_every_entry_is_proved_at_every_size() -> None:
    for size in range(1, 70):
        root = tree_root(LOG, size)
        for index in range(size):
            path = inclusion_path(LOG, index=index, size=size)
            verify_inclusion(LOG.leaves[index], index=index, size=size, path=path, root=root)


def test_every_size_is_consistent_with_every_later_one() -> None:
    roots = [tree_root(LOG, size) for size in range(70)]

    for new_size, new_root in enumerate(roots):
        for old_size, old_root in enumerate(roots[: new_size + 1]):
            path = consistency_path(LOG, old_size=old_size, new_size=new_size)
            verify_consistency(
                old_size=old_size,
                old_root=old_root,
                new_size=new_size,
                new_root=new_root,
                path=path,
            )


@pytest.mark.parametrize(
    ("index", "size", "message"),
    [
        pytest.param(138, 300, "does not lead to the root", id="the entry after it"),
        pytest.param(136, 300, "does not lead to the root", id="the entry before it"),
        pytest.param(137, 600, "too short", id="twice the size"),
        pytest.param(37, 100, "too long", id="a third of the size"),
        pytest.param(300, 300, "cannot be in a log of 300", id="an index past the end"),
        pytest.param(-1, 300, "cannot be in a log of 300", id="an index before the start"),
        pytest.param(0, 0, "cannot be in a log of 0", id="an empty log"),
    ],
)
def test_inclusion_at_another_place_is_refused(index: int, size: int, message: str) -> None:
    path = inclusion_path(LOG, index=137, size=SIZE)

    with pytest.raises(LogError, match=message):
        verify_inclusion(LOG.leaves[137], index=index, size=size, path=path, root=ROOT)


@pytest.mark.parametrize(
    ("old_size", "new_size", "message"),
    [
        pytest.param(136, 300, "too long", id="an old size whose path is shorter"),
        pytest.param(139, 300, "the first 139", id="an old size whose path is as long"),
        pytest.param(137, 600, "too short", id="twice the size"),
        pytest.param(0, 300, "where none is needed", id="an old size of nothing"),
        pytest.param(300, 300, "where none is needed", id="the same size"),
        pytest.param(301, 300, "cannot follow", id="a log that has shrunk"),
        pytest.param(-1, 300, "cannot follow", id="less than nothing"),
    ],
)
def test_consistency_of_other_sizes_is_refused(old_size: int, new_size: int, message: str) -> None:
    path = consistency_path(LOG, old_size=137, new_size=SIZE)
    old_root = tree_root(LOG, 137)

    with pytest.raises(LogError, match=message):
        verify_consistency(
            old_size=old_size, old_root=old_root, new_size=new_size, new_root=ROOT, path=path
        )


def test_consistency_without_a_path_is_refused() -> None:
    with pytest.raises(LogError, match="There is no path from 128 to 300"):
        verify_consistency(
            old_size=128, old_root=tree_root(LOG, 128), new_size=SIZE, new_root=ROOT, path=()
        )


@pytest.mark.parametrize("old_size", [0, SIZE])
def test_another_root_of_the_same_entries_is_refused(old_size: int) -> None:
    with pytest.raises(LogError, match=f"Two different roots .* the first {old_size} entries"):
        verify_consistency(
            old_size=old_size, old_root=leaf_hash(b""), new_size=SIZE, new_root=ROOT, path=()
        )


@pytest.mark.parametrize("length", [31, 33])
def test_hash_of_another_length_is_refused(length: int) -> None:
    path = (bytes(length), *inclusion_path(LOG, index=137, size=SIZE)[1:])

    with pytest.raises(LogError, match="32 bytes"):
        verify_inclusion(LOG.leaves[137], index=137, size=SIZE, path=path, root=ROOT)
    with pytest.raises(LogError, match="32 bytes"):
        verify_consistency(old_size=1, old_root=ROOT, new_size=2, new_root=ROOT, path=path)


def test_none_of_a_thousand_changes_of_a_path_is_accepted() -> None:
    random = Random(9162)
    index, old_size = 137, 137
    leaf, old_root = LOG.leaves[index], tree_root(LOG, old_size)

    def proves_inclusion(path: list[bytes]) -> bool:
        return is_accepted(
            lambda: verify_inclusion(leaf, index=index, size=SIZE, path=path, root=ROOT)
        )

    def proves_consistency(path: list[bytes]) -> bool:
        return is_accepted(
            lambda: verify_consistency(
                old_size=old_size, old_root=old_root, new_size=SIZE, new_root=ROOT, path=path
            )
        )

    for proves, path in [
        (proves_inclusion, inclusion_path(LOG, index=index, size=SIZE)),
        (proves_consistency, consistency_path(LOG, old_size=old_size, new_size=SIZE)),
    ]:
        assert proves(list(path))
        assert not any(proves(changed(path, random)) for _ in range(500))


def changed(path: tuple[bytes, ...], random: Random) -> list[bytes]:
    """Return a path in which a bit, the presence or the order of one hash is another."""
    hashes = list(path)
    place, other = random.sample(range(len(hashes)), 2)
    bit = random.randrange(256)
    flipped = (int.from_bytes(hashes[place]) ^ (1 << bit)).to_bytes(32)
    match random.choice(["flip", "drop", "repeat", "swap"]):
        case "flip":
            hashes[place] = flipped
        case "drop":
            del hashes[place]
        case "repeat":
            hashes.insert(place, hashes[place])
        case _:
            hashes[place], hashes[other] = hashes[other], hashes[place]
    return hashes
