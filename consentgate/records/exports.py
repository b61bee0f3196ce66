"""Exports of all records, line by line: no more than one record is in memory.

Voided decisions are left out, since what they granted was never given. Of an erased record the
place and the times are left.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from consentgate.choice.decision import Notice
from consentgate.errors import RecordFormatError
from consentgate.policy import Policy
from consentgate.records.dpv import CONTEXT, add_expiry, consent_records, time_text
from consentgate.records.entries import EntryKind, StoredEntry
from consentgate.records.new_entries import moment_of
from consentgate.records.payload import RecordedDecision, ShownNotice, read_decision, read_notice

COLUMNS = (
    "id",
    "leaf_index",
    "decided_at",
    "stored_at",
    "decision",
    "categories",
    "expires_at",
    "expired",
    "language",
    "method",
    "source",
    "gpc",
    "notice",
    "replaces",
    "erased_at",
)
# What a spreadsheet would run as a formula; a site's `source` can be any text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Exported:
    """A decision of an export: the row, what its payload says (None where it was erased), and the
    categories whose consent holds no more."""

    entry: StoredEntry
    decision: RecordedDecision | None
    expired: tuple[str, ...] = ()


def exported_decisions(
    entries: Iterable[StoredEntry],
    *,
    voided: Container[bytes],
    now: datetime,
    policy: Policy | None = None,
) -> Iterator[Exported]:
    """Yield the decisions among `entries`, in their order, without those of the ids in `voided`."""
    for entry in entries:
        if entry.kind is not EntryKind.DECISION or entry.id in voided:
            continue
        if entry.payload is None:
            yield Exported(entry, None)
        else:
            decision = read_decision(entry.payload)
            yield Exported(entry, decision, decision.expired(now=now, policy=policy))


def jsonl_lines(decisions: Iterable[Exported]) -> Iterator[str]:
    """Yield a line of JSON for each decision."""
    for exported in decisions:
        yield json.dumps(_fields(exported), separators=(",", ":")) + "\n"


def csv_lines(decisions: Iterable[Exported]) -> Iterator[str]:
    """Yield CSV (RFC 4180): the line of headings, then a line for each decision."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield _taken(line)
    for exported in decisions:
        fields = _fields(exported)
        writer.writerow(_cell(fields.get(column)) for column in COLUMNS)
        yield _taken(line)


def dpv_lines(
    decisions: Iterable[Exported],
    *,
    notice_of: Callable[[bytes], Notice | None],
    now: datetime,
    without_notice: ShownNotice | None = None,
) -> Iterator[str]:
    """Yield one JSON-LD document of ISO/IEC TS 27560 records, a line for each category of each
    decision. Erased decisions are left out: nothing of them can be said in these terms.

    `without_notice` describes decisions that a handler of the site recorded without a notice.
    Raises RecordFormatError where a decision cannot be described.
    """
    notices = _Notices(notice_of, without_notice)
    yield f'{{"@context":{json.dumps(CONTEXT)},"@graph":['
    separator = "\n"
    for exported in decisions:
        if exported.decision is None:
            continue
        shown = notices.shown(exported.decision)
        names = exported.decision.categories
        for name, record in zip(names, consent_records(exported.decision, shown)):
            if name in exported.expired:
                add_expiry(record, exported.decision, now=now)
            yield separator + json.dumps(record, separators=(",", ":"))
            separator = ",\n"
    yield "\n]}\n"


class _Notices:
    """The notice that was read last: neighbouring records mostly have the same one."""

    def __init__(
        self, notice_of: Callable[[bytes], Notice | None], without_notice: ShownNotice | None
    ) -> None:
        self._notice_of = notice_of
        self._without_notice = without_notice
        self._last: tuple[str, ShownNotice] | None = None

    def shown(self, decision: RecordedDecision) -> ShownNotice:
        if self._last is None or self._last[0] != decision.notice:
            self._last = decision.notice, self._read(decision)
        return self._last[1]

    def _read(self, decision: RecordedDecision) -> ShownNotice:
        if not decision.notice:
            return self._current(decision)
        notice = self._notice_of(bytes.fromhex(decision.notice))
        if notice is None:
            raise RecordFormatError(
                f"record {decision.id} is about the notice {decision.notice}, which is not stored"
            )
        return read_notice(notice)

    def _current(self, decision: RecordedDecision) -> ShownNotice:
        if self._without_notice is None:
            hint = "describe it by today's declaration: --policy consent.toml"
            raise RecordFormatError(f"record {decision.id} has no notice; {hint}")
        return self._without_notice


def _fields(exported: Exported) -> dict[str, object]:
    entry, decision = exported.entry, exported.decision
    fields: dict[str, object] = {
        "id": entry.id.hex(),
        "leaf_index": entry.leaf_index,
        "decided_at": time_text(moment_of(entry.decided_at_us)),
        "stored_at": time_text(moment_of(entry.stored_at_us)),
    }
    if decision is None:
        erased_at = None if entry.erased_at_us is None else moment_of(entry.erased_at_us)
        return {**fields, "erased_at": erased_at and time_text(erased_at)}
    return {
        **fields,
        "decision": decision.kind.value,
        "categories": {
            name: {"state": decided.state.value, "fingerprint": decided.fingerprint}
            for name, decided in decision.categories.items()
        },
        "expires_at": time_text(decision.expires_at) if decision.grants else None,
        "expired": list(exported.expired),
        "language": decision.language,
        "method": decision.method,
        "source": decision.source,
        "gpc": decision.gpc,
        "notice": decision.notice,
        "replaces": decision.replaces or None,
    }


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return " ".join(f"{name}={category['state']}" for name, category in value.items())
        case list():
            return " ".join(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
