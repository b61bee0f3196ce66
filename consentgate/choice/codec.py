"""Consent to and from the signed value of the preferences cookie.

Nothing here raises on a visitor's bytes: what can't be trusted comes back as a `Rejection`. The
value identifies nobody: visitors who chose the same on the same day share it.
"""

from __future__ import annotations

import hashlib
import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from hmac import compare_digest

from itsdangerous import Signer
from itsdangerous.encoding import base64_encode

from consentgate.choice.consent import Consent
from consentgate.errors import ConfigurationError

LIFETIME = timedelta(days=182)
"""How long a choice holds, acceptance and refusal alike (CNIL 2020-092: about six months)."""

SHORTEST_KEY = 16  # bytes; NIST SP 800-107 wants at least 112 bits of key for HMAC
LONGEST_VALUE = 2048  # characters; checked before any HMAC work
FORMAT_VERSION = 1

MOST_KNOWN = 512  # choices, whatever their day

# Where the day stands in a payload, as `encode` writes it.
_BEFORE_DAY = b'{"v":%d,"d":"' % FORMAT_VERSION
_DAY_ENDS = len(_BEFORE_DAY) + len("2026-11-24")
_AFTER_DAY = b'","g":{'

_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_FILLING = (b"", b"===", b"==", b"=")  # what fills a text up to a multiple of four characters
_TEXTS = frozenset({str})

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}", re.ASCII)


class Rejection(StrEnum):
    """Why a preferences cookie was not believed."""

    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    FORGED = "forged"
    FUTURE = "dated in the future"
    EXPIRED = "too old"


class PreferencesCodec:
    """Signs and verifies the values of one preferences cookie.

    `secret_key` signs; `fallback_keys` verify only, so that a key can be rotated. The salt holds
    the format version, the cookie's name and the audience: a value signed for another cookie or
    another portal is not accepted.
    """

    def __init__(
        self,
        name: str,
        *,
        secret_key: str | bytes,
        fallback_keys: Collection[str | bytes] = (),
        audience: str = "",
    ) -> None:
        if not isinstance(audience, str):
            raise ConfigurationError(f"audience is a {type(audience).__name__}; pass a str")
        self._signer = Signer(
            _check_keys(secret_key, fallback_keys),
            salt=f"consentgate.preferences.v{FORMAT_VERSION}\0{name}\0{audience}".encode(),
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._verifier = Verifier(self._signer)
        self._known: dict[bytes, Consent] = {}  # by what stands after the day

    def encode(self, consent: Consent) -> str:
        """The signed value of a decided consent; equal consents give equal values."""
        prints = dict(sorted(consent.fingerprints))
        payload = {
            "v": FORMAT_VERSION,
            "d": consent.day.isoformat() if consent.day else None,
            "g": {name: prints.get(name, "") for name in sorted(consent.granted)},
            "r": {name: prints.get(name, "") for name in sorted(consent.refused)},
        }
        text = json.dumps(payload, separators=(",", ":")).encode()
        return self._signer.sign(base64_encode(text)).decode("ascii")

    def decode(self, value: str) -> Consent | Rejection:
        """The consent that was signed, of whatever age, or why the value is not believed."""
        if len(value) > LONGEST_VALUE:
            return Rejection.OVERSIZED
        payload = self._verifier.payload_of(value)
        if payload is None:
            return Rejection.MALFORMED if _SHAPE.fullmatch(value) is None else Rejection.FORGED
        try:
            return self._read(payload)
        except (ValueError, TypeError, KeyError, RecursionError):
            return Rejection.MALFORMED

    def _read(self, payload: bytes) -> Consent:
        """The consent in a payload that was signed.

        Visitors who chose the same on different days have payloads that differ by the day alone,
        so that all after it is read once for all of them.
        """
        text = a2b_base64(payload.translate(_FROM_URL_SAFE) + _FILLING[len(payload) % 4])
        choices = text[_DAY_ENDS:] if text.startswith(_BEFORE_DAY) else b""
        known = self._known.get(choices)
        if known is not None:
            day = date.fromisoformat(text[len(_BEFORE_DAY) : _DAY_ENDS].decode("ascii"))
            return Consent(known.granted, known.refused, known.fingerprints, day)
        consent = _read_payload(json.loads(text.decode()))
        if choices.startswith(_AFTER_DAY):
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[choices] = consent
        return consent


def _read_payload(payload: Mapping[str, object]) -> Consent:
    if payload["v"] != FORMAT_VERSION:
        raise ValueError("another format")
    granted, refused = _read_choices(payload["g"]), _read_choices(payload["r"])
    if granted.keys() & refused.keys():
        raise ValueError("granted and refused at once")
    return Consent(
        granted=frozenset(granted),
        refused=frozenset(refused),
        fingerprints=frozenset({**granted, **refused}.items()),
        day=date.fromisoformat(str(payload["d"])),
    )


def _read_choices(choices: object) -> dict[str, str]:
    if not isinstance(choices, dict):
        raise TypeError("not a table of choices")
    if not _TEXTS.issuperset(map(type, choices.values())):
        raise TypeError("a fingerprint that is no text")
    return choices


def _check_keys(secret_key: str | bytes, fallback_keys: Collection[str | bytes]) -> list[bytes]:
    """The keys as itsdangerous wants them: the oldest first, the signing key last."""
    if isinstance(fallback_keys, str | bytes):
        raise ConfigurationError(
            "fallback_keys is a bare string, each character of which would be a key; "
            "pass a list of keys"
        )
    if not isinstance(fallback_keys, Collection):
        raise ConfigurationError(
            f"fallback_keys is a {type(fallback_keys).__name__}; pass a list of keys"
        )
    older = [_check_key(key, place="fallback_keys") for key in fallback_keys]
    return [*reversed(older), _check_key(secret_key, place="secret_key")]


def _check_key(key: object, *, place: str) -> bytes:
    if not isinstance(key, str | bytes):
        raise ConfigurationError(f"{place} holds a {type(key).__name__}; pass str or bytes")
    raw = key.encode() if isinstance(key, str) else key
    if len(raw) < SHORTEST_KEY:
        raise ConfigurationError(
            f"{place} holds a key of {len(raw)} bytes; at least {SHORTEST_KEY} are needed, for "
            "example from secrets.token_hex(32)"
        )
    return raw


# RFC 2104 section 2: the key, hashed where it is longer than the hash's block and then filled up to
# it, goes before the text once with each of its bytes changed by 0x36 and once by 0x5c. Both are
# begun here for each key, which costs more than the rest.
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))

_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Verifier:
    """Tells what bears a signature of one of a signer's keys.

    `signer` is a `Signer` with SHA-256 as its digest and an HMAC of it, which are what itsdangerous
    signs with when it is told no other than this digest.
    """

    def __init__(self, signer: Signer) -> None:
        assert signer.digest_method is hashlib.sha256, "HMAC with SHA-256 is verified here"
        self._separator = signer.sep
        # The newest key first: nearly every choice is signed with it.
        keys = [signer.derive_key(secret) for secret in reversed(signer.secret_keys)]
        self._begun = [_begin(key) for key in keys]

    def payload_of(self, value: str) -> bytes | None:
        """The signed text of a value, None where no key signed it or it is spelled in any other
        way than it was signed."""
        if not value.isascii():
            return None
        payload, _, signature = value.encode("ascii").rpartition(self._separator)
        for inner, outer in self._begun:
            begun, ended = inner.copy(), outer.copy()
            begun.update(payload)
            ended.update(begun.digest())
            signed = b2a_base64(ended.digest(), newline=False).translate(_TO_URL_SAFE)
            # 32 bytes are 43 characters and one "=", which is left out.
            if compare_digest(signed[:-1], signature):
                return payload
        return None


def _begin(key: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    size = hashlib.sha256().block_size
    block = (hashlib.sha256(key).digest() if len(key) > size else key).ljust(size, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))
