"""`consentgate records purge`: records that are too old to be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from consentgate.choice.clock import utc_now
from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import open_records, store_argument
from consentgate.policy.lifetime import as_duration
from consentgate.policy.problems import Problem


@click.command(
    epilog=example("consentgate records purge sqlite:///consent.db --older-than '3 years'")
)
@store_argument
@click.option("--older-than", "age", metavar="AGE", required=True, help="Such as '3 years'.")
@json_option
def purge(*, address: str, age: str, as_json: bool) -> ExitCode:
    """Delete records from the beginning of the log to the first that is not older, and log that.

    The tree keeps their hashes, so that proofs and checkpoints still hold. Counters stay, too.
    """
    before = _moment(age)
    purged = open_records(address).purge(before)
    if as_json:
        print_json({"before": before.isoformat(), **_fields(purged.min_index, purged.entries)})
    else:
        click.echo(
            f"{purged.entries} entries deleted; the first that is left is {purged.min_index}"
        )
    return ExitCode.FINE


def _fields(min_index: int, entries: int) -> dict[str, object]:
    return {"deleted": entries, "first": min_index}


def _moment(age: str) -> datetime:
    problems: list[Problem] = []
    length = as_duration(age, field="--older-than", problems=problems)
    if not isinstance(length, timedelta):
        raise click.BadParameter('write an age such as "3 years"', param_hint="--older-than")
    try:
        return utc_now() - length
    except OverflowError:
        raise click.BadParameter("nothing is that old", param_hint="--older-than") from None
