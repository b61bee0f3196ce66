"""Converts a consent to the signed value of the preferences cookie, and back.

Decoding never raises, whatever a visitor sends: it returns a `Rejection` for a value that cannot
be trusted. Visitors who chose the same on the same day have the same value, so that it identifies
nobody.

A value is base64url (RFC 4648 section 5) of JSON, a dot, and the signature of what precedes it:

    {"v":2,"g":{"statistics":"SgvYkX9e"},"r":{"marketing":"b0Yc1ZpW"},"d":"2026-11-24"}

The choice is first, what is allowed before what is refused, and the day is last. Blanks before the
day fill up what precedes it to a multiple of three bytes, which are four characters of base64. So
the choice is the same text on every day, all but the last `DAY_CHARACTERS` before the dot, and a
shared cache can key on it (`CHOICE_PATTERN`). Refused categories are part of it: where everything
was decided they follow from what was allowed, and where not, a page can differ by them.

Values of the first format, with the day before the choice, are read until they expire.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hmac import compare_digest

from itsdangerous import Signer
from itsdangerous.encoding import base64_encode

from consentgate._cache import BoundedCache
from consentgate.choice.consent import Consent
from consentgate.errors import ConfigurationError

LIFETIME = timedelta(days=182)
"""How long a choice holds under the default regime, by which records count."""

ONE_DAY = timedelta(days=1)

SHORTEST_KEY = 16  # bytes; NIST SP 800-107 requires a key of at least 112 bits for HMAC
_PLACEHOLDER = re.compile(rb"\W*(?:change|replace)[\W_]*(?:me|this)", re.IGNORECASE)
"""How the keys of examples begin, in documentation of ours and of others."""

LONGEST_VALUE = 2048  # characters; checked before any HMAC work
FIRST_FORMAT = 1

_CONSENT_BYTES = 2048  # of a choice on a few categories

_DAY = re.compile(rb',"d":"(\d{4}-\d{2}-\d{2})"}')
DAY_CHARACTERS = 24  # of the 18 bytes that hold the day
_BEGINNING = b64encode(b'{"v":2,"g":{')  # of twelve bytes, so that it is whole
assert len(_BEGINNING) == 16

CHOICE_PATTERN = f"{_BEGINNING.decode()}[A-Za-z0-9_-]+"
"""What the choice in a value looks like, as a regular expression that every cache understands."""

END_PATTERN = rf"[A-Za-z0-9_-]{{{DAY_CHARACTERS}}}\.[A-Za-z0-9_-]{{43}}"
"""What follows it: the day and the signature."""

_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_FILLING = (b"", b"===", b"==", b"=")  # fills a text up to a multiple of four characters
_TEXTS = frozenset({str})

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}", re.ASCII)


def lifetime_of(consent: Consent, lifetimes: tuple[timedelta, timedelta]) -> timedelta:
    """Return how long a choice holds, of the lengths of one that grants something and of one that
    only refuses (`Policy.choice_lifetimes`)."""
    return lifetimes[0] if consent.granted else lifetimes[1]


def end_of(consent: Consent, lifetime: timedelta) -> datetime:
    """Return the UTC moment from which a decided consent is too old: its day, its lifetime and the
    rest of that last day, so that no choice ends before its cookie does."""
    assert consent.day is not None, "an undecided consent has no end"
    return datetime.combine(consent.day, time(), tzinfo=UTC) + lifetime + ONE_DAY


class Rejection(StrEnum):
    """Why a preferences cookie is rejected."""

    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    FORGED = "forged"
    FUTURE = "dated in the future"
    EXPIRED = "too old"


class PreferencesCodec:
    """Signs and verifies the values of one preferences cookie.

    `secret_key` signs; `fallback_keys` only verify, so that a key can be rotated. The salt contains
    the cookie's name and the audience, so that a value signed for another cookie or another portal
    is rejected. It is the same for both formats: the version is in what is signed.
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
            salt=f"consentgate.preferences.v1\0{name}\0{audience}".encode(),
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._verifier = Verifier(self._signer)
        # By the text before the day: the same choice is parsed once for all days.
        self._known: BoundedCache[bytes, Consent] = BoundedCache(
            most_entries=512, most_bytes=2 << 20, longest_key=LONGEST_VALUE
        )

    def encode(self, consent: Consent) -> str:
        """Return the signed value of a decided consent; equal consents have equal values."""
        assert consent.day is not None, "an undecided consent has no value"
        prints = dict(consent.fingerprints)
        choices = {
            "v": 2,
            "g": {name: prints.get(name, "") for name in sorted(consent.granted)},
            "r": {name: prints.get(name, "") for name in sorted(consent.refused)},
        }
        choice = json.dumps(choices, separators=(",", ":")).removesuffix("}")
        filled = choice + " " * (-len(choice) % 3)
        text = f'{filled},"d":"{consent.day.isoformat()}"}}'
        return self._signer.sign(base64_encode(text)).decode("ascii")

    def decode(self, value: str) -> Consent | Rejection:
        """Return the consent that was signed, of whatever age, or why the value is rejected."""
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
        """Return the consent in a payload that was signed.

        Payloads of the same choice on different days differ only in the day, so that the text
        before it is parsed once for all of them.
        """
        if not payload.startswith(_BEGINNING):
            return _read_first_format(json.loads(_decode(payload).decode()))
        choices, day = payload[:-DAY_CHARACTERS], _read_day(payload[-DAY_CHARACTERS:])
        known = self._known.get(choices)
        if known is not None:
            return Consent(known.granted, known.refused, known.fingerprints, day)
        consent = _consent_of(json.loads(_decode(choices).decode() + "}"), day)
        self._known.remember(choices, consent, weight_bytes=_CONSENT_BYTES)
        return consent


def _decode(text: bytes) -> bytes:
    """Return the bytes of base64url text."""
    return a2b_base64(text.translate(_FROM_URL_SAFE) + _FILLING[len(text) % 4])


def _read_day(text: bytes) -> date:
    match = _DAY.fullmatch(_decode(text))
    if match is None:
        raise ValueError("no day at the end")
    return date.fromisoformat(match[1].decode("ascii"))


def _read_first_format(payload: Mapping[str, object]) -> Consent:
    if payload["v"] != FIRST_FORMAT:
        raise ValueError("another format")
    return _consent_of(payload, date.fromisoformat(str(payload["d"])))


def _consent_of(payload: Mapping[str, object], day: date) -> Consent:
    granted, refused = _read_choices(payload["g"]), _read_choices(payload["r"])
    if granted.keys() & refused.keys():
        raise ValueError("granted and refused at once")
    return Consent(
        granted=frozenset(granted),
        refused=frozenset(refused),
        fingerprints=frozenset({**granted, **refused}.items()),
        day=day,
    )


def _read_choices(choices: object) -> dict[str, str]:
    if not isinstance(choices, dict):
        raise TypeError("choices that are not a table")
    if not _TEXTS.issuperset(map(type, choices.values())):
        raise TypeError("a fingerprint that is not a text")
    return choices


def _check_keys(secret_key: str | bytes, fallback_keys: Collection[str | bytes]) -> list[bytes]:
    """Return the keys in the order of itsdangerous: the oldest first, the signing key last."""
    if isinstance(fallback_keys, str | bytes):
        raise ConfigurationError(
            "fallback_keys is a bare string, each character of which would be a key; "
            "pass a list of keys"
        )
    if not isinstance(fallback_keys, Collection):
        raise ConfigurationError(
            f"fallback_keys is a {type(fallback_keys).__name__}; pass a list of keys"
        )
    older = [check_key(key, place="fallback_keys") for key in fallback_keys]
    return [*reversed(older), check_key(secret_key, place="secret_key")]


def check_key(key: object, *, place: str) -> bytes:
    """Return a key as bytes. Raise ConfigurationError for one that anybody knows or can guess."""
    if not isinstance(key, str | bytes):
        raise ConfigurationError(f"{place} holds a {type(key).__name__}; pass str or bytes")
    raw = key.encode() if isinstance(key, str) else key
    if len(raw) < SHORTEST_KEY:
        raise ConfigurationError(
            f"{place} holds a key of {len(raw)} bytes; at least {SHORTEST_KEY} are needed, for "
            "example from secrets.token_hex(32)"
        )
    if _PLACEHOLDER.match(raw):
        raise ConfigurationError(
            f"{place} holds a placeholder that anybody can read; make a key of your own: "
            'python -c "import secrets; print(secrets.token_hex())"'
        )
    return raw


# RFC 2104 section 2: a key longer than a block of the hash is hashed, and each key is filled up to
# a block. The inner hash begins with the block XOR 0x36, the outer one with the block XOR 0x5c.
# Both are begun once for each key, because that takes longer than the rest.
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))

_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Verifier:
    """Verifies signatures of any of a signer's keys.

    `signer` signs with HMAC and SHA-256: a `Signer` made with this digest and with the default
    algorithm of itsdangerous.
    """

    def __init__(self, signer: Signer) -> None:
        assert signer.digest_method is hashlib.sha256, "HMAC with SHA-256 is verified here"
        self._separator = signer.sep
        # The newest key first, because nearly every choice is signed with it.
        keys = [signer.derive_key(secret) for secret in reversed(signer.secret_keys)]
        self._hashes = [_begin_hashes(key) for key in keys]

    def payload_of(self, value: str) -> bytes | None:
        """Return the signed text of a value, None where no key signed exactly this value."""
        if not value.isascii():
            return None
        payload, _, signature = value.encode("ascii").rpartition(self._separator)
        for begun_inner, begun_outer in self._hashes:
            inner, outer = begun_inner.copy(), begun_outer.copy()
            inner.update(payload)
            outer.update(inner.digest())
            expected = b2a_base64(outer.digest(), newline=False).translate(_TO_URL_SAFE)
            # 32 bytes are 43 characters and one "=", which itsdangerous leaves out.
            if compare_digest(expected[:-1], signature):
                return payload
        return None


def _begin_hashes(key: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    size = hashlib.sha256().block_size
    block = (hashlib.sha256(key).digest() if len(key) > size else key).ljust(size, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))
