"""Receipts: what a visitor takes home of a decision, with the proof that it is in the log.

The readable part is JSON-LD (ISO/IEC TS 27560 by the DPV guide). It is made of the payload and the
notice alone, so that a verifier makes it again, offline, and compares: what is not equal is not
proved.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consentgate.choice.decision import Notice
from consentgate.errors import LogError, RecordFormatError
from consentgate.records.dpv import CONTEXT, PROFILE, consent_records, controller_of, time_text
from consentgate.records.entries import commitment_to, entry_of
from consentgate.records.log.checkpoint import Checkpoint
from consentgate.records.log.keys import Verifier
from consentgate.records.log.proof import LogProof
from consentgate.records.payload import RecordedDecision, read_decision, read_notice

LONGEST_RECEIPT = 1_000_000
LONGEST_NOTICE = 4_000_000
"""Bytes that are read: a receipt comes from anybody."""

_CONTEXT = {**CONTEXT, "cg": "https://consentgate.example/ns#"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt proves: this decision is in the log under this checkpoint, at `index`."""

    decision: RecordedDecision
    notice: Notice
    index: int
    checkpoint: Checkpoint


def make_receipt(
    payload: bytes, salt: bytes, notice: Notice, proof: LogProof, *, created: datetime
) -> bytes:
    """Return the receipt of the decision that an entry's payload holds."""
    document = _document(payload, salt, notice, str(proof), time_text(created))
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8") + b"\n"


def verify_receipt(
    receipt: bytes, verifiers: Iterable[Verifier], *, origin: str | None = None
) -> VerifiedReceipt:
    """Return what a receipt proves, without a network and without the store.

    Raises RecordFormatError where it is none, and LogError where its proof does not hold or its
    readable part says something else than what is proved.
    """
    document = _parse(receipt)
    payload, salt, notice, proof_text = _parts(document)
    proof = LogProof.parse(proof_text)
    checkpoint = proof.verify(entry_of(commitment_to(payload, salt)), verifiers, origin=origin)
    decision = read_decision(payload)
    if notice.digest.hex() != decision.notice:
        raise LogError("the notice in the receipt is not the one that the decision was made on")
    created = document.get("dct:created")
    expected = _document(payload, salt, notice, proof_text, created)
    if differing := _difference(document, expected):
        raise LogError(f"the readable part is not what is proved: {differing} differs")
    return VerifiedReceipt(decision, notice, proof.index, checkpoint)


def _document(payload: bytes, salt: bytes, notice: Notice, proof: str, created: object) -> Json:
    decision, shown = read_decision(payload), read_notice(notice)
    return {
        "@context": _CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "dpv:hasIdentifier": decision.id,
        "dct:conformsTo": {"@id": f"{PROFILE}#receipt-eu-gdpr"},
        "dct:created": created,
        "dct:publisher": controller_of(decision, shown.declaration),
        "dct:audience": {"@id": "dpv:DataSubject"},
        "dpv:hasRecordOfActivity": list(consent_records(decision, shown)),
        "cg:proof": {
            "cg:payload": _encode(payload),
            "cg:salt": _encode(salt),
            "cg:tlogProof": proof,
            "cg:notice": _encode(zlib.compress(notice.body, 9)),
            "cg:noticeLanguage": notice.language,
        },
    }


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


def _parts(document: Json) -> tuple[bytes, bytes, Notice, str]:
    proof = document.get("cg:proof")
    if not isinstance(proof, Mapping) or not all(
        isinstance(proof.get(key), str)
        for key in ("cg:payload", "cg:salt", "cg:tlogProof", "cg:notice", "cg:noticeLanguage")
    ):
        raise RecordFormatError("the receipt has no whole proof")
    body = _decompress(_decode(proof["cg:notice"]))
    notice = Notice(body, proof["cg:noticeLanguage"])
    return _decode(proof["cg:payload"]), _decode(proof["cg:salt"]), notice, proof["cg:tlogProof"]


def _decompress(compressed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        body = stream.decompress(compressed, LONGEST_NOTICE)
    except zlib.error:
        raise RecordFormatError("the notice in the receipt is damaged") from None
    if not stream.eof:
        raise RecordFormatError("the notice in the receipt is too long, or cut")
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
