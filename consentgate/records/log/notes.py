"""Signed notes: a text, an empty line, and one line for each signature (C2SP signed-note)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consentgate.errors import LogError
from consentgate.records.log.keys import KEY_ID_BYTES, Signer, Verifier, check_key_name
from consentgate.records.log.lines import check_text, decode_base64, encode_base64

MAX_SIGNATURES = 100  # a verifier accepts at least 16 ("Format")
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class Signature:
    """The line of one signature; `str` is that line."""

    name: str
    key_id: bytes
    value: bytes

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Return the signature of a line, or raise LogError."""
        parts = line.removeprefix(_DASH).split(" ")
        if not line.startswith(_DASH) or len(parts) != 2:
            raise LogError(f"A signature is '{_DASH}name base64', not {line[:80]!r}.")
        name, encoded = parts
        check_key_name(name)
        signature = decode_base64(encoded, what=f"signature of {name}")
        if len(signature) <= KEY_ID_BYTES:
            raise LogError(f"The signature of {name} is too short.")
        return cls(name, signature[:KEY_ID_BYTES], signature[KEY_ID_BYTES:])

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line break, and its signatures; `str` is the whole note.

    What `parse` returns is not verified: until `open_note` did so, the text means nothing.
    """

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> Note:
        """Return the parts of a note, or raise LogError."""
        check_text(note)
        # The text may have empty lines, too: it ends at the last one.
        text, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise LogError("A note is a text, an empty line and lines of signatures.")
        signatures = lines.removesuffix("\n").split("\n")
        if len(signatures) > MAX_SIGNATURES:
            raise LogError(f"A note has at most {MAX_SIGNATURES} signatures.")
        return cls(f"{text}\n", tuple(Signature.parse(line) for line in signatures))

    def __str__(self) -> str:
        return "".join([self.text, "\n", *(f"{signature}\n" for signature in self.signatures)])


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """The text of a note that was verified, and the keys that have signed it."""

    text: str
    signed_by: tuple[Verifier, ...]


def sign_note(text: str, *signers: Signer) -> str:
    """Return the note of a text, with one signature by each signer."""
    check_text(text)
    if not text.endswith("\n"):
        raise LogError("The text of a note ends with a line break.")
    if not signers:
        raise LogError("A note has at least one signature.")
    signatures = (
        Signature(signer.name, signer.verifier.key_id, signer.sign(text)) for signer in signers
    )
    return str(Note(text, tuple(signatures)))


def open_note(note: str, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Return the text of a note that one of the verifiers has signed, or raise LogError.

    Signatures of other keys are ignored, so that a log can change its key and witnesses can sign.
    One of a known key that fails rejects the note ("Signatures").
    """
    parsed = Note.parse(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed_by = []
    for signature in parsed.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.has_signed(parsed.text, signature.value):
            raise LogError(f"The signature of {signature.name} does not match the text.")
        signed_by.append(verifier)
    if not signed_by:
        names = ", ".join(signature.name for signature in parsed.signatures)
        raise LogError(f"No known key has signed; the signatures are of {names}.")
    return OpenedNote(parsed.text, tuple(signed_by))
