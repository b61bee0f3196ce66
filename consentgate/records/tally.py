"""Counts of decisions and of questions shown, by day: nothing of a visitor is in them.

A decision is counted in the transaction that gives it its place in the tree, and so once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from consentgate.records.entries import EntryKind
from consentgate.records.statements import PAYLOAD, add_to_tally

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


def count_entries(
    connection: Connection, entries: Iterable[tuple[EntryKind, bytes | None]]
) -> Counter[TallyKey]:
    """Return what these entries add, by their kinds and payloads. A void takes back what its
    record added."""
    counted: Counter[TallyKey] = Counter()
    alike: Counter[bytes] = Counter()
    decisions: dict[bytes, bytes] = {}
    for kind, payload in entries:
        if payload is None:
            continue
        if kind is EntryKind.DECISION:
            key = _without_moment_and_id(payload)
            alike[key] += 1
            decisions[key] = payload
        elif kind is EntryKind.VOID:
            voided = bytes.fromhex(json.loads(payload)["record"])
            found = connection.scalar(PAYLOAD, {"id": voided})
            counted.subtract([] if found is None else _keys_of(found))
    for key, times in alike.items():
        counted.update(dict.fromkeys(_keys_of(decisions[key]), times))
    return counted


def add_counts(connection: Connection, counted: Mapping[TallyKey, int]) -> None:
    """Add to the tally, always in the same order, so that two who add never wait for each
    other."""
    rows = [{**key._asdict(), "n": n} for key, n in sorted(counted.items()) if n]
    if rows:
        connection.execute(add_to_tally(connection), rows)


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
