"""Time stamps on checkpoints (RFC 3161): an authority elsewhere says when a checkpoint was there.

A checkpoint has no time in it. The answer is stored as it came; `openssl ts -verify` reads it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from consentgate.errors import ConfigurationError, LogError

_TIMEOUT_S = 30
_LONGEST_ANSWER = 1_000_000
_GRANTED = (0, 1)  # RFC 3161 section 2.4.2: granted, grantedWithMods


@dataclass(frozen=True, slots=True)
class Timestamp:
    """The answer of a time stamping authority, and the moment that it names."""

    answer: bytes
    at: datetime


def request_timestamp(note: str, url: str) -> Timestamp:
    """Return a time stamp on a note. Raises LogError where the authority gives none."""
    try:
        # An extra of its own, in Rust.
        from rfc3161_client import (  # noqa: PLC0415
            HashAlgorithm,
            TimestampRequestBuilder,
            decode_timestamp_response,
        )
    except ImportError as error:
        needed = "pip install 'consentgate[timestamps]'"
        raise ConfigurationError(f"time stamps need more: {needed}") from error
    data = note.encode("utf-8")
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.build()
    answer = _post(url, request.as_bytes())
    try:
        response = decode_timestamp_response(answer)
        if response.status not in _GRANTED:
            raise LogError(f"{url} refused to stamp the time: {response.status_string}")
        stamped = response.tst_info
    except ValueError as error:
        raise LogError(f"{url} answered with no time stamp: {error}") from None
    if stamped.nonce != request.nonce:
        raise LogError(f"{url} answered another request")
    if stamped.message_imprint.message != hashlib.sha256(data).digest():
        raise LogError(f"{url} stamped something else")
    return Timestamp(answer, stamped.gen_time)


def _post(url: str, body: bytes) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ConfigurationError(f"{url!r} is no http(s) address of a time stamping authority")
    headers = {"Content-Type": "application/timestamp-query"}
    request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 (checked above)
    try:
        with urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
            return bytes(response.read(_LONGEST_ANSWER))
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else str(error)
        raise LogError(f"{url} cannot be asked: {reason}") from None
