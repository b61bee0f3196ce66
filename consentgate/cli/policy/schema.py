"""`consentgate policy schema`: the JSON Schema of consent.toml, for editors."""

from __future__ import annotations

import click

from consentgate.cli.frame import example, json_option
from consentgate.policy.schema import schema_text


@click.command(epilog=example("consentgate policy schema > consent.schema.json"))
@json_option
def schema(*, as_json: bool) -> None:
    """Print the JSON Schema of consent.toml.

    `init` writes it beside the declaration, and names it in the first line of that. Editors that
    use taplo then complete keys and mark mistakes. Print it again after an upgrade.
    """
    click.echo(schema_text(), nl=False)
