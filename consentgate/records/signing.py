"""Signs checkpoints of a store's log, and refuses where the log is not what was signed before.

A log that signs two checkpoints which contradict each other proves nothing any more (C2SP
tlog-checkpoint), so that a restored backup goes on under another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from consentgate.errors import ConfigurationError, LogError
from consentgate.records.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.log.tiles import tree_root
from consentgate.records.reading import Reading, SavedCheckpoint
from consentgate.records.store import Store

_NUMBERED = re.compile(r"(?P<name>.*)/(?P<number>[0-9]{1,9})", re.DOTALL)


class RolledBackError(LogError):
    """The log is not what was signed of it: entries were changed, or a backup was restored."""


def sign_log(
    store: Store, signers: Sequence[Signer], *, last_note: str | None = None, now: datetime
) -> SavedCheckpoint:
    """Sign and save a checkpoint of all entries. The first signer is the log's own.

    Raises RolledBackError where the log does not begin as the newest checkpoint of it says, which
    is looked for in the store and in `last_note`, the one that was kept outside of it.
    """
    store.integrate()
    with store.read() as reading:
        state = reading.log()
        for note in (*_saved_notes(reading, state.origin), *([last_note] if last_note else [])):
            _check_follows(reading, state.origin, state.size, note, _keys(reading, signers))
        checkpoint = Checkpoint(state.origin, state.size, tree_root(reading, state.size))
    note = sign_checkpoint(checkpoint, *signers)
    for signer in signers:
        store.add_key(str(signer.verifier), at=now)
    store.save_checkpoint(
        origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root, note=note, at=now
    )
    return SavedCheckpoint(
        checkpoint.origin, checkpoint.size, checkpoint.root, note, None, now, None
    )


def name_of_next(origin: str) -> str:
    """Return the name under which a log goes on: the same with the next number."""
    match = _NUMBERED.fullmatch(origin)
    return f"{origin}/2" if match is None else f"{match['name']}/{int(match['number']) + 1}"


def check_origin(origin: str) -> None:
    """Raise ConfigurationError unless a log can have this name."""
    if not origin or "://" in origin or "+" in origin or any(map(str.isspace, origin)):
        raise ConfigurationError(
            f"a log cannot be called {origin!r}; give an address without scheme, such as "
            "data.example.org/consent"
        )


def _saved_notes(reading: Reading, origin: str) -> list[str]:
    saved = [checkpoint for checkpoint in reading.checkpoints() if checkpoint.origin == origin]
    return [max(saved, key=lambda checkpoint: checkpoint.size).note] if saved else []


def _keys(reading: Reading, signers: Iterable[Signer]) -> list[Verifier]:
    stored = reading.keys()
    return [*(signer.verifier for signer in signers), *(Verifier.parse(key.vkey) for key in stored)]


def _check_follows(
    reading: Reading, origin: str, size: int, note: str, keys: Iterable[Verifier]
) -> None:
    before = open_checkpoint(note, keys)
    if before.origin != origin:
        raise RolledBackError(f"the last checkpoint is one of {before.origin}, not of {origin}")
    if before.size > size:
        raise RolledBackError(
            f"the log has {size} entries, and {before.size} were signed: a backup was restored"
        )
    if tree_root(reading, before.size) != before.root:
        raise RolledBackError(f"the first {before.size} entries are not those that were signed")
