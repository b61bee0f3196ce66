"""`consentgate records verify`: that nothing of a store was changed since it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from consentgate.choice.clock import utc_now
from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import (
    last_option,
    open_records,
    parse_keys,
    store_argument,
    vkey_option,
)

if TYPE_CHECKING:
    from consentgate.records.verify import Verification


@click.command(epilog=example("consentgate records verify sqlite:///consent.db --vkey KEY"))
@store_argument
@vkey_option(required=False)
@last_option
@json_option
def verify(*, address: str, vkeys: tuple[str, ...], last: Path | None, as_json: bool) -> ExitCode:
    """Verify a whole store: each record, the tree, the notices and the checkpoints.

    Exit code 1: something is not as it was, and each line says where. 2: something could not be
    verified. Without --vkey the keys in the store are believed, which whoever changes the store can
    change as well.
    """
    from consentgate.records.last_note import last_note_path, read_last_note
    from consentgate.records.verify import verify_store

    keys = parse_keys(vkeys)
    store = open_records(address)
    if last is not None and not last.exists():
        raise click.BadParameter(f"there is no file {last}", param_hint="--last")
    note = read_last_note(last or last_note_path(store))
    with store.read() as reading:
        result = verify_store(reading, now=utc_now(), verifiers=keys, last_note=note)
    if as_json:
        print_json(_document(store.shown, result))
    else:
        _print(store.shown, result)
    if result.found:
        return ExitCode.VIOLATION
    return ExitCode.UNDECIDED if result.undecided else ExitCode.FINE


def _document(shown: str, result: Verification) -> dict[str, object]:
    oldest = result.oldest_waiting
    return {
        "store": shown,
        "violations": [violation._asdict() for violation in result.violations],
        "found": result.found,
        "undecided": result.undecided,
        "size": result.size,
        "purged": result.purged,
        "erased": result.erased,
        "waiting": result.waiting,
        "oldest_waiting": None if oldest is None else oldest.isoformat(),
        "notices": result.notices,
        "checkpoints": result.checkpoints,
    }


def _print(shown: str, result: Verification) -> None:
    for violation in result.violations:
        click.echo(str(violation))
    if result.found > len(result.violations):
        click.echo(f"and {result.found - len(result.violations)} more")
    for line in result.undecided:
        click.echo(f"not verified: {line}")
    waiting = f"; {result.waiting} wait for their places in the tree" if result.waiting else ""
    click.echo(
        f"{shown}: {result.size} entries ({result.purged} purged, {result.erased} erased), "
        f"{result.notices} notices, {result.checkpoints} checkpoints{waiting}; "
        f"{result.found} violations"
    )
