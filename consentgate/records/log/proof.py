"""Proofs that an entry is in a log, to be verified without it (C2SP tlog-proof)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consentgate.errors import LogError
from consentgate.records.log.checkpoint import Checkpoint, open_checkpoint
from consentgate.records.log.keys import Verifier
from consentgate.records.log.lines import (
    decode_base64,
    decode_decimal,
    decode_hash,
    encode_base64,
)
from consentgate.records.log.merkle import leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_INDEX = "index "


@dataclass(frozen=True, slots=True)
class LogProof:
    """The place of an entry, its path to the root, and the signed checkpoint with that root.

    `str` is the text of the proof. `extra` is not covered by any hash or signature: believe it only
    as far as the entry follows from it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    @classmethod
    def parse(cls, text: str) -> LogProof:
        """Return the parts of a proof, or raise LogError. Nothing is verified yet."""
        head, separator, checkpoint = text.partition("\n\n")
        header, *lines = head.split("\n")
        if header != HEADER or not separator:
            raise LogError(f"A proof begins with {HEADER} and has a checkpoint at its end.")
        extra = b""
        if lines and lines[0].startswith(_EXTRA):
            extra = decode_base64(lines.pop(0).removeprefix(_EXTRA), what="proof's extra data")
        if not lines or not lines[0].startswith(_INDEX):
            raise LogError("The proof has no index.")
        index = decode_decimal(lines.pop(0).removeprefix(_INDEX), what="proof's index")
        path = tuple(decode_hash(line, what="hash in the proof's path") for line in lines)
        return cls(index, path, checkpoint, extra)

    def __str__(self) -> str:
        extra = [_EXTRA + encode_base64(self.extra)] if self.extra else []
        path = [encode_base64(hashed) for hashed in self.path]
        lines = [HEADER, *extra, f"{_INDEX}{self.index}", *path, "", self.checkpoint]
        return "\n".join(lines)

    def verify(
        self, entry: bytes, verifiers: Iterable[Verifier], *, origin: str | None = None
    ) -> Checkpoint:
        """Return the checkpoint with which this entry is in the log, or raise LogError.

        It is signed by one of the verifiers and, if an `origin` is given, that of this log.
        """
        checkpoint = open_checkpoint(self.checkpoint, verifiers, origin=origin)
        verify_inclusion(
            leaf_hash(entry),
            index=self.index,
            size=checkpoint.size,
            path=self.path,
            root=checkpoint.root,
        )
        return checkpoint
