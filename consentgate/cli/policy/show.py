"""`consentgate policy show`: the rules as the gate enforces them."""

from __future__ import annotations

import json

import click

from consentgate.cli.frame import example, file_argument, json_option, read_policy
from consentgate.cli.output import print_table
from consentgate.pages.policy_json import policy_json
from consentgate.policy import NECESSARY, Category, Policy
from consentgate.policy.listing import COLUMNS, cookie_rows


@click.command(epilog=example("consentgate policy show consent.toml"))
@file_argument
@json_option
def show(*, file: str, as_json: bool) -> None:
    """Show the cookies and categories of FILE, presets included; by default of consent.toml.

    A name with * is a glob. The fingerprint of a category changes with what visitors agree to, and
    then they are asked again. The JSON is that of /consent/policy.json.
    """
    policy = read_policy(file)
    if as_json:
        click.echo(json.dumps(json.loads(policy_json(policy)), indent=2))
        return
    print_table(COLUMNS, cookie_rows(policy))
    click.echo()
    print_table(("category", "visitors", "fingerprint"), _categories(policy))
    names = ", ".join(f"{regime.name} ({regime.title})" for regime in policy.regimes)
    click.echo(f"\nregime: {names}")


def _categories(policy: Policy) -> list[tuple[str, str, str]]:
    used = {NECESSARY, *policy.optional_categories}
    return [
        (category.name, _asked(policy, category), policy.fingerprint(category.name))
        for category in policy.categories
        if category.name in used
    ]


def _asked(policy: Policy, category: Category) -> str:
    if category.name == NECESSARY:
        return "cannot refuse it"
    if category.name in policy.consent_categories:
        return "are asked"
    return "can object" if category.name in policy.open_categories else "can refuse it"
