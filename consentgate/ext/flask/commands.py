"""`flask consent`: check and list the declaration as the application will use it."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from consentgate.errors import ConfigurationError, ConsentGateError
from consentgate.ext.flask.settings import Settings
from consentgate.policy import Policy
from consentgate.policy.listing import aligned, cookie_rows

consent_commands = AppGroup("consent", help="Look at the declared cookies.")


@consent_commands.command("check")
@click.option("--strict", is_flag=True, help="Fail on findings too, not on errors only.")
def check(strict: bool) -> None:  # noqa: FBT001 (click's way to pass a flag)
    """Check the settings and the declared cookies; fail if they are wrong."""
    findings = _policy().findings()
    for finding in findings:
        click.echo(finding)
    if _compresses(current_app):
        click.echo(
            "note: Flask-Compress is inside the gate, which asks for uncompressed pages to read "
            "them; let the server compress pages"
        )
    click.echo(f"consentgate: the settings are right; {len(findings)} findings")
    if findings and strict:
        raise SystemExit(1)


@consent_commands.command("cookies")
def cookies() -> None:
    """List the declared cookies: name, category, provider or service, lifetime."""
    for line in aligned(cookie_rows(_policy())):
        click.echo(line)


def _compresses(app: Flask) -> bool:
    functions = app.after_request_funcs.get(None, ())
    return any(function.__module__.startswith("flask_compress") for function in functions)


def _policy() -> Policy:
    """Return the application's policy with its own cookies. Raises ClickException."""
    try:
        settings: Settings = current_app.extensions["consentgate"].checked_settings()
        if not isinstance(settings.policy, Policy):
            raise ConfigurationError(
                "the policy is a function; check each policy that it can return"
            )
    except ConsentGateError as error:
        raise click.ClickException(str(error)) from None
    return settings.policy
