"""Keys of signed notes, in the spelling of C2SP and of Go's sumdb/note."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest

from consentgate.errors import LogError
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.log.lines import encode_base64

# The keys in the documentation and tests of golang.org/x/mod/sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


def test_verifier_key_is_written_as_it_was_read() -> None:
    assert str(Verifier.parse(VKEY)) == VKEY


def test_signer_key_is_written_as_it_was_read_and_has_its_verifier() -> None:
    signer = Signer.parse(SKEY)

    assert signer.export() == SKEY
    assert str(signer.verifier) == VKEY
    assert signer.name == "PeterNeumann"


def test_no_part_of_a_key_is_a_key() -> None:
    parts = [VKEY[start:stop] for start in range(len(VKEY)) for stop in range(start, len(VKEY))]

    for part in parts:
        with pytest.raises(LogError):
            Verifier.parse(part)


@pytest.mark.parametrize(
    ("key", "parse"), [pytest.param(VKEY, Verifier.parse), pytest.param(SKEY, Signer.parse)]
)
def test_key_of_which_a_character_changed_is_refused(
    key: str, parse: Callable[[str], object]
) -> None:
    for place, char in enumerate(key):
        with pytest.raises(LogError):
            parse(key[:place] + chr(ord(char) + 1) + key[place + 1 :])


@pytest.mark.parametrize(
    ("vkey", "message"),
    [
        pytest.param(
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            "not base64",
            id="bits after the end",
        ),
        pytest.param(
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEQ==",
            "not of Ed25519",
            id="too long, with an ID that matches",
        ),
        pytest.param(
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "not of Ed25519",
            id="another algorithm, with an ID that matches",
        ),
        pytest.param(VKEY.replace("c74f20a3", "C74F20A3"), "key ID", id="capitals"),
        pytest.param(VKEY.replace("c74f20a3", "c74f20a4"), "key ID", id="another ID"),
        pytest.param(VKEY.replace("PeterNeumann", ""), "name", id="no name"),
        pytest.param(VKEY.replace("PeterNeumann", "Peter Neumann"), "name", id="a space"),
        pytest.param("PeterNeumann+c74f20a3", "has a name, a key ID and base64", id="no key"),
        pytest.param("PeterNeumann+c74f20a3+", "not base64", id="an empty key"),
        pytest.param("PeterNeumann+c74f20a3+é", "not base64", id="a key beyond ASCII"),
    ],
)
def test_malformed_verifier_key_is_refused(vkey: str, message: str) -> None:
    with pytest.raises(LogError, match=message):
        Verifier.parse(vkey)


def test_signer_key_is_no_verifier_key() -> None:
    with pytest.raises(LogError, match=r"begins with PRIVATE\+KEY\+"):
        Signer.parse(VKEY)


def test_message_about_a_signer_key_does_not_hold_it() -> None:
    seed = SKEY.rpartition("+c74f20a3+")[2]

    with pytest.raises(LogError) as caught:
        Signer.parse(SKEY.removesuffix("z"))

    assert seed[:20] not in str(caught.value)
    assert seed not in repr(Signer.parse(SKEY))
    assert repr(Signer.parse(SKEY)) == f"<Signer {VKEY}>"


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\tbed", "a\u00a0b", "half\ud800"])
def test_name_that_no_signature_can_hold_is_refused(name: str) -> None:
    with pytest.raises(LogError):
        Signer.generate(name)


def test_seed_of_another_length_is_refused() -> None:
    with pytest.raises(LogError, match="31 bytes, Ed25519 needs 32"):
        Signer("log.example", bytes(31))


def test_key_ids_are_those_of_the_name_and_the_key() -> None:
    public_key = sha256(b"any 32 bytes").digest()

    expected = sha256(b"log.example\n\x01" + public_key).digest()[:4]

    assert Verifier("log.example", public_key).key_id == expected
    assert Verifier("other.example", public_key).key_id != expected


def test_generated_keys_differ() -> None:
    assert Signer.generate("log.example").export() != Signer.generate("log.example").export()


def test_derived_key_is_always_the_same_and_another_for_another_secret() -> None:
    key = Signer.derive(b"a secret of the site", "log.example")

    assert str(key.verifier) == "log.example+4b085f50+AffYbAAAFSAOFZHwNuNJqpCr7rDRGZC1Pk1gy/ONxrI+"
    assert Signer.derive(b"another secret", "log.example").verifier != key.verifier
    assert Signer.derive(b"a secret of the site", "log.example/2").verifier.public_key == (
        key.verifier.public_key
    )


def test_signature_is_of_the_text_alone() -> None:
    signer = Signer("log.example", bytes(32))
    signature = signer.sign("text\n")

    assert signer.verifier.has_signed("text\n", signature)
    assert not signer.verifier.has_signed("text\n\n", signature)
    assert not signer.verifier.has_signed("text\n", signature[:-1])
    assert not signer.verifier.has_signed("text\n", bytes(64))
    assert not Signer("log.example", b"1" * 32).verifier.has_signed("text\n", signature)


def test_key_whose_base64_has_a_plus_is_read() -> None:
    keys = (Signer("log.example", bytes([number]) * 32).verifier for number in range(99))
    with_plus = next(key for key in keys if "+" in encode_base64(key.public_key))

    assert Verifier.parse(str(with_plus)) == with_plus
