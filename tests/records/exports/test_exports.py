"""Exports: line by line, without what was voided, and with what was erased shown as such."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consentgate import Policy
from consentgate.choice.decision import Decision, Notice
from consentgate.errors import RecordFormatError
from consentgate.records.dpv import time_text
from consentgate.records.entries import EntryKind, StoredEntry
from consentgate.records.exports import (
    COLUMNS,
    csv_lines,
    dpv_lines,
    exported_decisions,
    jsonl_lines,
)
from consentgate.records.new_entries import decision_entry, erasure_entry, microseconds
from consentgate.records.payload import read_decision, read_notice
from tests.support.record_stores import NOW, POLICY, decision_of, notice_of
from tests.support.regimes import SWISS

ENDS = datetime(2027, 5, 30, tzinfo=UTC)
"""When a consent of NOW ends: with the day after which it held for 182 days."""


def stored(decision: Decision, **changes: Any) -> StoredEntry:
    """A row of a decision."""
    entry = decision_entry(decision)
    row: dict[str, Any] = {
        "seq": 1,
        "id": entry.id,
        "kind": entry.kind,
        "decided_at_us": entry.decided_at_us,
        "stored_at_us": entry.decided_at_us + 2_000,
        "payload": entry.payload,
        "salt": entry.salt,
        "commitment": entry.commitment,
        "leaf_index": 0,
        "erased_at_us": None,
    }
    return StoredEntry(**{**row, **changes})


def jsonl(*entries: StoredEntry, now: datetime = NOW, **options: Any) -> list[Any]:
    found = exported_decisions(entries, **{"voided": (), **options}, now=now)
    return [json.loads(line) for line in jsonl_lines(found)]


def dpv(*entries: StoredEntry, now: datetime = NOW, **options: Any) -> Any:
    found = exported_decisions(entries, voided=(), now=now)
    notices = {notice_of().digest: notice_of()}
    lines = dpv_lines(found, now=now, **{"notice_of": notices.get, **options})
    return json.loads("".join(lines))["@graph"]


def erased(number: int = 1) -> StoredEntry:
    gone = {"payload": None, "salt": None, "erased_at_us": microseconds(NOW)}
    return stored(decision_of(number), **gone)


def test_a_line_of_json_has_all_that_a_record_holds() -> None:
    decision = decision_of(3, {"statistics": "given"}, notice=notice_of(), replaces=b"\1" * 16)

    assert jsonl(stored(decision)) == [
        {
            "id": "00000000000000000000000000000003",
            "leaf_index": 0,
            "decided_at": "2026-11-28T09:14:10.250Z",
            "stored_at": "2026-11-28T09:14:10.252Z",
            "decision": "given",
            "categories": {
                "statistics": {
                    "state": "given",
                    "fingerprint": POLICY.fingerprint("statistics"),
                }
            },
            "expires_at": "2027-05-30T00:00:00.000Z",
            "expired": [],
            "language": "fr",
            "method": "accept",
            "source": "banner",
            "gpc": False,
            "notice": notice_of().digest.hex(),
            "replaces": "01" * 16,
        }
    ]


def test_what_was_voided_and_what_is_no_decision_is_left_out() -> None:
    entries = [stored(decision_of(1)), stored(decision_of(2))]
    own = erasure_entry(b"\1" * 16, 0, NOW)
    log_entry = stored(decision_of(3), kind=EntryKind.ERASURE, payload=own.payload)

    lines = jsonl(*entries, log_entry, voided={decision_of(1).id})
    assert [line["id"][-1] for line in lines] == ["2"]


def test_an_erased_record_has_its_place_and_its_times_only() -> None:
    (line,) = jsonl(erased())

    assert set(line) == {"id", "leaf_index", "decided_at", "stored_at", "erased_at"}
    assert line["erased_at"] == "2026-11-28T09:14:07.250Z"


@pytest.mark.parametrize(
    ("now", "policy", "expired"),
    [
        (NOW, None, []),
        (NOW, POLICY, []),
        (ENDS - timedelta(seconds=1), None, []),
        (ENDS, None, ["statistics"]),
        (NOW, Policy(), ["statistics"]),
    ],
    ids=["new", "same declaration", "last moment", "too old", "other declaration"],
)
def test_expired_is_computed_for_what_was_granted(
    now: datetime, policy: Policy | None, expired: list[str]
) -> None:
    decision = decision_of(0, {"statistics": "given", "marketing": "refused"}, kind="partial")
    (line,) = jsonl(stored(decision), now=now, policy=policy)

    assert line["expired"] == expired


@pytest.mark.law(7)
@pytest.mark.parametrize(
    ("regime", "days"),
    [("fr", 182), ("eu", 182), ("uk", 182), ("us-ca", 365), (SWISS, 100), (["fr", "us-ca"], 182)],
    ids=["fr", "eu", "uk", "us-ca", "a site's own", "several"],
)
def test_a_consent_holds_as_long_as_the_regime_of_its_day_says(regime: Any, days: int) -> None:
    policy = Policy(POLICY.necessary, POLICY.cookies, regime=regime)
    decision = decision_of(policy=policy)
    # The gate lets it hold to the end of its last day.
    ends = datetime(2026, 11, 28, tzinfo=UTC) + timedelta(days=days + 1)

    before = jsonl(stored(decision), now=ends - timedelta(seconds=1))[0]
    after = jsonl(stored(decision), now=ends)[0]
    assert (before["expired"], after["expired"]) == ([], ["statistics"])
    assert after["expires_at"] == time_text(ends)


def test_a_refusal_does_not_expire() -> None:
    refused = decision_of(states={"statistics": "refused"}, kind="refused")
    (line,) = jsonl(stored(refused), now=ENDS)

    assert (line["expires_at"], line["expired"]) == (None, [])


def test_a_consent_can_hold_beyond_the_end_of_the_calendar() -> None:
    decision = replace(decision_of(), lifetime=timedelta(days=365 * 9_000))
    (line,) = jsonl(stored(decision), policy=Policy())

    assert line["expires_at"].startswith("9999-12-31")
    assert line["expired"] == ["statistics"]


def test_a_record_without_a_lifetime_has_the_shortest() -> None:
    payload = json.loads(decision_of().payload())
    del payload["lifetime"]

    read = read_decision(json.dumps(payload).encode())
    assert read.expires_at == ENDS
    for wrong in ("soon", "session", 5):
        with pytest.raises(RecordFormatError):
            read_decision(json.dumps({**payload, "lifetime": wrong}).encode())


def test_csv_has_a_column_for_each_field_and_a_row_for_each_decision() -> None:
    decisions = [
        stored(decision_of(1, {"statistics": "given", "marketing": "refused"})),
        erased(2),
    ]
    text = "".join(csv_lines(exported_decisions(decisions, voided=(), now=ENDS + timedelta(1))))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["categories"] == "marketing=refused statistics=given"
    assert (rows[0]["expired"], rows[0]["gpc"], rows[0]["replaces"]) == ("statistics", "no", "")
    assert (rows[1]["decision"], rows[1]["erased_at"]) == ("", "2026-11-28T09:14:07.250Z")


@pytest.mark.parametrize("source", ["=HYPERLINK(1)", "+1", "-1", "@a", "\ta"], ids=repr)
def test_a_cell_of_csv_is_no_formula(source: str) -> None:
    entries = [stored(decision_of(source=source))]
    text = "".join(csv_lines(exported_decisions(entries, voided=(), now=NOW)))

    assert next(csv.DictReader(io.StringIO(text)))["source"] == f"'{source}"


def test_records_in_terms_of_the_vocabulary_are_one_document() -> None:
    records = dpv(
        stored(decision_of(1, {"statistics": "given", "marketing": "refused"}, notice=notice_of())),
        erased(2),
        stored(decision_of(3, notice=notice_of())),
        now=ENDS + timedelta(days=1),
    )

    states = [[event["@type"][0] for event in one["dpv:hasConsentStatus"]] for one in records]
    assert states == [
        ["dpv:ConsentRefused"],
        ["dpv:ConsentGiven", "dpv:ConsentExpired"],
        ["dpv:ConsentGiven", "dpv:ConsentExpired"],
    ]


def test_an_export_without_records_is_a_whole_document() -> None:
    assert dpv() == []


def test_a_decision_without_a_notice_is_described_by_the_declaration_that_is_given() -> None:
    entry = stored(decision_of())

    assert dpv(entry, without_notice=read_notice(notice_of()))[0]["dpv:hasProcess"]
    with pytest.raises(RecordFormatError, match="--policy"):
        dpv(entry)


def test_a_notice_that_is_not_stored_is_an_error_that_names_the_record() -> None:
    with pytest.raises(RecordFormatError, match=r"record 0{32} is about the notice"):
        dpv(stored(decision_of(notice=notice_of())), notice_of=lambda _: None)


def test_an_export_of_many_records_needs_no_more_memory_than_one_of_few() -> None:
    entry = stored(decision_of(1, notice=notice_of()))

    def many(count: int) -> Iterator[StoredEntry]:
        return (entry for _ in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in dpv_lines(
            exported_decisions(many(count), voided=(), now=NOW),
            notice_of=lambda _: notice_of(),
            now=NOW,
        ):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(1_000) < peak(10) + 100_000


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": 1}',
        decision_of().payload().replace(b"Z", b""),
        decision_of().payload().replace(b"Z", b"+02:00"),
        decision_of().payload().replace(b'"given"', b'"granted"'),
        decision_of().payload().replace(b'"fingerprint"', b'"print"'),
        b'{"categories": []}',
    ],
    ids=repr,
)
def test_a_payload_that_consentgate_does_not_write_is_an_error(payload: bytes) -> None:
    with pytest.raises(RecordFormatError):
        read_decision(payload)


@pytest.mark.parametrize(
    "body", [b"<p>", b"{}", b'{"buttons": {}, "policy": {}, "banner": 1}'], ids=repr
)
def test_a_notice_of_another_form_is_an_error(body: bytes) -> None:
    with pytest.raises(RecordFormatError):
        read_notice(Notice(body, "en"))
