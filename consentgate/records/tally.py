"""Counts of decisions and of questions shown, by day: nothing of a visitor is in them.

A decision is counted in the transaction that gives it its place in the tree, and so once: unless
a void has a place before it. Processes that share a spool can store a void before its grant.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from consentgate.records.entries import EntryKind
from consentgate.records.new_entries import id_about
from consentgate.records.statements import PLACED_PAYLOAD, add_to_tally, placed_voids

SHOWN = "shown"
GIVEN = "given"
_RENEWED = "renewed"


class TallyKey(NamedTuple):
    """What is counted: decisions on a category, or (`state` is "shown") questions at a place."""

    day: date
    language: str
    place: str
    method: str
    category: str
    state: str


def shown_key(day: date, *, language: str, place: str) -> TallyKey:
    """Return the key under which a question that was shown is counted."""
    return TallyKey(day, language, place, "", "", SHOWN)


class PlacedEntry(NamedTuple):
    """An entry that just got its place."""

    id: bytes
    kind: EntryKind
    decided_at_us: int
    payload: bytes | None
    leaf_index: int


def count_entries(connection: Connection, entries: Sequence[PlacedEntry]) -> Counter[TallyKey]:
    """Return what these entries add, which have their places in the connection's transaction. A
    void takes back what its record added."""
    counted: Counter[TallyKey] = Counter()
    alike: Counter[bytes] = Counter()
    decisions: dict[bytes, bytes] = {}
    voids = _placed_voids(connection, entries)
    for entry in entries:
        if entry.payload is None:
            continue
        if entry.kind is EntryKind.DECISION:
            if voids and _is_void(entry, voids):
                continue
            key = _without_moment_and_id(entry.payload)
            alike[key] += 1
            decisions[key] = entry.payload
        elif entry.kind is EntryKind.VOID:
            counted.subtract(_keys_counted_before(connection, entry, entry.payload))
    for key, times in alike.items():
        counted.update(dict.fromkeys(_keys_of(decisions[key]), times))
    return counted


def add_counts(connection: Connection, counted: Mapping[TallyKey, int]) -> None:
    """Add to the tally, always in the same order, so that two who add never wait for each
    other."""
    rows = [{**key._asdict(), "n": n} for key, n in sorted(counted.items()) if n]
    if rows:
        connection.execute(add_to_tally(connection), rows)


def _placed_voids(connection: Connection, entries: Sequence[PlacedEntry]) -> Mapping[bytes, int]:
    """Return the places of the voids that may be about decisions among these, by their ids. A void
    has the moment of its grant."""
    moments = [entry.decided_at_us for entry in entries if entry.kind is EntryKind.DECISION]
    if not moments:
        return {}
    rows = connection.exec_driver_sql(placed_voids(min(moments), max(moments)))
    return {bytes(row[0]): row[1] for row in rows}


def _is_void(entry: PlacedEntry, voids: Mapping[bytes, int]) -> bool:
    place = voids.get(id_about(EntryKind.VOID, entry.id))
    return place is not None and place < entry.leaf_index


def _keys_counted_before(
    connection: Connection, void: PlacedEntry, payload: bytes
) -> Sequence[TallyKey]:
    """Return what the record of a void added, nothing where it has no place before that."""
    record_id = bytes.fromhex(json.loads(payload)["record"])
    row = connection.execute(PLACED_PAYLOAD, {"id": record_id, "before": void.leaf_index}).first()
    return [] if row is None or row.payload is None else _keys_of(row.payload)


def _without_moment_and_id(payload: bytes) -> bytes:
    """Return what is alike in decisions that are counted alike: reading the JSON of each would
    cost a fifth of the time in which a decision is stored (`make bench-records`).

    It begins {"at":"2026-11-29T..., and an id has 32 digits: the keys are sorted.
    """
    head, _, tail = payload.partition(b'"id":"')
    return payload[7:17] + head[31:] + tail[32:]


def _keys_of(payload: bytes) -> list[TallyKey]:
    document = json.loads(payload)
    day = date.fromisoformat(document["at"][:10])
    shared = (day, document["language"], document["source"], document["method"])
    return [
        TallyKey(*shared, name, GIVEN if decided["state"] == _RENEWED else decided["state"])
        for name, decided in document["categories"].items()
    ]
