"""`consentgate report`: what a running site's gate saw, and the declaration that it lacks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from consentgate.audit.report import Line, Report, read_report
from consentgate.cli.frame import DEFAULT_FILE, ExitCode, example, json_option, read_policy
from consentgate.cli.output import print_json, print_table
from consentgate.errors import PolicyError
from consentgate.gate.advice import toml_of
from consentgate.gate.events import Action
from consentgate.policy import Policy

DEFAULT_REPORT = "consent-report.db"

_WORDS = {
    Action.STRIP: "stripped",
    Action.REWRITE: "strengthened",
    Action.CLAMP: "shortened",
    Action.HIDE: "hidden",
    Action.EXPIRE: "expired",
    Action.NOTE: "set by a script",
}


@click.command(
    epilog=example(
        "consentgate report",
        "consentgate report /var/lib/site/consent-report.db --write consent.toml",
    )
)
@click.argument("file", default=DEFAULT_REPORT, metavar="[FILE]")
@click.option(
    "--policy",
    "declaration",
    metavar="FILE",
    help=f"The declaration; by default {DEFAULT_FILE}, if there is one.",
)
@click.option(
    "--write",
    metavar="FILE",
    help="Add what is missing to this declaration, which need not exist yet.",
)
@json_option
def report(*, file: str, declaration: str | None, write: str | None, as_json: bool) -> ExitCode:
    """Print what the gate of a running site saw, kept with `report_file`, what enforcing does to
    it, and the declarations that are missing.

    It exits with 1 while some are missing and are not written.
    """
    policy = read_policy(declaration) if declaration else _policy(write or DEFAULT_FILE)
    result = read_report(Path(file), policy)
    if write is not None and result.missing:
        _add(Path(write), result)
    if as_json:
        print_json(_document(result))
    else:
        _print(result, written=write)
    return ExitCode.VIOLATION if result.missing and write is None else ExitCode.FINE


def _policy(path: str) -> Policy:
    """Return the policy of a file, which may be missing."""
    return read_policy(path) if Path(path).exists() else Policy()


def _add(path: Path, result: Report) -> None:
    """Add the missing declarations to a file, which stays as it was where that makes no policy."""
    try:
        before = path.read_text(encoding="utf-8").rstrip() if path.exists() else ""
        text = f"{before}\n\n{result.toml()}\n".lstrip()
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.absolute().parent, suffix=".toml", delete=False
        ) as draft:
            draft.write(text)
        try:
            Policy.from_toml(draft.name)
            Path(draft.name).replace(path)
        except PolicyError as error:
            raise click.ClickException(f"{path} stays as it is: {error.findings[0]}") from None
        finally:
            Path(draft.name).unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None


def _print(result: Report, *, written: str | None) -> None:
    if result.lines:
        print_table(
            ("Cookie", "Category", "With enforcing", "Times", "Pages"),
            [_row(line) for line in result.lines],
        )
    if result.lost:
        click.echo(f"{result.lost} events more than the file holds")
    if not result.missing:
        click.echo("Every cookie that was seen is declared.")
        return
    if written is not None:
        click.echo(
            f"\n{written}: {len(result.missing)} declarations added. Read them: visitors do."
        )
        return
    click.echo("\nNot declared; add to the policy's file (or use --write), and read it first:\n")
    click.echo(result.toml())


def _row(line: Line) -> tuple[str, ...]:
    category = line.category or "not declared"
    return (
        line.name or "(no name)",
        category,
        _WORDS[line.action],
        str(line.times),
        " ".join(line.paths),
    )


def _document(result: Report) -> dict[str, object]:
    return {
        "cookies": [
            {
                "name": line.name,
                "category": line.category or None,
                "reason": line.reason.value,
                "action": line.action.value,
                "times": line.times,
                "paths": line.paths,
            }
            for line in result.lines
        ],
        "missing": [
            {
                "name": advice.rule.name,
                "category": advice.rule.category,
                "toml": toml_of(advice.rule),
            }
            for advice in result.missing
        ],
        "lost": result.lost,
    }
