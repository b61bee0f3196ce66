"""`consentgate lock`: write down what an application sets, for a review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from consentgate.audit.lock import differences, lock_of, read_lock
from consentgate.cli.application import LOCK_FILE, application_options, look_at
from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json


@click.command(epilog=example("consentgate lock app:app --crawl"))
@application_options
@click.option(
    "--output", default=LOCK_FILE, show_default=True, metavar="FILE", help="The file to write."
)
@json_option
def lock(
    *,
    target: str,
    output: str,
    as_json: bool,
    **options: Any,  # Any: those of `look_at`
) -> ExitCode:
    """Write each cookie that an application sets into a file: category, lifetime, attributes, and
    the place in the code. Commit it; a review then shows what changes.
    """
    path = Path(output)
    result = look_at(target, **options)
    if result.failed:
        click.echo(f"consentgate: not written, since not all could be seen: {result.failed[0]}",
                   err=True)  # fmt: skip
        return ExitCode.UNDECIDED
    made = lock_of(result)
    changes = differences(read_lock(path), made) if path.exists() else []
    try:
        path.write_text(made.to_toml(), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None
    if as_json:
        print_json({"file": output, "cookies": len(made.cookies), "changes": changes})
    else:
        for line in changes:
            click.echo(line)
        click.echo(f"{output}: {len(made.cookies)} cookies")
    return ExitCode.FINE
