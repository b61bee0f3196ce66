"""Entries on their way to a store: those of decisions, and those that the log says of itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from consentgate.choice.decision import ID_BYTES, Decision, Notice
from consentgate.records.entries import EntryKind, commitment_to, new_salt

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One row to store. Whoever stores it again does so with the same id and moment, so that it is
    there once. `targets` are the names of the webhooks that get it."""

    id: bytes
    kind: EntryKind
    decided_at_us: int
    payload: bytes
    salt: bytes
    commitment: bytes
    notice: Notice | None = None
    targets: tuple[str, ...] = ()


def decision_entry(decision: Decision, *, targets: tuple[str, ...] = ()) -> NewEntry:
    """Return the entry of a decision."""
    return _entry(
        decision.id,
        EntryKind.DECISION,
        decision.decided_at,
        decision.payload(),
        notice=decision.notice,
        targets=targets,
    )


def void_entry(entry: NewEntry, at: datetime) -> NewEntry:
    """Return the entry which says that the grant in another entry never took effect.

    It has the moment of that entry, so that there is one wherever it is made again.
    """
    about: dict[str, object] = {"record": entry.id.hex()}
    made = _own_entry(EntryKind.VOID, entry.id, at, about, targets=entry.targets)
    return replace(made, decided_at_us=entry.decided_at_us)


def erasure_entry(record_id: bytes, leaf_index: int, at: datetime) -> NewEntry:
    """Return the entry which says that the payload of a record was erased."""
    about: dict[str, object] = {"record": record_id.hex(), "index": leaf_index}
    return _own_entry(EntryKind.ERASURE, record_id, at, about)


def purge_entry(min_index: int, at: datetime) -> NewEntry:
    """Return the entry which says that the entries before an index were deleted."""
    key = min_index.to_bytes(8, "big")
    return _own_entry(EntryKind.PURGE, key, at, {"min_index": min_index})


def id_about(kind: EntryKind, key: bytes) -> bytes:
    """Return the id of the one entry of this kind about a record (or, of a purge, an index)."""
    named = f"consentgate.{kind.name.lower()}\n".encode() + key
    return hashlib.sha256(named).digest()[:ID_BYTES]


def microseconds(moment: datetime) -> int:
    """Return an aware moment in microseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(us: int) -> datetime:
    """Return the moment so many microseconds after the epoch, in UTC."""
    return _EPOCH + timedelta(microseconds=us)


def _own_entry(
    kind: EntryKind,
    key: bytes,
    at: datetime,
    about: dict[str, object],
    *,
    targets: tuple[str, ...] = (),
) -> NewEntry:
    entry_id = id_about(kind, key)
    document = {
        "id": entry_id.hex(),
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "entry": kind.name.lower(),
        **about,
    }
    # Canonical (RFC 8785): names and texts are ASCII, numbers are whole and below 2^53.
    payload = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return _entry(entry_id, kind, at, payload, targets=targets)


def _entry(
    entry_id: bytes,
    kind: EntryKind,
    at: datetime,
    payload: bytes,
    *,
    notice: Notice | None = None,
    targets: tuple[str, ...] = (),
) -> NewEntry:
    salt = new_salt()
    commitment = commitment_to(payload, salt)
    return NewEntry(entry_id, kind, microseconds(at), payload, salt, commitment, notice, targets)
