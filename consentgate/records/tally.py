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
    for kind, payload in entries:
        if payload is None or kind not in (EntryKind.DECISION, EntryKind.VOID):
            continue
        document = json.loads(payload)
        if kind is EntryKind.DECISION:
            counted.update(_keys_of(document))
            continue
        voided = connection.scalar(PAYLOAD, {"id": bytes.fromhex(document["record"])})
        if voided is not None:
            counted.subtract(_keys_of(json.loads(voided)))
    return counted


def add_counts(connection: Connection, counted: Mapping[TallyKey, int]) -> None:
    """Add to the tally, always in the same order, so that two who add never wait for each
    other."""
    rows = [{**key._asdict(), "n": n} for key, n in sorted(counted.items()) if n]
    if rows:
        connection.execute(add_to_tally(connection), rows)


def _keys_of(document: Mapping[str, object]) -> list[TallyKey]:
    day = date.fromisoformat(str(document["at"])[:10])
    categories = document["categories"]
    assert isinstance(categories, dict), "a decision's payload has categories"
    shared = (day, str(document["language"]), str(document["source"]), str(document["method"]))
    return [
        TallyKey(*shared, name, GIVEN if decided["state"] == _RENEWED else decided["state"])
        for name, decided in categories.items()
    ]
