"""Finds the proof that an entry is in the log, under the newest checkpoint that was signed."""

from __future__ import annotations

from datetime import datetime

from consentgate.choice.decision import Notice
from consentgate.errors import RecordFormatError
from consentgate.records.entries import EntryKind, StoredEntry
from consentgate.records.log.proof import LogProof
from consentgate.records.log.tiles import inclusion_path
from consentgate.records.payload import read_decision
from consentgate.records.reading import Reading
from consentgate.records.receipt import make_receipt


def find_proof(reading: Reading, entry: StoredEntry) -> LogProof | None:
    """Return the proof of an entry, None while no checkpoint covers it."""
    index, origin = entry.leaf_index, reading.log().origin
    covering = [
        checkpoint
        for checkpoint in reading.checkpoints()
        if checkpoint.origin == origin and index is not None and index < checkpoint.size
    ]
    if index is None or not covering:
        return None
    newest = max(covering, key=lambda checkpoint: checkpoint.size)
    path = inclusion_path(reading, index=index, size=newest.size)
    return LogProof(index, path, newest.note)


def find_receipt(reading: Reading, record_id: bytes, *, created: datetime) -> bytes | None:
    """Return the receipt of a record; None while no checkpoint covers it.

    Raises RecordFormatError where there is no such record, or nothing of it to be read: it was
    erased or voided, or is about no notice.
    """
    payload, salt, entry = _read(reading, record_id)
    notice = find_notice(reading, record_id)
    proof = find_proof(reading, entry)
    if proof is None:
        return None
    return make_receipt(payload, salt, notice, proof, created=created)


def find_notice(reading: Reading, record_id: bytes) -> Notice:
    """Return the notice that a record is about. Raises RecordFormatError, like `find_receipt`."""
    payload, _, _ = _read(reading, record_id)
    digest = read_decision(payload).notice
    notice = reading.notice(bytes.fromhex(digest)) if digest else None
    if notice is None:
        raise RecordFormatError(f"the record {record_id.hex()} has no notice, and so no receipt")
    return notice


def _read(reading: Reading, record_id: bytes) -> tuple[bytes, bytes, StoredEntry]:
    """Return the payload and the salt of a record, and its entry."""
    entry = reading.entry(record_id)
    if entry is None or entry.kind is not EntryKind.DECISION or reading.is_voided(record_id):
        raise RecordFormatError(f"there is no record {record_id.hex()}")
    if entry.payload is None or entry.salt is None:
        raise RecordFormatError(f"the record {record_id.hex()} was erased")
    return entry.payload, entry.salt, entry
