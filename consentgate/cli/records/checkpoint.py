"""`consentgate records checkpoint`: sign what the log is now, for somebody else to keep."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from consentgate.choice.clock import utc_now
from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import (
    last_option,
    open_records,
    store_argument,
    write_file,
)
from consentgate.errors import LogError

if TYPE_CHECKING:
    from consentgate.records.log.keys import Signer
    from consentgate.records.reading import SavedCheckpoint
    from consentgate.records.store import Store
    from consentgate.records.tree import LogState


@click.command(
    epilog=example(
        "consentgate records checkpoint sqlite:///consent.db --origin example.org",
        "consentgate records checkpoint sqlite:///consent.db --out checkpoint.txt",
    )
)
@store_argument
@click.option(
    "--key", "key_files", metavar="FILE", multiple=True, type=click.Path(path_type=Path),
    help="The log's secret key; the first checkpoint makes it. Of SQLite by default the file "
    "beside it that ends in .key. Repeat it to sign with an old key as well.",
)  # fmt: skip
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the checkpoint there as well, to be published.")  # fmt: skip
@last_option
@click.option("--origin", metavar="NAME", help="The name of the log, before its first checkpoint.")
@click.option(
    "--new-log", is_flag=True, help="Go on under a new name, after a backup was restored."
)
@click.option("--timestamp", "url", metavar="URL", help="Have it stamped by a TSA (RFC 3161).")
@json_option
def checkpoint(
    *,
    address: str,
    key_files: tuple[Path, ...],
    out: Path | None,
    last: Path | None,
    origin: str | None,
    new_log: bool,
    url: str | None,
    as_json: bool,
) -> ExitCode:
    """Sign a checkpoint of all entries, and print it.

    It binds you only once it left the house: publish it, send it to somebody, or have its time
    stamped. Exit code 1, and nothing is signed, where the log is not what was signed before.
    """
    from consentgate.records.last_note import last_note_path, read_last_note
    from consentgate.records.signing import sign_log

    store = open_records(address)
    last_path = last or last_note_path(store)
    note = None if new_log else read_last_note(last_path)
    with store.read() as reading:
        state = reading.log()
        is_signed = any(earlier.origin == state.origin for earlier in reading.checkpoints())
    signers = _signers(
        store, key_files, state, origin=origin, may_make=not state.key_name or new_log
    )
    _name_log(store, state, signers[0], origin=origin, new_log=new_log, is_signed=is_signed)
    try:
        saved = sign_log(store, signers, last_note=note, now=utc_now())
    except LogError as error:
        click.echo(f"not signed: {error}", err=True)
        return ExitCode.VIOLATION
    stamp = _publish(store, saved, last_path=last_path, out=out, url=url)
    if as_json:
        print_json({**_document(saved, signers), "timestamp": stamp})
    else:
        click.echo(saved.note, nl=False)
        for signer in signers:
            click.echo(f"Public key: {signer.verifier}", err=True)
    return ExitCode.FINE


def _signers(
    store: Store, files: Sequence[Path], state: LogState, *, origin: str | None, may_make: bool
) -> list[Signer]:
    from consentgate.records.last_note import beside
    from consentgate.records.log.keys import Signer

    default = beside(store, ".key")
    paths = list(files) or ([default] if default else [])
    if not paths:
        raise click.UsageError("say where the log's secret key is: --key FILE")
    if may_make and not paths[0].exists():
        _make_key(paths[0], origin or state.origin)
    return [_read_key(path, Signer) for path in paths]


def _make_key(path: Path, name: str) -> None:
    from consentgate.records.log.keys import Signer

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{Signer.generate(name).export()}\n")
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None
    click.echo(f"Made the key {path}. Keep a copy; nobody else may read it.", err=True)


def _read_key(path: Path, kind: type[Signer]) -> Signer:
    try:
        return kind.parse(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise click.ClickException(f"{path}, the log's key, cannot be read: {reason}") from None
    except LogError as error:
        raise click.ClickException(f"{path}: {error}") from None


def _name_log(
    store: Store,
    state: LogState,
    signer: Signer,
    *,
    origin: str | None,
    new_log: bool,
    is_signed: bool,
) -> None:
    from consentgate.records.signing import check_origin, name_of_next

    if origin is not None and is_signed and not new_log and origin != state.origin:
        raise click.UsageError(f"the log is called {state.origin}; another name is --new-log")
    name = origin or (name_of_next(state.origin) if new_log else state.origin)
    check_origin(name)
    if (name, signer.name) != (state.origin, state.key_name):
        store.name_log(name, signer.name)


def _publish(
    store: Store,
    saved: SavedCheckpoint,
    *,
    last_path: Path | None,
    out: Path | None,
    url: str | None,
) -> str | None:
    """Write the checkpoint to its files, and have it stamped; return the time of the stamp."""
    from consentgate.records.last_note import write_last_note

    note = saved.note.encode("utf-8")
    write_last_note(last_path, saved.note)
    stamp = None
    if url is not None:
        from consentgate.records.timestamps import request_timestamp

        stamp = request_timestamp(saved.note, url)
        store.save_checkpoint(
            origin=saved.origin,
            size=saved.size,
            root=saved.root,
            note=saved.note,
            timestamp=stamp.answer,
            at=saved.saved_at,
        )
    if out is not None:
        write_file(out, note)
        if stamp is not None:
            write_file(out.with_name(f"{out.name}.tsr"), stamp.answer)
    if out is not None or stamp is not None:
        store.checkpoint_published(saved)
    return None if stamp is None else stamp.at.isoformat()


def _document(saved: SavedCheckpoint, signers: Sequence[Signer]) -> dict[str, object]:
    return {
        "origin": saved.origin,
        "size": saved.size,
        "root": saved.root.hex(),
        "note": saved.note,
        "vkeys": [str(signer.verifier) for signer in signers],
    }
