"""`consentgate records migrate`: the tables of a store, for this release."""

from __future__ import annotations

import click

from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import store_argument


@click.command(
    epilog=example("consentgate records migrate postgresql://consent@db.example.org/consent")
)
@store_argument
@json_option
def migrate(*, address: str, as_json: bool) -> ExitCode:
    """Make the tables of a store, or bring them to this release.

    Run it before a new release serves, and on PostgreSQL once a month as well: it makes the
    partitions of the coming months. It changes nothing where nothing is to do.
    """
    from consentgate.records.opening import migrate_store

    store = migrate_store(address)
    if as_json:
        print_json({"store": store.shown})
    else:
        click.echo(f"{store.shown} is up to date")
    return ExitCode.FINE
