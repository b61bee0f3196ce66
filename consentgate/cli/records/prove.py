"""`consentgate records prove`: one record as a page that somebody else can verify."""

from __future__ import annotations

from pathlib import Path

import click

from consentgate.choice.clock import utc_now
from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import (
    open_records,
    record_argument,
    store_argument,
    write_file,
)
from consentgate.errors import LogError, RecordFormatError


@click.command(
    epilog=example("consentgate records prove sqlite:///consent.db RECORD_ID --out proof.html")
)
@store_argument
@record_argument
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="By default standard output.")  # fmt: skip
@click.option("--receipt", is_flag=True, help="Write the receipt (JSON-LD) instead of the page.")
@json_option
def prove(
    *, address: str, record_id: bytes, out: Path | None, receipt: bool, as_json: bool
) -> ExitCode:
    """Write a page with a record, the notice as it was shown, and the proof that both are in the
    log: one file without a script.

    RECORD_ID is in exports, receipts, and the record cookie. Exit code 2 while no checkpoint covers
    the record: sign one. Exit code 1 where the proof does not hold.
    """
    from consentgate.records.log.keys import Verifier
    from consentgate.records.proof_page import proof_page
    from consentgate.records.proofs import find_notice, find_receipt

    store = open_records(address)
    now = utc_now()
    try:
        with store.read() as reading:
            content = find_receipt(reading, record_id, created=now)
            notice = find_notice(reading, record_id)
            keys = [Verifier.parse(key.vkey) for key in reading.keys()]  # noqa: SIM118 (a method)
        if content is None:
            click.echo(
                "no checkpoint covers the record yet: consentgate records checkpoint", err=True
            )
            return ExitCode.UNDECIDED
        page = (
            content.decode("utf-8") if receipt else proof_page(content, notice, keys, created=now)
        )
    except RecordFormatError as error:
        click.echo(f"not proved: {error}", err=True)
        return ExitCode.UNDECIDED
    except LogError as error:
        click.echo(f"not proved: {error}", err=True)
        return ExitCode.VIOLATION
    if out is not None:
        write_file(out, page.encode("utf-8"))
    if as_json:
        print_json(
            {"record": record_id.hex(), "file": None if out is None else str(out), "text": page}
        )
    else:
        click.echo(page.encode("utf-8") if out is None else str(out), nl=out is not None)
    return ExitCode.FINE
