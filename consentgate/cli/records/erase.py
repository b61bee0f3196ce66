"""`consentgate records erase`: what one record says, where somebody may ask for that."""

from __future__ import annotations

import click

from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import open_records, record_argument, store_argument


@click.command(epilog=example("consentgate records erase sqlite:///consent.db RECORD_ID"))
@store_argument
@record_argument
@json_option
def erase(*, address: str, record_id: bytes, as_json: bool) -> ExitCode:
    """Erase what a record says (GDPR art. 17), and log that it was erased.

    Its hash stays in the tree, so that the proofs of other records still hold. With its salt gone,
    nobody can guess from the hash what it said.
    """
    erased = open_records(address).erase(record_id)
    if as_json:
        print_json({"record": record_id.hex(), "erased": erased})
    else:
        state = "erased" if erased else "was erased before"
        click.echo(f"record {record_id.hex()}: {state}")
    return ExitCode.FINE
