"""Verifies the checkpoints: their signatures, and that the tree still begins as each one says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consentgate.errors import LogError
from consentgate.records.log.checkpoint import Checkpoint, open_checkpoint
from consentgate.records.log.keys import Verifier
from consentgate.records.log.tiles import tree_root
from consentgate.records.reading import Reading, SavedCheckpoint
from consentgate.records.tree import LogState
from consentgate.records.verify.result import Verification


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """The keys that are believed, and all that the store lists besides."""

    believed: tuple[Verifier, ...]
    listed: tuple[Verifier, ...]


def known_keys(reading: Reading, believed: Sequence[Verifier], result: Verification) -> KnownKeys:
    """Return the keys of a verification: those that somebody outside knows, else the store's."""
    listed = []
    saved = reading.keys()
    for key in saved:
        try:
            listed.append(Verifier.parse(key.vkey))
        except LogError as error:
            result.add("key", str(error))
    return KnownKeys(tuple(believed) or tuple(listed), tuple(listed))


def check_checkpoints(
    reading: Reading, state: LogState, keys: KnownKeys, result: Verification
) -> None:
    """Look at each checkpoint, the smallest first."""
    checkpoints = sorted(reading.checkpoints(), key=lambda saved: saved.size)
    if not checkpoints:
        result.undecided.append("no checkpoint was signed, so nothing binds the log: sign one")
    matching = 0
    for saved in checkpoints:
        result.checkpoints += 1
        place = f"checkpoint {saved.size} of {saved.origin}"
        checkpoint = _open(saved.note, place, keys, result)
        if checkpoint is None:
            continue
        if not _is_that_of(saved, checkpoint):
            result.add(place, "its columns are not those of its note")
        elif _check_root(reading, state, checkpoint, place, matching, result):
            matching = checkpoint.size


def check_last_note(
    reading: Reading, state: LogState, note: str, keys: KnownKeys, result: Verification
) -> None:
    """Look at the newest checkpoint that was kept outside of the database."""
    checkpoint = _open(note, "last checkpoint", keys, result)
    if checkpoint is None:
        return
    if checkpoint.origin != state.origin:
        message = f"it is one of {checkpoint.origin}, and the log is {state.origin}"
        result.add("last checkpoint", message)
    else:
        _check_root(reading, state, checkpoint, "last checkpoint", 0, result)


def _open(note: str, place: str, keys: KnownKeys, result: Verification) -> Checkpoint | None:
    try:
        return open_checkpoint(note, keys.believed)
    except LogError as error:
        reason = error
    try:
        checkpoint = open_checkpoint(note, keys.listed)
    except LogError:
        result.add(place, str(reason))
        return None
    result.undecided.append(f"{place}: it is signed by none of the given keys")
    return checkpoint


def _is_that_of(saved: SavedCheckpoint, checkpoint: Checkpoint) -> bool:
    columns = (saved.origin, saved.size, saved.root)
    return columns == (checkpoint.origin, checkpoint.size, checkpoint.root)


def _check_root(
    reading: Reading,
    state: LogState,
    checkpoint: Checkpoint,
    place: str,
    matching: int,
    result: Verification,
) -> bool:
    """Return whether the tree begins as a checkpoint says; it did up to `matching` entries."""
    if checkpoint.size > state.size:
        message = (
            f"it has {checkpoint.size} entries, and the log {state.size}: entries were removed, or "
            "an old backup was restored"
        )
        result.add(place, message)
        return False
    try:
        root = tree_root(reading, checkpoint.size)
    except LogError as error:
        result.add(place, str(error))
        return False
    if root != checkpoint.root:
        span = f"entries {matching} to {checkpoint.size - 1}"
        result.add(place, f"its root is not that of the tree: {span} are not what they were")
        return False
    return True
