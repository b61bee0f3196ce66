"""The newest checkpoint, kept outside of the database: after a backup was restored it shows that
more was signed than the log has."""

from __future__ import annotations

from pathlib import Path

from consentgate.errors import LogError
from consentgate.records.store import Store


def last_note_path(store: Store) -> Path | None:
    """Return where the note is kept by default: beside an SQLite store."""
    return beside(store, ".checkpoint")


def beside(store: Store, suffix: str) -> Path | None:
    """Return the path of a file beside an SQLite store, None where the store is another."""
    path = store.address.path
    return path.with_name(path.name + suffix) if path.name else None


def read_last_note(path: Path | None) -> str | None:
    """Return the note, None where none is kept. Raises LogError where it cannot be read."""
    if path is None or not path.exists():
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise LogError(f"{path}, the last checkpoint, cannot be read: {reason}") from None


def write_last_note(path: Path | None, note: str) -> None:
    """Keep a note, in the place of the one before. Raises LogError where it cannot be written."""
    if path is None:
        return
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.write_text(note, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise LogError(f"cannot write {path}: {error.strerror}") from None
