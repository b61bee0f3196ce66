"""The keys of signed notes: Ed25519, with a name and a key ID (C2SP signed-note)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from consentgate.errors import LogError
from consentgate.records.log.lines import check_text, decode_base64, encode_base64

ED25519 = b"\x01"  # the signature type
KEY_BYTES = 32
KEY_ID_BYTES = 4
SIGNER_PREFIX = "PRIVATE+KEY+"
# Whatever else a site derives from its secret key has another label.
_DERIVATION_LABEL = b"consentgate consent records, Ed25519 seed of the log's key, version 1"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key: who signed under this name."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Return the verifier of `<name>+<key ID in hexadecimal>+<base64>`, or raise LogError."""
        name, key_id, key = _split_key(vkey, what="verifier key")
        verifier = cls(name, key)
        _check_key_id(verifier, key_id)
        return verifier

    @property
    def key_id(self) -> bytes:
        """The four bytes that are in each signature of the key."""
        named = self.name.encode() + b"\n" + ED25519 + self.public_key
        return sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(ED25519 + self.public_key)}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Return whether this is the key's signature of the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """A key: its 32-byte seed, and the name under which it signs. Its `repr` keeps the seed."""

    __slots__ = ("_key", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise LogError(f"The seed of {name} has {len(seed)} bytes, Ed25519 needs {KEY_BYTES}.")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, skey: str) -> Signer:
        """Return the signer of `PRIVATE+KEY+<name>+<key ID>+<base64>`, or raise LogError."""
        if not skey.startswith(SIGNER_PREFIX):
            raise LogError(f"A signer key begins with {SIGNER_PREFIX}.")
        name, key_id, seed = _split_key(skey.removeprefix(SIGNER_PREFIX), what="signer key")
        signer = cls(name, seed)
        _check_key_id(signer.verifier, key_id)
        return signer

    @classmethod
    def generate(cls, name: str) -> Signer:
        """Return a new key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def derive(cls, secret_key: bytes, name: str) -> Signer:
        """Return the key of a site that has none of its own: it changes with the secret key."""
        return cls(name, hmac.digest(secret_key, _DERIVATION_LABEL, sha256))

    @property
    def name(self) -> str:
        """The name under which the key signs."""
        return self.verifier.name

    def __repr__(self) -> str:
        return f"<Signer {self.verifier}>"

    def export(self) -> str:
        """Return the secret `PRIVATE+KEY+<name>+<key ID>+<base64>`, to be kept."""
        seed = encode_base64(ED25519 + self._key.private_bytes_raw())
        return f"{SIGNER_PREFIX}{self.name}+{self.verifier.key_id.hex()}+{seed}"

    def sign(self, text: str) -> bytes:
        """Return the signature of a text."""
        return self._key.sign(text.encode())


def check_key_name(name: str) -> None:
    """Raise LogError unless the name can be in a signature's line."""
    check_text(name)
    if not name or "+" in name or any(char.isspace() for char in name):
        raise LogError(f"A key's name is not empty, without spaces and '+': {name!r} is none.")


def _split_key(key: str, *, what: str) -> tuple[str, str, bytes]:
    # Base64 may hold a "+", the name and the key ID cannot.
    parts = key.split("+", 2)
    if len(parts) != 3:
        raise LogError(f"A {what} has a name, a key ID and base64, with '+' between them.")
    name, key_id, encoded = parts
    typed = decode_base64(encoded, what=f"{what} of {name}")
    if not typed.startswith(ED25519) or len(typed) != len(ED25519) + KEY_BYTES:
        raise LogError(f"The {what} of {name} is not of Ed25519.")
    return name, key_id, typed.removeprefix(ED25519)


def _check_key_id(verifier: Verifier, key_id: str) -> None:
    if verifier.key_id.hex() != key_id:
        raise LogError(f"The key ID of {verifier.name} is not {key_id!r}: the key was changed.")
