"""Proofs as in C2SP tlog-proof, and a receipt that is verified with nothing but a key."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from consentgate.errors import LogError
from consentgate.records.entries import commitment_to, entry_of
from consentgate.records.log.checkpoint import Checkpoint, sign_checkpoint
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.log.proof import LogProof
from consentgate.records.log.tiles import inclusion_path
from tests.support.changed_texts import changes_of, is_read
from tests.support.merkle_logs import MemoryLog

ORIGIN = "data.example.org/consent"
VKEY = "data.example.org/consent+0e7b5803+AYvIcxlqI19O/o4ehZm/0CV8X6iePMS2joWGTc1LmRCh"
# Worked out by another program: 300 entries, and the proof of the one with index 137.
PROOF = """\
c2sp.org/tlog-proof@v1
index 137
o0gsN3vjgHfwJ+KUlsgR+kdMvmkFSfg20dfdHdRJdJ4=
E2W9ENZSZx9eK6glJAbr4/SB8vsa2ZAw1ETHmOuX4sU=
fNdccmvCLliWaJRe5fP7Bcjb98WiHj9KdM0SwW+0n7g=
W3YY+ic8wDEls2ZgcHwRDFPy+dgKB09lL26AeEkpk0s=
3xboLZY++LQH90OQQ+cdmrD+AIgBVfBSonnWQQcGon8=
N+tHe7dUTyPLS0rv92DPv7YL3MqvkD/BFtUczjM1xYk=
A4xNKRP8NzkrK9Ud8dQ2Rne7V5XK4phg50jV13Re/iI=
rJcfX9+fTwRGjkqVhaXJvGQo6xFhT+MtDQvOIuLX2b4=
MWLqpj5EjBbSfXGoIc/pHEGMQEp4bpHoFLJ5ugevO5Y=

data.example.org/consent
300
ZCY06FnYwp9JQ3YlzzCMo3IqPtxIygD8VW6+AJQJuio=

— data.example.org/consent DntYAxJzCga3mARvjke+eOzqeLAp/KQ/nNl93WC6BilJtud/+n/yMfE2LQTL0dTVXiFa9pky\
ucpSDfk0pkgYXNY+jQs=
"""
VERIFIER = Verifier.parse(VKEY)
SIGNER = Signer(ORIGIN, sha256(b"consentgate worked example").digest())


def entry(index: int) -> bytes:
    return b"consentgate/record/v1\n" + sha256(b"p%d" % index).digest()


LOG = MemoryLog(map(entry, range(300)))


def proof_of(log: MemoryLog, index: int, *, extra: bytes = b"") -> LogProof:
    checkpoint = Checkpoint(ORIGIN, log.edge.size, log.edge.root())
    path = inclusion_path(log, index=index, size=log.edge.size)
    return LogProof(index, path, sign_checkpoint(checkpoint, SIGNER), extra)


def test_worked_proof_is_verified() -> None:
    checkpoint = LogProof.parse(PROOF).verify(entry(137), [VERIFIER], origin=ORIGIN)

    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 300)


def test_worked_proof_is_made_to_the_byte() -> None:
    assert str(SIGNER.verifier) == VKEY
    assert str(proof_of(LOG, 137)) == PROOF


@pytest.mark.parametrize("size", [1, 2, 3, 300])
def test_every_entry_of_a_log_is_proved(size: int) -> None:
    log = MemoryLog(map(entry, range(size)))

    for index in {0, size // 2, size - 1}:
        proof = LogProof.parse(str(proof_of(log, index)))
        assert proof.verify(entry(index), [VERIFIER]).size == size


def test_entry_of_a_record_is_proved_until_its_payload_is_another() -> None:
    payload, salt = b'{"decision":"given"}', bytes(16)
    log = MemoryLog([entry(0), entry_of(commitment_to(payload, salt))])
    proof = proof_of(log, 1)

    proof.verify(entry_of(commitment_to(payload, salt)), [VERIFIER])
    with pytest.raises(LogError, match="The path of entry 1 does not lead to the root"):
        proof.verify(entry_of(commitment_to(b'{"decision":"refused"}', salt)), [VERIFIER])


def test_proof_carries_extra_data() -> None:
    proof = proof_of(LOG, 137, extra=b"salt and payload")

    assert str(proof) == PROOF.replace("index", "extra c2FsdCBhbmQgcGF5bG9hZA==\nindex", 1)
    assert LogProof.parse(str(proof)) == proof
    assert LogProof.parse(PROOF).extra == b""


def test_another_size_is_refused() -> None:
    with pytest.raises(LogError, match=r"signature of data\.example\.org/consent does not match"):
        LogProof.parse(PROOF.replace("\n300\n", "\n301\n")).verify(entry(137), [VERIFIER])


def test_checkpoint_of_another_size_is_refused() -> None:
    longer = MemoryLog(map(entry, range(301)))
    proof = replace(proof_of(LOG, 137), checkpoint=proof_of(longer, 137).checkpoint)

    with pytest.raises(LogError, match="does not lead to the root of 301 entries"):
        proof.verify(entry(137), [VERIFIER])


def test_another_entry_is_refused() -> None:
    with pytest.raises(LogError, match="does not lead to the root"):
        LogProof.parse(PROOF).verify(entry(136), [VERIFIER])


def test_proof_in_another_log_is_refused() -> None:
    with pytest.raises(LogError, match=r"is that of data\.example\.org/consent, not of"):
        LogProof.parse(PROOF).verify(entry(137), [VERIFIER], origin="other.example")


def test_proof_of_an_unknown_log_is_refused() -> None:
    with pytest.raises(LogError, match="No known key has signed"):
        LogProof.parse(PROOF).verify(entry(137), [Signer(ORIGIN, bytes(32)).verifier])


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        pytest.param("", "begins with c2sp.org/tlog-proof@v1", id="nothing"),
        pytest.param(PROOF.replace("@v1", "@v2"), "begins with", id="another version"),
        pytest.param(f"\n{PROOF}", "begins with", id="an empty line before it"),
        pytest.param(PROOF.partition("\n\n")[0], "a checkpoint at its end", id="no checkpoint"),
        pytest.param(PROOF.replace("index 137\n", ""), "no index", id="no index"),
        pytest.param("c2sp.org/tlog-proof@v1\n\nlog\n", "no index", id="a header alone"),
        pytest.param(
            "c2sp.org/tlog-proof@v1\nextra AAAA\n\nlog\n", "no index", id="only extra data"
        ),
        pytest.param(PROOF.replace("index 137", "index 0137"), "'0137'", id="a leading zero"),
        pytest.param(PROOF.replace("index 137", "index -1"), "not a decimal", id="less than 0"),
        pytest.param(PROOF.replace("index 137", "index"), "no index", id="an index without value"),
        pytest.param(PROOF.replace("index", "extra \nindex"), "not base64", id="empty extra data"),
        pytest.param(
            PROOF.replace("index 137", "index 137\nextra AAAA"), "not base64", id="extra data later"
        ),
        pytest.param(PROOF.replace("dJ4=", "dJ5="), "not base64", id="a hash in another spelling"),
        pytest.param(PROOF.replace("o0gs", ""), "29 bytes, a SHA-256 hash has 32", id="short hash"),
    ],
)
def test_malformed_proof_is_refused(proof: str, message: str) -> None:
    with pytest.raises(LogError, match=message):
        LogProof.parse(proof)


def test_none_of_a_thousand_changes_of_a_proof_is_accepted() -> None:
    def is_accepted(proof: str) -> bool:
        return is_read(lambda: LogProof.parse(proof).verify(entry(137), [VERIFIER]))

    assert is_accepted(PROOF)
    assert [one for one in changes_of(PROOF, count=1000, seed=3) if is_accepted(one)] == []
