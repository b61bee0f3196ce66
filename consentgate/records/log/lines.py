"""What the lines of notes, checkpoints and proofs are made of, each in its one spelling.

A second spelling of the same value would be a change that no signature and no hash notices.
"""

from __future__ import annotations

import base64
import re

from consentgate.errors import LogError
from consentgate.records.log.merkle import HASH_BYTES

# No log has more entries, and Python reads no more than 4,300 digits.
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
# The control characters other than a line break, and halves of characters, which UTF-8 lacks.
_NOT_IN_NOTES = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


def check_text(text: str) -> None:
    """Raise LogError if the text has a character that no signed note holds ("Format")."""
    if match := _NOT_IN_NOTES.search(text):
        raise LogError(f"A note does not hold the character {match[0]!r}.")


def encode_base64(value: bytes) -> str:
    """Return a value in base64 (RFC 4648 section 4)."""
    return base64.b64encode(value).decode()


def decode_base64(text: str, *, what: str) -> bytes:
    """Return the value of base64 without stray characters or bits, of which `what` is the name."""
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        value = b""
    # RFC 4648 section 3.5: bits that pad the last character could be anything.
    if not value or encode_base64(value) != text:
        raise LogError(f"The {what} is not base64.")  # and may be a secret
    return value


def decode_hash(text: str, *, what: str) -> bytes:
    """Return a SHA-256 hash from its base64."""
    value = decode_base64(text, what=what)
    if len(value) != HASH_BYTES:
        raise LogError(f"The {what} has {len(value)} bytes, a SHA-256 hash has {HASH_BYTES}.")
    return value


def decode_decimal(text: str, *, what: str) -> int:
    """Return a number from its ASCII digits without leading zeroes."""
    if not _DECIMAL.fullmatch(text):
        raise LogError(f"The {what} is not a decimal number of at most 19 digits: {text[:40]!r}.")
    return int(text)
