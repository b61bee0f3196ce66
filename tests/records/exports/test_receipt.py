"""Receipts: what a visitor takes home, verified without the store that made it."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rdflib import Graph

from consentgate.errors import ConsentGateError, LogError, RecordFormatError
from consentgate.records.new_entries import NewEntry, decision_entry, void_entry
from consentgate.records.proofs import find_receipt
from consentgate.records.receipt import LONGEST_NOTICE, LONGEST_RECEIPT, verify_receipt
from consentgate.records.signing import sign_log
from consentgate.records.store import Store
from tests.records.exports.test_dpv import known_terms, used_terms
from tests.support.record_stores import (
    NOW,
    decision_of,
    new_store,
    notice_of,
    signer_of,
    write_decisions,
)

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

SIGNER = signer_of()
KEYS = [SIGNER.verifier]
STATES = {"statistics": "given", "marketing": "refused"}


def signed_store(folder: Path) -> Store:
    """A store of 300 decisions, all under one checkpoint."""
    store = new_store(folder / "consent.db")
    store.name_log("data.example.org/consent", SIGNER.name)
    write_decisions(
        store,
        [decision_of(n, STATES, kind="partial", notice=notice_of()) for n in range(300)],
    )
    sign_log(store, [SIGNER], now=NOW)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return signed_store(tmp_path)


@pytest.fixture(scope="module")
def receipt(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The receipt of decision 137."""
    return receipt_of(signed_store(tmp_path_factory.mktemp("receipt")), 137)


def receipt_of(store: Store, number: int) -> bytes:
    with store.read() as reading:
        found = find_receipt(reading, number.to_bytes(16, "big"), created=NOW)
    assert found is not None
    return found


def changed(receipt: bytes, *path: str, to: Any) -> bytes:
    """A receipt in which one value is another."""
    document = json.loads(receipt)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(document).encode()


def proof_of(receipt: bytes, key: str) -> str:
    return str(json.loads(receipt)["cg:proof"][key])


@pytest.mark.law(24)
def test_a_receipt_proves_its_decision_without_the_store(receipt: bytes) -> None:
    proved = verify_receipt(receipt, KEYS, origin="data.example.org/consent")

    assert proved.decision.id == (137).to_bytes(16, "big").hex()
    assert {name: one.state for name, one in proved.decision.categories.items()} == STATES
    assert (proved.index, proved.checkpoint.size) == (137, 300)
    assert proved.notice == notice_of()


def test_a_receipt_is_small_and_of_terms_of_the_vocabulary(receipt: bytes) -> None:
    graph = Graph().parse(data=receipt, format="json-ld")

    assert len(receipt) < 12_000
    assert used_terms(graph) - known_terms() == set()


def test_a_receipt_that_was_laid_out_again_proves_the_same(receipt: bytes) -> None:
    indented = json.dumps(json.loads(receipt), indent=4, sort_keys=True).encode()

    assert verify_receipt(indented, KEYS) == verify_receipt(receipt, KEYS)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["dpv:hasIdentifier"], "0" * 32, "dpv:hasIdentifier differs"),
        (["dpv:hasRecordOfActivity"], [], "dpv:hasRecordOfActivity differs"),
        (["dct:publisher"], {"@id": "other"}, "dct:publisher differs"),
        (["@context"], {}, "@context differs"),
        (["dct:title"], "All consent was given", "dct:title differs"),
        (["cg:proof", "cg:more"], "x", "cg:proof differs"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_readable_part_that_says_something_else_is_not_proved(
    receipt: bytes, path: list[str], value: object, words: str
) -> None:
    with pytest.raises(LogError, match=words):
        verify_receipt(changed(receipt, *path, to=value), KEYS)


def test_a_key_that_is_there_twice_is_refused(receipt: bytes) -> None:
    twice = receipt.replace(b'"dpv:hasIdentifier"', b'"dct:created": "", "dpv:hasIdentifier"', 1)

    with pytest.raises(RecordFormatError, match="a key is there twice"):
        verify_receipt(twice, KEYS)


def test_the_signature_of_another_key_proves_nothing(receipt: bytes) -> None:
    with pytest.raises(LogError, match="No known key has signed"):
        verify_receipt(receipt, [signer_of("other.example").verifier])
    with pytest.raises(LogError, match="not of other"):
        verify_receipt(receipt, KEYS, origin="other")


def test_a_payload_of_another_record_is_not_in_the_log_there(store: Store) -> None:
    one, other = receipt_of(store, 1), receipt_of(store, 2)
    for key in ("cg:payload", "cg:salt", "cg:tlogProof"):
        with pytest.raises(LogError):
            verify_receipt(changed(one, "cg:proof", key, to=proof_of(other, key)), KEYS)


def test_another_notice_is_not_the_one_that_was_shown(receipt: bytes) -> None:
    body = zlib.compress(notice_of(html="<p>Nothing else</p>").body)
    text = urlsafe_b64encode(body).decode()

    with pytest.raises(LogError, match="not the one that the decision was made on"):
        verify_receipt(changed(receipt, "cg:proof", "cg:notice", to=text), KEYS)


def test_a_thousand_changes_of_a_byte_are_all_noticed(receipt: bytes) -> None:
    random = Random(15)
    start = receipt.index(b'"dct:created"')
    proved = [*range(start), *range(receipt.index(b'"dct:publisher"'), len(receipt) - 1)]
    for place in random.choices(proved, k=1_000):
        bit = 1 << random.randrange(8)
        damaged = receipt[:place] + bytes([receipt[place] ^ bit]) + receipt[place + 1 :]
        with pytest.raises(ConsentGateError):
            verify_receipt(damaged, KEYS)


def test_the_time_at_which_a_receipt_was_made_is_not_proved(receipt: bytes) -> None:
    other = changed(receipt, "dct:created", to="2001-01-01T00:00:00.000Z")

    assert verify_receipt(other, KEYS) == verify_receipt(receipt, KEYS)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a consent receipt"),
        (b'{"@type": "dpv:ConsentRecord"}', "not a consent receipt"),
        (b'{"@type": "dpv:ConsentReceipt"}', "no whole proof"),
        (b'{"@type": "dpv:ConsentReceipt", "cg:proof": {"cg:payload": 1}}', "no whole proof"),
        (b" " * (LONGEST_RECEIPT + 1), "at most"),
    ],
    ids=["cut", "deep", "list", "record", "no proof", "no text", "long"],
)
def test_what_is_no_receipt_is_refused(document: bytes, words: str) -> None:
    with pytest.raises(RecordFormatError, match=words):
        verify_receipt(document, KEYS)


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        ("!", "not base64url"),
        (urlsafe_b64encode(b"no zlib").decode(), "damaged"),
        (urlsafe_b64encode(zlib.compress(b"x" * 100)[:-5]).decode(), "cut"),
        (urlsafe_b64encode(zlib.compress(b"x" * (LONGEST_NOTICE + 1))).decode(), "too long"),
    ],
    ids=["text", "no zlib", "cut", "bomb"],
)
def test_a_notice_that_cannot_be_read_is_refused(receipt: bytes, notice: str, words: str) -> None:
    with pytest.raises(RecordFormatError, match=words):
        verify_receipt(changed(receipt, "cg:proof", "cg:notice", to=notice), KEYS)


def test_a_record_that_no_checkpoint_covers_has_no_receipt_yet(store: Store) -> None:
    write_decisions(store, [decision_of(300, notice=notice_of())])

    with store.read() as reading:
        assert find_receipt(reading, (300).to_bytes(16, "big"), created=NOW) is None


def test_a_receipt_has_the_proof_of_the_newest_checkpoint(store: Store) -> None:
    write_decisions(store, [decision_of(300, notice=notice_of())])
    sign_log(store, [SIGNER], now=NOW)

    assert verify_receipt(receipt_of(store, 3), KEYS).checkpoint.size == 301


def test_what_was_erased_or_voided_or_never_there_has_no_receipt(store: Store) -> None:
    voided = decision_entry(decision_of(400, notice=notice_of()))
    write_entries(store, [voided, void_entry(voided, NOW)])
    write_decisions(store, [decision_of(401)])
    store.erase((5).to_bytes(16, "big"))

    for number, words in ((5, "erased"), (400, "no record"), (401, "no notice"), (9_999, "no rec")):
        with store.read() as reading, pytest.raises(RecordFormatError, match=words):
            find_receipt(reading, number.to_bytes(16, "big"), created=NOW)


def write_entries(store: Store, entries: list[NewEntry]) -> None:
    session = store.session()
    session.write(entries)
    session.close()
