"""Choices as the first format wrote them: with the day before what was chosen."""

from __future__ import annotations

import base64
import hashlib
import json

from itsdangerous import Signer


def in_first_format(cookie: str, *, secret_key: str) -> str:
    """The Cookie header text of the same choice in the first format."""
    name, _, value = cookie.partition("=")
    text = value.partition(".")[0]
    payload = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    first = {"v": 1, "d": payload["d"], "g": payload["g"], "r": payload["r"]}
    signer = Signer(
        secret_key,
        salt=f"consentgate.preferences.v1\0{name}\0".encode(),
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
    written = json.dumps(first, separators=(",", ":")).encode()
    return f"{name}={signer.sign(base64.urlsafe_b64encode(written).rstrip(b'=')).decode()}"
