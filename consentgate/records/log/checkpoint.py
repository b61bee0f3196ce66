"""Checkpoints: what a log signs to have had this root at this size (C2SP tlog-checkpoint).

A checkpoint has no time in it, and binds the log only once somebody else has a copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consentgate.errors import LogError
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.log.lines import decode_decimal, decode_hash, encode_base64
from consentgate.records.log.notes import open_note, sign_note


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's name, how many entries it has, and the root of their tree; `str` is what is signed.

    The origin is an address without scheme, such as `example.com/consent`. Extension lines are read
    for the sake of their signature; the specification advises against them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return the checkpoint of a note's text, or raise LogError."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise LogError("A checkpoint has three lines or more, none of them empty.")
        origin, size, root, *extensions = lines
        return cls(
            origin,
            decode_decimal(size, what="size of the checkpoint"),
            decode_hash(root, what="root of the checkpoint"),
            tuple(extensions),
        )

    def __str__(self) -> str:
        lines = [self.origin, str(self.size), encode_base64(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> str:
    """Return the signed note of a checkpoint.

    A log never signs two that contradict each other: who calls has compared this one with the last
    (`consistency_path`). The first signer's name should be the origin; others sign while the key
    is changed.
    """
    text = str(checkpoint)
    if Checkpoint.parse(text) != checkpoint:
        raise LogError(f"The checkpoint of {checkpoint.origin!r} would be read as another one.")
    return sign_note(text, *signers)


def open_checkpoint(
    note: str, verifiers: Iterable[Verifier], *, origin: str | None = None
) -> Checkpoint:
    """Return a checkpoint that one of the verifiers has signed, or raise LogError.

    Without an `origin` it can be that of any log for which these keys sign.
    """
    checkpoint = Checkpoint.parse(open_note(note, verifiers).text)
    if origin not in (None, checkpoint.origin):
        raise LogError(f"The checkpoint is that of {checkpoint.origin}, not of {origin}.")
    return checkpoint
