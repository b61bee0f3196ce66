"""Receipts: what a visitor takes home of a decision, with the proof that it is in the log.

The readable part is JSON-LD (ISO/IEC TS 27560 by the DPV guide). It is made of the payload and the
declaration alone, so that a verifier makes it again, offline, and compares: what is not equal is
not proved. Of the notice the receipt has what is declared in it; of the pages and styles in which
that was shown, which are most of a notice, it has the digests.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consentgate.choice.decision import Notice, member_digest, notice_digest
from consentgate.errors import LogError, RecordFormatError
from consentgate.records.dpv import (
    CONTEXT,
    Node,
    basis_of,
    consent_records,
    controller_of,
    profile_of,
    time_text,
)
from consentgate.records.entries import commitment_to, entry_of
from consentgate.records.log.checkpoint import Checkpoint
from consentgate.records.log.keys import Verifier
from consentgate.records.log.proof import LogProof
from consentgate.records.payload import (
    RecordedDecision,
    declared_in,
    read_decision,
    read_document,
)

LONGEST_RECEIPT = 1_000_000
LONGEST_DECLARATION = 4_000_000
"""Bytes that are read: a receipt comes from anybody."""

_SHOWN = ("banner", "preferences", "style_sheet")
"""The members of a notice of which a receipt has the digest."""

_CONTEXT = {**CONTEXT, "cg": "https://consentgate.example/ns#"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt proves: this decision is in the log under this checkpoint, at `index`."""

    decision: RecordedDecision
    index: int
    checkpoint: Checkpoint


def make_receipt(
    payload: bytes, salt: bytes, notice: Notice, proof: LogProof, *, created: datetime
) -> bytes:
    """Return the receipt of the decision that an entry's payload holds."""
    members = read_document(notice.body)
    shown = {name: member_digest(members.pop(name)) for name in _SHOWN if name in members}
    evidence = _Evidence(payload, salt, str(proof), members, shown)
    document = _document(evidence, time_text(created))
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8") + b"\n"


def verify_receipt(
    receipt: bytes, verifiers: Iterable[Verifier], *, origin: str | None = None
) -> VerifiedReceipt:
    """Return what a receipt proves, without a network and without the store.

    Raises RecordFormatError where it is none, and LogError where its proof does not hold or its
    readable part says something else than what is proved.
    """
    document = _parse(receipt)
    evidence = _evidence_in(document)
    proof = LogProof.parse(evidence.proof)
    entry = entry_of(commitment_to(evidence.payload, evidence.salt))
    checkpoint = proof.verify(entry, verifiers, origin=origin)
    decision = read_decision(evidence.payload)
    if evidence.notice != decision.notice:
        raise LogError("the notice in the receipt is not the one that the decision was made on")
    expected = _document(evidence, document.get("dct:created"))
    if differing := _difference(document, expected):
        raise LogError(f"the readable part is not what is proved: {differing} differs")
    return VerifiedReceipt(decision, proof.index, checkpoint)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a receipt proves, and the notice: the members with the declaration, and the digests of
    the others."""

    payload: bytes
    salt: bytes
    proof: str
    members: Json
    shown: Mapping[str, str]

    @property
    def notice(self) -> str:
        """The hexadecimal digest of the notice."""
        digests = {name: member_digest(member) for name, member in self.members.items()}
        # What is in the receipt counts, whatever digest it claims for that.
        return notice_digest({**self.shown, **digests}).hex()


def _document(evidence: _Evidence, created: object) -> Json:
    decision = read_decision(evidence.payload)
    shown = declared_in(evidence.members)
    basis = basis_of(decision)
    declared = json.dumps(evidence.members, sort_keys=True, separators=(",", ":"))
    document: Json = {
        "@context": {**_CONTEXT, "of": f"{basis}#"},
        "@type": "dpv:ConsentReceipt",
        "dpv:hasIdentifier": decision.id,
        "dct:conformsTo": {"@id": profile_of("receipt", shown.declaration)},
        "dct:created": created,
        "dct:publisher": controller_of(decision, shown.declaration),
        "dct:audience": {"@id": "dpv:DataSubject"},
        "dpv:hasRecordOfActivity": list(consent_records(decision, shown)),
        "cg:proof": {
            "cg:payload": _encode(evidence.payload),
            "cg:salt": _encode(evidence.salt),
            "cg:tlogProof": evidence.proof,
            "cg:declaration": _encode(zlib.compress(declared.encode("ascii"), 9)),
            "cg:shown": dict(evidence.shown),
        },
    }
    shortened: Json = _shortened(document, basis, described=set())
    return shortened


def _shortened(value: Any, basis: str, *, described: set[str]) -> Any:  # Any: JSON
    """Return the same graph with each node described once, and with short addresses ("of:")."""
    if isinstance(value, list):
        return [_shortened(item, basis, described=described) for item in value]
    if not isinstance(value, dict):
        return value
    node: Node = dict(value)
    if "@id" in node:
        node["@id"] = node["@id"].replace(f"{basis}#", "of:")
        if node["@id"] in described:
            return {"@id": node["@id"]}
        if len(node) > 1:
            described.add(node["@id"])
    return {key: _shortened(item, basis, described=described) for key, item in node.items()}


def _parse(receipt: bytes) -> Json:
    if len(receipt) > LONGEST_RECEIPT:
        raise RecordFormatError(f"a receipt has at most {LONGEST_RECEIPT} bytes")
    try:
        document = json.loads(receipt, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise RecordFormatError(f"it is not JSON: {error!s:.80}") from None
    if not isinstance(document, dict) or document.get("@type") != "dpv:ConsentReceipt":
        raise RecordFormatError("it is not a consent receipt")
    return document


def _without_repeats(pairs: list[tuple[str, Any]]) -> Json:
    # Of a key that is there twice, two readers may read two different values.
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is there twice")
    return document


def _evidence_in(document: Json) -> _Evidence:
    proof = document.get("cg:proof")
    if not isinstance(proof, Mapping) or not all(
        isinstance(proof.get(key), str)
        for key in ("cg:payload", "cg:salt", "cg:tlogProof", "cg:declaration")
    ):
        raise RecordFormatError("the receipt has no whole proof")
    shown = proof.get("cg:shown")
    if not isinstance(shown, dict):
        raise RecordFormatError("the receipt has no digests of what was shown")
    return _Evidence(
        _decode(proof["cg:payload"]),
        _decode(proof["cg:salt"]),
        proof["cg:tlogProof"],
        read_document(_decompress(_decode(proof["cg:declaration"]))),
        shown,
    )


def _decompress(compressed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        body = stream.decompress(compressed, LONGEST_DECLARATION)
    except zlib.error:
        raise RecordFormatError("the declaration in the receipt is damaged") from None
    if not stream.eof:
        raise RecordFormatError("the declaration in the receipt is too long, or cut")
    return body


def _difference(document: Json, expected: Json) -> str:
    """Return the first key with another value, "" where there is none."""
    for key in (*expected, *document):
        if document.get(key) != expected.get(key):
            return key
    return ""


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise RecordFormatError("the proof in the receipt is not base64url") from None
