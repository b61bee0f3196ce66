"""Merkle trees as in RFC 9162 section 2.1: their hashes, and what a verifier checks of a path."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from consentgate.errors import LogError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf, which can never be that of a node (section 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: bytes) -> bytes:
    """Return the hash at the top of a row of neighbours, which are one after another in `hashes`.

    A row without a neighbour for its last hash passes it on as it is: the same tree as that of
    section 2.1.1, built from below. An empty row folds to nothing.
    """
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(_above(hashes[start : start + 2 * HASH_BYTES]) for start in pairs)
    return hashes


def _above(pair: bytes) -> bytes:
    return sha256(b"\x01" + pair).digest() if len(pair) > HASH_BYTES else pair


def split_point(size: int) -> int:
    """Return the largest power of two smaller than a size of at least 2 (section 2.1.1's k)."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(
    leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raise LogError unless the path leads from this leaf hash to the root (section 2.1.3.2).

    That the root is that of this size is what a checkpoint's signature says: of some other sizes
    the path would have the same shape.
    """
    if not 0 <= index < size:
        raise LogError(f"Entry {index} cannot be in a log of {size} entries.")
    _check_hashes(path)
    node, last, hashed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise LogError(f"The path of entry {index} is too long for {size} entries.")
        if node & 1 or node == last:
            hashed = node_hash(sibling, hashed)
            node, last = _skip_to_sibling(node, last)
        else:
            hashed = node_hash(hashed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise LogError(f"The path of entry {index} is too short for {size} entries.")
    if hashed != root:
        raise LogError(f"The path of entry {index} does not lead to the root of {size} entries.")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raise LogError unless the new tree begins with the old one (section 2.1.4.2).

    The RFC asks about 0 < old_size < new_size. A tree is also consistent with itself, and with the
    empty tree; both need no path.
    """
    if not 0 <= old_size <= new_size:
        raise LogError(f"A log of {new_size} entries cannot follow one of {old_size}.")
    _check_hashes(path)
    if old_size in (0, new_size):
        _check_trivial(old_size, old_root, new_root if old_size else EMPTY_ROOT, path)
        return
    old, new = _roots_along(path, old_size=old_size, old_root=old_root, new_size=new_size)
    if old != old_root:
        raise LogError(f"The path does not lead to the root of the first {old_size} entries.")
    if new != new_root:
        raise LogError(f"The path does not lead to the root of {new_size} entries.")


def _check_trivial(old_size: int, old_root: bytes, expected: bytes, path: Sequence[bytes]) -> None:
    if path:
        raise LogError(f"A path of {len(path)} hashes where none is needed.")
    if old_root != expected:
        raise LogError(f"Two different roots are given for the first {old_size} entries.")


def _roots_along(
    path: Sequence[bytes], *, old_size: int, old_root: bytes, new_size: int
) -> tuple[bytes, bytes]:
    """Return the two roots to which a consistency path leads (section 2.1.4.2, steps 2 to 6)."""
    if not path:
        raise LogError(f"There is no path from {old_size} to {new_size} entries.")
    is_power_of_two = old_size & (old_size - 1) == 0
    first, *others = [old_root, *path] if is_power_of_two else path
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = first
    for sibling in others:
        if last == 0:
            raise LogError(f"The path from {old_size} to {new_size} entries is too long.")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, last = _skip_to_sibling(node, last)
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise LogError(f"The path from {old_size} to {new_size} entries is too short.")
    return old, new


def _skip_to_sibling(node: int, last: int) -> tuple[int, int]:
    """Return both positions at the height where the node is a right child, or the leftmost one."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _check_hashes(path: Sequence[bytes]) -> None:
    # Two values of other lengths can have the same bytes behind one another.
    if any(len(hashed) != HASH_BYTES for hashed in path):
        raise LogError(f"A hash in the path does not have {HASH_BYTES} bytes.")
