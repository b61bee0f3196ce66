"""Signatures are held against itsdangerous, which makes them."""

from __future__ import annotations

import hashlib
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import BadSignature, Signer

from consentgate.choice.codec import Verifier

# Longer than a block of the hash as well: such a key is hashed before it is used (RFC 2104).
KEYS = st.lists(st.binary(min_size=16, max_size=100), min_size=1, max_size=3)
TEXTS = st.text(alphabet=ascii_letters + digits + "-_.", max_size=200)


def signer_of(keys: list[bytes], derivation: str = "hmac") -> Signer:
    return Signer(keys, salt=b"for tests", key_derivation=derivation, digest_method=hashlib.sha256)


def unsigned(signer: Signer, value: str) -> bytes | None:
    try:
        return signer.unsign(value)
    except BadSignature:
        return None


@given(keys=KEYS, text=TEXTS, derivation=st.sampled_from(["hmac", "none", "concat"]))
def test_a_value_that_the_library_signed_is_verified(
    keys: list[bytes], text: str, derivation: str
) -> None:
    signer = signer_of(keys, derivation)

    assert Verifier(signer).payload_of(signer.sign(text).decode()) == text.encode()


@given(keys=KEYS, text=TEXTS)
def test_a_value_that_an_older_key_signed_is_verified(keys: list[bytes], text: str) -> None:
    older = signer_of(keys[:1])

    assert Verifier(signer_of(keys)).payload_of(older.sign(text).decode()) == text.encode()


@given(keys=KEYS, text=TEXTS, place=st.integers(0), character=st.characters())
def test_a_changed_value_is_accepted_only_where_the_library_accepts_it(
    keys: list[bytes], text: str, place: int, character: str
) -> None:
    signer = signer_of(keys)
    value = signer.sign(text).decode()
    place %= len(value)
    changed = value[:place] + character + value[place + 1 :]

    found = Verifier(signer).payload_of(changed)

    assert found is None or (changed == value and found == unsigned(signer, changed))


@given(keys=KEYS, value=st.text(max_size=300))
def test_an_unsigned_value_is_verified_by_neither(keys: list[bytes], value: str) -> None:
    signer = signer_of(keys)

    assert Verifier(signer).payload_of(value) is None
    assert unsigned(signer, value) is None


def test_a_signature_in_another_spelling_is_rejected_though_the_library_accepts_it() -> None:
    signer = signer_of([b"a key for tests, of enough bytes"])
    value = signer.sign("text").decode()
    spellings = [value[:-1] + character for character in ascii_letters + digits + "-_"]
    taken = [spelling for spelling in spellings if unsigned(signer, spelling) is not None]

    verified = [spelling for spelling in taken if Verifier(signer).payload_of(spelling) is not None]

    assert len(taken) == 4  # two bits of the last character belong to no byte
    assert verified == [value]


@pytest.mark.parametrize("value", ["", ".", "text", "text.", ".text", "\u0660.\u0660", "\udc80.x"])
def test_a_text_without_a_signature_is_rejected(value: str) -> None:
    assert Verifier(signer_of([b"a key for tests, of enough bytes"])).payload_of(value) is None
