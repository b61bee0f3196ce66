"""`consentgate records`: what is done with the consent records of a site."""

from __future__ import annotations

import click

from consentgate.cli.records.checkpoint import checkpoint
from consentgate.cli.records.erase import erase
from consentgate.cli.records.export import export
from consentgate.cli.records.migrate import migrate
from consentgate.cli.records.notice import notice
from consentgate.cli.records.prove import prove
from consentgate.cli.records.purge import purge
from consentgate.cli.records.stats import stats
from consentgate.cli.records.verify import verify
from consentgate.cli.records.verify_receipt import verify_receipt


@click.group("records")
def records() -> None:
    """Verify, export and prove the consent records of a site.

    STORE is the address that the application has as records=, such as sqlite:///consent.db or
    postgresql://user:password@host/database.
    """


for command in (
    export,
    verify,
    checkpoint,
    prove,
    verify_receipt,
    notice,
    stats,
    erase,
    purge,
    migrate,
):
    records.add_command(command)
