"""`consentgate policy`: what is declared, what it means, and what changes."""

from __future__ import annotations

import click

from consentgate.cli.policy.check import check
from consentgate.cli.policy.diff import diff
from consentgate.cli.policy.explain import explain
from consentgate.cli.policy.prove import prove
from consentgate.cli.policy.schema import schema
from consentgate.cli.policy.show import show


@click.group()
def policy() -> None:
    """Look at a declaration of cookies."""


for command in (check, show, explain, diff, prove, schema):
    policy.add_command(command)
