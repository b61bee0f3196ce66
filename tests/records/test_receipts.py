"""The receipts that a recorder makes for visitors, and the checkpoints that it signs for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from consentgate import ConfigurationError
from consentgate.errors import RecordStoreError
from consentgate.records.last_note import last_note_path, read_last_note, write_last_note
from consentgate.records.log.checkpoint import Checkpoint, sign_checkpoint
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.receipt import verify_receipt
from consentgate.records.recorder import StoreRecorder
from consentgate.records.signing import sign_log
from tests.support.record_stores import NOW, decision_of, notice_of

SECRET = "for tests only, of 32 characters"
STATES = {"statistics": "given", "marketing": "refused"}
DECISION = decision_of(1, STATES, kind="partial", notice=notice_of())

Record = Callable[..., StoreRecorder]


@pytest.fixture
def recorder_of(address: str, tmp_path: Path) -> Iterator[Record]:
    """A function that makes a recorder of one decision."""
    made: list[StoreRecorder] = []

    def make(**options: Any) -> StoreRecorder:
        recorder = StoreRecorder(address, spool=tmp_path, clock=lambda: NOW, **options)
        made.append(recorder)
        recorder.record(DECISION).result(10)
        return recorder

    yield make
    for recorder in made:
        recorder.close()


def receipt_in(recorder: StoreRecorder, record_id: bytes = DECISION.id) -> bytes | None:
    """The receipt of a record: b"" while it is not final, None where there is none."""
    found = recorder.receipt(record_id).result(10)
    assert found is None or found.is_final is bool(found.body)
    return None if found is None else found.body


def origin_of(recorder: StoreRecorder) -> str:
    with recorder.store.read() as reading:
        return reading.log().origin


def test_a_receipt_is_proved_by_the_key_that_the_secret_key_gives(recorder_of: Record) -> None:
    recorder = recorder_of(secret_key=SECRET)

    receipt = receipt_in(recorder)

    assert receipt
    verifier = Signer.derive(SECRET.encode(), origin_of(recorder)).verifier
    assert verify_receipt(receipt, [verifier]).decision.id == DECISION.id.hex()


def test_the_sites_own_key_signs_in_its_place(recorder_of: Record) -> None:
    signer = Signer.generate("data.example.org/consent")
    recorder = recorder_of(secret_key=SECRET, signer_key=signer.export())

    receipt = receipt_in(recorder)

    assert receipt
    assert verify_receipt(receipt, [signer.verifier]).index == 0


def test_the_public_key_is_in_the_stores_list(recorder_of: Record) -> None:
    recorder = recorder_of(secret_key=SECRET)
    receipt = receipt_in(recorder)

    with recorder.store.read() as reading:
        keys = [Verifier.parse(saved.vkey) for saved in reading.keys()]  # noqa: SIM118 (a method)

    assert receipt
    assert verify_receipt(receipt, keys).index == 0


def test_nothing_is_signed_where_a_checkpoint_covers_the_record(recorder_of: Record) -> None:
    recorder = recorder_of(secret_key=SECRET)
    receipt_in(recorder)
    recorder.record(decision_of(2, STATES, kind="partial", notice=notice_of())).result(10)

    receipt_in(recorder)

    with recorder.store.read() as reading:
        assert [saved.size for saved in reading.checkpoints()] == [1]


def test_without_a_key_a_receipt_waits_for_a_checkpoint(recorder_of: Record) -> None:
    recorder = recorder_of()
    before = receipt_in(recorder)

    sign_log(recorder.store, [Signer.generate(origin_of(recorder))], now=NOW)

    assert before == b""
    assert receipt_in(recorder)


def test_what_is_not_recorded_has_no_receipt(recorder_of: Record) -> None:
    assert receipt_in(recorder_of(secret_key=SECRET), b"\0" * 16) is None


def test_what_was_erased_has_no_receipt(recorder_of: Record) -> None:
    recorder = recorder_of(secret_key=SECRET)
    recorder.store.erase(DECISION.id)

    assert receipt_in(recorder) is None


def test_a_log_that_is_not_what_was_signed_is_not_signed_again(
    recorder_of: Record, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = recorder_of(secret_key=SECRET)
    origin = origin_of(recorder)
    signer = Signer.generate(origin)
    note = sign_log(recorder.store, [signer], now=NOW).note
    longer = note.replace("\n1\n", "\n0\n")  # and so without a valid signature
    recorder.store.save_checkpoint(origin=origin, size=0, root=b"\0" * 32, note=longer, at=NOW)
    recorder.store.save_checkpoint(origin=origin, size=1, root=b"\0" * 32, note=longer, at=NOW)
    later = decision_of(3, STATES, kind="partial", notice=notice_of())
    recorder.record(later).result(10)

    failure = recorder.receipt(later.id).exception(10)

    assert isinstance(failure, RecordStoreError)
    assert "no checkpoint is signed" in caplog.text


def test_a_restored_backup_is_not_signed(
    sqlite_address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = StoreRecorder(sqlite_address, spool=tmp_path, secret_key=SECRET)
    recorder.record(DECISION).result(10)
    origin = origin_of(recorder)
    longer = Checkpoint(origin, 5, b"\0" * 32)
    note = sign_checkpoint(longer, Signer.derive(SECRET.encode(), origin))
    write_last_note(last_note_path(recorder.store), note)

    failure = recorder.receipt(DECISION.id).exception(10)
    recorder.close()

    assert isinstance(failure, RecordStoreError)
    assert "the log has 1 entries, and 5 were signed: a backup was restored" in caplog.text


def test_what_is_signed_for_a_receipt_is_kept_outside_of_the_database(
    sqlite_address: str, tmp_path: Path
) -> None:
    recorder = StoreRecorder(sqlite_address, spool=tmp_path, secret_key=SECRET)
    recorder.record(DECISION).result(10)
    receipt = receipt_in(recorder)
    recorder.close()

    note = read_last_note(last_note_path(recorder.store))
    assert note is not None
    assert json.loads(receipt or b"")["cg:proof"]["cg:tlogProof"].endswith(note)


def test_a_key_that_is_none_is_an_error_at_start_up(recorder_of: Record) -> None:
    with pytest.raises(ConfigurationError, match="records_key is no signer key"):
        recorder_of(signer_key="a word")
