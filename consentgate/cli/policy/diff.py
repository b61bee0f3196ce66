"""`consentgate policy diff OLD NEW`: which names change category, and what is asked again."""

from __future__ import annotations

import click

from consentgate.cli.frame import ExitCode, example, json_option, read_policy
from consentgate.cli.output import print_json, print_table
from consentgate.policy.cookie import Cookie
from consentgate.policy.difference import Difference, difference
from consentgate.policy.listing import category_text


@click.command(epilog=example("consentgate policy diff old.toml consent.toml"))
@click.argument("old")
@click.argument("new")
@json_option
def diff(*, old: str, new: str, as_json: bool) -> ExitCode:
    """Show what changes for visitors from the file OLD to the file NEW.

    It is exact: each name with another category is of one of the lines, and each line has an
    example. Exit code 1 where anything changes. A category is asked about again where its
    fingerprint changes and accept_fingerprints does not name the old one.
    """
    before, after = read_policy(old), read_policy(new)
    changes = difference(before, after)
    if as_json:
        print_json(_document(changes))
    else:
        _print(changes)
    return ExitCode.VIOLATION if changes else ExitCode.FINE


def _document(changes: Difference) -> dict[str, object]:
    return {
        "names": [
            {
                "pattern": change.pattern,
                "example": change.example,
                "before": _rule(change.before),
                "after": _rule(change.after),
            }
            for change in changes.names
        ],
        "asked_again": [
            {
                "category": asked.category,
                "before": asked.before or None,
                "after": asked.after,
                "reasons": list(asked.reasons),
            }
            for asked in changes.asked_again
        ],
    }


def _rule(rule: Cookie | None) -> dict[str, object] | None:
    if rule is None:
        return None
    return {
        "rule": rule.name,
        "categories": list(rule.categories),
        "needs_consent": not rule.exempt,
    }


def _print(changes: Difference) -> None:
    if not changes:
        click.echo("No name changes its category, and nothing is asked again.")
    if changes.names:
        rows = [
            (
                change.pattern,
                change.example,
                category_text(change.before),
                category_text(change.after),
            )
            for change in changes.names
        ]
        print_table(("names", "example", "before", "after"), rows)
    if changes.names and changes.asked_again:
        click.echo()
    for asked in changes.asked_again:
        old = asked.before or "not asked about"
        click.echo(f"Visitors are asked again about {asked.category} ({old} -> {asked.after}):")
        for reason in asked.reasons:
            click.echo(f"  {reason}")
