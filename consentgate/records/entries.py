"""The entries of the log: what a row holds, and the bytes that the Merkle tree commits to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum

from consentgate.choice.randomness import random_bytes

ENTRY_HEADER = b"consentgate.record.v1\n"


class EntryKind(IntEnum):
    """What an entry is about. VOID: a grant that was stored too late to be given. ERASURE: the
    payload of another entry was erased (GDPR art. 17). PURGE: entries were deleted for their
    age."""

    DECISION = 0
    VOID = 1
    ERASURE = 2
    PURGE = 3


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One row of the store.

    `leaf_index` is its place in the tree, None until it is integrated. Times are microseconds since
    the epoch, UTC: `decided_at_us` by the clock of the gate, `stored_at_us` by that of the store.
    `payload` and `salt` are None once it was erased, at `erased_at_us`.
    """

    seq: int
    id: bytes
    kind: EntryKind
    decided_at_us: int
    stored_at_us: int
    payload: bytes | None
    salt: bytes | None
    commitment: bytes
    leaf_index: int | None
    erased_at_us: int | None


def new_salt() -> bytes:
    """Return a salt, without which nobody can guess a payload from its commitment."""
    return random_bytes()


def commitment_to(payload: bytes, salt: bytes) -> bytes:
    """Return what stays of a payload in the tree when the payload and its salt are erased."""
    return hashlib.sha256(salt + payload).digest()


def entry_of(commitment: bytes) -> bytes:
    """Return a log entry; its leaf hash is SHA-256(0x00 || entry) (RFC 9162 section 2.1.1)."""
    return ENTRY_HEADER + commitment
