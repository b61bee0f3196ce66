"""Verifies the notices: each against its digest, and that none is missing."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from consentgate.records.reading import Reading
from consentgate.records.verify.result import Verification


def check_notices(reading: Reading, about: Mapping[str, str], result: Verification) -> None:
    """Look at all notices. `about` has the digest of each that an entry is about, and where."""
    stored = {digest for digest, _ in reading.notice_digests()}
    for digest in sorted(stored):
        result.notices += 1
        if _digest(reading, digest) != digest:
            result.add(f"notice {digest.hex()}", "it is not the one that was shown")
    for text, place in about.items():
        if text not in {digest.hex() for digest in stored}:
            result.add(f"notice {text}", f"it is missing; {place} is about it")


def _digest(reading: Reading, digest: bytes) -> bytes:
    try:
        notice = reading.notice(digest)
    except zlib.error:
        notice = None
    return b"" if notice is None else notice.digest
