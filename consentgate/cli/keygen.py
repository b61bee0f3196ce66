"""`consentgate keygen`: a key that signs the visitors' choices."""

from __future__ import annotations

import secrets

import click

from consentgate.cli.frame import example, json_option
from consentgate.cli.output import print_json

# HMAC with SHA-256 has the strength of its output at most (NIST SP 800-107, 5.3.4).
_BYTES = 32


@click.command(epilog=example("consentgate keygen"))
@json_option
def keygen(*, as_json: bool) -> None:
    """Print a new random key, for `secret_key`.

    Keep it out of the repository, and keep one key across restarts: with a new one every visitor is
    asked again. To change it, pass the old one in `fallback_keys`.
    """
    key = secrets.token_hex(_BYTES)
    if as_json:
        print_json({"secret_key": key})
    else:
        click.echo(key)
