"""What is verified, proved and exported is the same in both kinds of store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from consentgate.choice.clock import utc_now
from consentgate.cli import main
from consentgate.records.exports import exported_decisions, jsonl_lines
from consentgate.records.opening import open_store
from consentgate.records.proofs import find_receipt
from consentgate.records.receipt import verify_receipt
from consentgate.records.signing import sign_log
from consentgate.records.store import Store
from consentgate.records.verify import Verification, verify_store
from tests.support.record_stores import decision_of, notice_of, signer_of, write_decisions

SIGNER = signer_of()
KEYS = [SIGNER.verifier]


def verified(store: Store) -> Verification:
    with store.read() as reading:
        return verify_store(reading, now=utc_now(), verifiers=KEYS)


def test_a_store_is_verified_through_its_whole_life(store: Store) -> None:
    write_decisions(store, [decision_of(n, notice=notice_of()) for n in range(300)])
    sign_log(store, [SIGNER], now=utc_now())
    assert (verified(store).violations, verified(store).undecided) == ([], [])

    with store.read() as reading:
        receipt = find_receipt(reading, decision_of(7).id, created=utc_now())
    assert receipt is not None
    store.erase(decision_of(8).id)
    store.purge(utc_now() + timedelta(days=1))
    sign_log(store, [SIGNER], now=utc_now())
    found = verified(store)

    assert (found.violations, found.undecided) == ([], [])
    assert (found.purged, found.size, found.checkpoints) == (301, 302, 2)
    assert verify_receipt(receipt, KEYS).index < 300


@pytest.mark.postgres
@pytest.mark.cli
def test_the_key_of_a_postgresql_store_is_where_the_command_says(
    postgres_address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_decisions(open_store(postgres_address), [decision_of()])
    checkpoint = ["records", "checkpoint", postgres_address]

    assert main(checkpoint) == 3
    assert "say where the log's secret key is: --key FILE" in capsys.readouterr().err
    assert main([*checkpoint, "--key", str(tmp_path / "key")]) == 0
    assert main(["records", "verify", postgres_address]) == 0


@pytest.mark.postgres
@pytest.mark.cli
def test_what_only_reads_runs_on_a_replica(
    postgres_address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(postgres_address)
    write_decisions(store, [decision_of(n, notice=notice_of()) for n in range(20)])
    store.integrate()
    sign_log(store, [SIGNER], now=utc_now())
    # As a standby has it, a session may write nothing.
    replica = f"{postgres_address}&options=-cdefault_transaction_read_only%3Don"
    record, digest = decision_of(3).id.hex(), notice_of().digest.hex()
    commands = [
        ["export", replica],
        ["export", replica, "--format", "27560"],
        ["stats", replica],
        ["verify", replica],
        ["prove", replica, record],
        ["notice", replica, digest, "--folder", str(tmp_path)],
    ]

    assert [main(["records", *command]) for command in commands] == [0] * len(commands)
    assert main(["records", "erase", replica, record]) == 3
    assert "read-only" in capsys.readouterr().err


def test_an_export_has_every_decision_once(store: Store) -> None:
    write_decisions(store, [decision_of(n, notice=notice_of()) for n in range(50)])
    store.integrate()

    with store.read() as reading:
        decisions = exported_decisions(reading.entries(), voided=(), now=utc_now())
        lines = list(jsonl_lines(decisions))
    assert len(set(lines)) == 50
