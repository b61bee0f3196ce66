"""`consentgate policy check`: the errors and findings of a declaration, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from consentgate.cli.frame import ExitCode, example, file_argument, json_option
from consentgate.cli.output import print_json
from consentgate.errors import Finding, PolicyError
from consentgate.policy import Policy
from consentgate.policy.listing import finding_json


@click.command(epilog=example("consentgate policy check consent.toml --strict"))
@file_argument
@click.option("--strict", is_flag=True, help="Fail on findings too, not on errors only.")
@click.option(
    "--records", is_flag=True, help="Also find what exported consent records lack (ISO 27560)."
)
@json_option
def check(*, file: str, strict: bool, records: bool, as_json: bool) -> ExitCode:
    """Check FILE, by default consent.toml.

    An error must be corrected: no gate starts with it. A finding is something that visitors are
    owed, or that is likely a mistake. The page docs/findings.md explains each id.
    """
    errors, findings = _look_at(file, records=records)
    failed = bool(errors or (strict and findings))
    if as_json:
        print_json(_document(file, errors, findings))
    else:
        for line in (*map(str, (*errors, *findings)), _summary(file, errors, findings)):
            click.echo(line)
    return ExitCode.VIOLATION if failed else ExitCode.FINE


def _look_at(file: str, *, records: bool) -> tuple[Sequence[Finding], Sequence[Finding]]:
    """Return the errors and the findings. Raises ClickException for what is no TOML file."""
    try:
        policy = Policy.from_toml(file)
        return (), (*policy.findings(), *(policy.record_findings() if records else ()))
    except PolicyError as error:
        unreadable = [
            finding
            for finding in error.findings
            if finding.id == "CG010" and finding.place == Path(file).name
        ]
        if unreadable:
            raise click.ClickException(str(unreadable[0])) from None
        return error.findings, ()


def _document(
    file: str, errors: Sequence[Finding], findings: Sequence[Finding]
) -> dict[str, object]:
    return {
        "file": file,
        "errors": [finding_json(finding) for finding in errors],
        "findings": [finding_json(finding) for finding in findings],
    }


def _summary(file: str, errors: Sequence[Finding], findings: Sequence[Finding]) -> str:
    if errors:
        return f"{file}: {_count(len(errors), 'error')}"
    return f"{file} is valid; {_count(len(findings), 'finding')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
