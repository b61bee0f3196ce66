"""`consentgate records verify-receipt`: what a receipt proves, without a network and a store."""

from __future__ import annotations

from pathlib import Path

import click

from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import parse_keys, vkey_option
from consentgate.errors import LogError, RecordFormatError


@click.command(
    "verify-receipt",
    epilog=example("consentgate records verify-receipt receipt.json --vkey KEY"),
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@vkey_option(required=True)
@click.option("--origin", metavar="NAME", help="The name of the log; by default any.")
@json_option
def verify_receipt(
    *, file: Path, vkeys: tuple[str, ...], origin: str | None, as_json: bool
) -> ExitCode:
    """Verify the receipt in FILE, offline: the payload, the notice, the path and the signature.

    Get the key from where the site publishes it, not from the receipt. The time at which the
    receipt was made is not proved.
    """
    from consentgate.records import receipt
    from consentgate.records.dpv import time_text

    keys = parse_keys(vkeys)
    content = file.read_bytes()
    try:
        proved = receipt.verify_receipt(content, keys, origin=origin)
    except RecordFormatError as error:
        click.echo(f"not verified: {error}", err=True)
        return ExitCode.UNDECIDED
    except LogError as error:
        click.echo(f"not proved: {error}", err=True)
        return ExitCode.VIOLATION
    decision = proved.decision
    categories = {name: category.state.value for name, category in decision.categories.items()}
    if as_json:
        print_json(
            {
                "record": decision.id,
                "at": time_text(decision.at),
                "decision": decision.kind.value,
                "categories": categories,
                "notice": decision.notice,
                "origin": proved.checkpoint.origin,
                "index": proved.index,
                "size": proved.checkpoint.size,
            }
        )
        return ExitCode.FINE
    states = ", ".join(f"{name} {state}" for name, state in categories.items())
    click.echo(f"Proved: record {decision.id} of {time_text(decision.at)}: {states}.")
    click.echo(
        f"It is entry {proved.index} of {proved.checkpoint.origin} since the checkpoint of "
        f"{proved.checkpoint.size} entries."
    )
    return ExitCode.FINE
