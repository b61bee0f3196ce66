"""Verifies each entry: its payload against its commitment, its columns against its payload, and
that what is erased or gone was logged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from consentgate.errors import RecordFormatError
from consentgate.records.entries import EntryKind, StoredEntry, commitment_to
from consentgate.records.new_entries import microseconds, moment_of
from consentgate.records.payload import Document, decision_in, read_document
from consentgate.records.tree import LogState
from consentgate.records.verify.result import Verification

LONGEST_WAIT = timedelta(hours=1)
"""How long an entry may wait for its place in the tree."""


class EntryCheck:
    """Looks at entries one after another, and at what they say of each other at the end."""

    def __init__(self, state: LogState, result: Verification) -> None:
        self._state = state
        self._result = result
        self._erased: dict[str, str] = {}
        self._erasures: dict[str, int] = {}
        self._purges: set[int] = set()
        self.notices: dict[str, str] = {}
        """Each notice that an entry is about, by its digest, with the place of the first one."""

    def check(self, entry: StoredEntry, place: str) -> None:
        """Look at one entry."""
        self._result.entries += 1
        if entry.payload is None or entry.salt is None:
            self._check_erased(entry, place)
            return
        if entry.erased_at_us is not None:
            self._result.add(place, "it is marked as erased, but its payload is there")
        if commitment_to(entry.payload, entry.salt) != entry.commitment:
            self._result.add(place, "its payload, salt and commitment do not belong together")
            return
        try:
            document = read_document(entry.payload)
        except RecordFormatError as error:
            self._result.add(place, str(error))
            return
        if document.get("id") != entry.id.hex() or _kind_of(document) is not entry.kind:
            self._result.add(place, "its id or kind is not that of its payload")
        elif entry.kind is EntryKind.DECISION:
            self._check_decision(entry, document, place)
        else:
            self._note(entry, document)

    def check_waiting(self, entries: Iterable[StoredEntry], *, now: datetime) -> None:
        """Look at the entries that have no place in the tree yet."""
        for entry in entries:
            place = f"entry {entry.id.hex()}"
            self.check(entry, place)
            stored_at = moment_of(entry.stored_at_us)
            self._result.waiting += 1
            oldest = self._result.oldest_waiting
            self._result.oldest_waiting = min(oldest or stored_at, stored_at)
            if now - stored_at > LONGEST_WAIT:
                waits = str(timedelta(seconds=(now - stored_at) // timedelta(seconds=1)))
                self._result.add(place, f"it waits for its place in the tree since {waits}")

    def finish(self) -> None:
        """Look at what was erased and purged, once all entries were seen."""
        for record, place in self._erased.items():
            if record not in self._erasures:
                self._result.add(place, "its payload is gone, and no entry says that it was erased")
        for record, index in self._erasures.items():
            # What was purged since is there no more.
            if record not in self._erased and index >= self._state.min_index:
                self._result.add(f"entry {index}", "an entry says that it was erased; it was not")
        start = self._state.min_index
        if start and start not in self._purges:
            message = f"its first {start} entries are gone, and no entry says that they were purged"
            self._result.add("log", message)

    def _check_erased(self, entry: StoredEntry, place: str) -> None:
        if entry.payload is not None or entry.salt is not None or entry.erased_at_us is None:
            self._result.add(place, "a part of it is gone, but it is not marked as erased")
            return
        self._result.erased += 1
        self._erased[entry.id.hex()] = place

    def _check_decision(self, entry: StoredEntry, document: Document, place: str) -> None:
        try:
            decision = decision_in(document)
        except RecordFormatError as error:
            self._result.add(place, str(error))
            return
        # A payload has milliseconds.
        if microseconds(decision.at) // 1_000 != entry.decided_at_us // 1_000:
            self._result.add(place, "its moment is not that of its payload")
        if decision.notice:
            self.notices.setdefault(decision.notice, place)

    def _note(self, entry: StoredEntry, document: Document) -> None:
        if entry.kind is EntryKind.ERASURE:
            self._erasures[str(document.get("record"))] = _number(document.get("index"))
        elif entry.kind is EntryKind.PURGE:
            self._purges.add(_number(document.get("min_index")))


def _kind_of(document: Document) -> EntryKind | None:
    if "decision" in document:
        return EntryKind.DECISION
    name = str(document.get("entry")).upper()
    return EntryKind[name] if name in EntryKind.__members__ else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1
