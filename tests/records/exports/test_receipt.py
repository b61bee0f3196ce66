"""Receipts: what a visitor takes home, verified without the store that made it."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rdflib import BNode, Graph

from consentgate import Category, Cookie, Policy
from consentgate.choice.decision import Notice, member_digest
from consentgate.errors import ConsentGateError, LogError, RecordFormatError
from consentgate.pages.notice import Notices, declaration_of
from consentgate.pages.options import PagesOptions
from consentgate.pages.policy_json import policy_json
from consentgate.pages.static_files import StaticFiles
from consentgate.records.new_entries import NewEntry, decision_entry, void_entry
from consentgate.records.proof_page import proof_page
from consentgate.records.proofs import find_receipt
from consentgate.records.receipt import LONGEST_DECLARATION, LONGEST_RECEIPT, verify_receipt
from consentgate.records.signing import sign_log
from consentgate.records.store import Store
from tests.records.exports.test_dpv import graph_of, known_terms, records_of, used_terms
from tests.support.pages import ENGLISH, pages_of
from tests.support.record_stores import (
    NOW,
    POLICY,
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
    assert proved.decision.notice == notice_of().digest.hex()


def test_a_receipt_says_what_the_records_say_in_terms_of_the_vocabulary(receipt: bytes) -> None:
    graph = Graph().parse(data=receipt, format="json-ld")
    decision = decision_of(137, STATES, kind="partial", notice=notice_of())
    records = graph_of(records_of(decision))

    assert used_terms(graph) - known_terms() == set()
    said = {(verb, what) for _, verb, what in records if not isinstance(what, BNode)}
    assert len(said) > 50
    assert said <= {(verb, what) for _, verb, what in graph}


@pytest.mark.parametrize(
    ("cookies", "most"), [(1, 6_500), (10, 16_000)], ids=["one cookie", "ten cookies"]
)
def test_a_receipt_of_a_real_notice_is_small(tmp_path: Path, cookies: int, most: int) -> None:
    policy = site_with(cookies)
    notice = real_notice(policy)
    store = new_store(tmp_path / "consent.db")
    store.name_log("data.example.org/consent", SIGNER.name)
    states = dict.fromkeys(policy.optional_categories, "given")
    write_decisions(
        store, [decision_of(n, states, notice=notice, policy=policy) for n in range(300)]
    )
    sign_log(store, [SIGNER], now=NOW)

    receipt = receipt_of(store, 137)
    assert len(notice.body) > 25_000
    assert len(receipt) < most
    assert verify_receipt(receipt, KEYS).decision.notice == notice.digest.hex()


def test_a_decision_on_what_is_declared_alone_has_a_receipt_and_a_page(tmp_path: Path) -> None:
    notice = declaration_of(POLICY)
    store = new_store(tmp_path / "consent.db")
    store.name_log("data.example.org/consent", SIGNER.name)
    write_decisions(store, [decision_of(notice=notice, source="json", language="")])
    sign_log(store, [SIGNER], now=NOW)

    receipt = receipt_of(store, 0)
    page = proof_page(receipt, notice, KEYS, created=NOW)

    (record,) = json.loads(receipt)["dpv:hasRecordOfActivity"]
    assert verify_receipt(receipt, KEYS).decision.source == "json"
    assert record["dpv:hasNotice"]["dct:language"] == "en"
    assert [one["@id"] for one in record["dpv:hasProcess"]] == ["of:cookie-2"]
    assert "The site asked in words of its own" in page
    assert "Ville d&amp;#x27;Exemple" in page  # twice: it is in a frame's document
    with pytest.raises(LogError, match="not the one that the decision was made on"):
        proof_page(receipt, notice_of(), KEYS, created=NOW)


def site_with(cookies: int) -> Policy:
    """A site with so many cookies in up to three categories, all that an export needs declared."""
    categories = ("statistics", "marketing", "comfort")
    rules = [
        Cookie(
            f"_cookie_{number}",
            category=categories[number % 3],
            provider=f"Provider {number} Ltd",
            service=f"Service {number}",
            purpose="Tells visits apart, and remembers what was looked at before.",
            lifetime="13 months",
            retention="25 months",
            party="third" if number % 2 else "first",
            personal_data=["identifier", "browsing_behaviour"],
            storage_location="FR",
            recipients=[],
        )
        for number in range(cookies)
    ]
    return Policy(
        ["session"],
        rules,
        categories=[Category("comfort")],
        site="https://data.example.org",
        controller=POLICY.controller,
    )


def real_notice(policy: Policy) -> Notice:
    """The notice of a policy as a gate makes it."""
    notices = Notices(
        pages_of(policy),
        options=PagesOptions(prefix="/consent"),
        static=StaticFiles(),
        policy_json=policy_json(policy),
    )
    return notices.notice(ENGLISH, signalled=frozenset())


def encoded(document: object) -> str:
    return urlsafe_b64encode(zlib.compress(json.dumps(document).encode())).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


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


def test_another_declaration_is_not_the_one_that_was_shown(receipt: bytes) -> None:
    declared = json.loads(zlib.decompress(decoded(proof_of(receipt, "cg:declaration"))))
    digest = member_digest(declared["policy"])
    declared["policy"]["cookies"] = []
    other = changed(receipt, "cg:proof", "cg:declaration", to=encoded(declared))

    for shown in ({}, {"policy": digest}, {"policy": digest, "banner": "0" * 64}):
        digests = {**json.loads(receipt)["cg:proof"]["cg:shown"], **shown}
        with pytest.raises(LogError, match="not the one that the decision was made on"):
            verify_receipt(changed(other, "cg:proof", "cg:shown", to=digests), KEYS)


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
        (
            (
                b'{"@type": "dpv:ConsentReceipt", "cg:proof": {"cg:payload": "", "cg:salt": "",'
                b' "cg:tlogProof": "", "cg:declaration": "", "cg:shown": []}}'
            ),
            "no digests of what was shown",
        ),
        (b" " * (LONGEST_RECEIPT + 1), "at most"),
    ],
    ids=["cut", "deep", "list", "record", "no proof", "no text", "no digests", "long"],
)
def test_what_is_no_receipt_is_refused(document: bytes, words: str) -> None:
    with pytest.raises(RecordFormatError, match=words):
        verify_receipt(document, KEYS)


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("!", "not base64url"),
        (urlsafe_b64encode(b"no zlib").decode(), "damaged"),
        (urlsafe_b64encode(zlib.compress(b"x" * 100)[:-5]).decode(), "cut"),
        (urlsafe_b64encode(zlib.compress(b"x" * (LONGEST_DECLARATION + 1))).decode(), "too long"),
    ],
    ids=["text", "no zlib", "cut", "bomb"],
)
def test_a_declaration_that_cannot_be_read_is_refused(
    receipt: bytes, declaration: str, words: str
) -> None:
    with pytest.raises(RecordFormatError, match=words):
        verify_receipt(changed(receipt, "cg:proof", "cg:declaration", to=declaration), KEYS)


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
