"""`consentgate check`: what an application sets, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from consentgate import __version__
from consentgate.audit.check import Result, Sighting, State
from consentgate.audit.formats import as_json, as_junit, as_sarif
from consentgate.audit.lock import differences, lock_of, read_lock
from consentgate.cli.application import LOCK_FILE, application_options, look_at
from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json, print_table, visible

_WITHOUT = (State.UNDECIDED, State.REFUSED, State.WITHDRAWN)


@click.command(
    epilog=example(
        "consentgate check app:app --crawl --pages",
        "consentgate check mysite.wsgi:application --locked --format sarif",
    )
)
@application_options
@click.option("--pages", is_flag=True, help="Look for third parties in the HTML of pages as well.")
@click.option("--locked", is_flag=True, help="Fail if anything is not as the lock file has it.")
@click.option("--lock", default=LOCK_FILE, show_default=True, metavar="FILE", help="The lock file.")
@click.option(
    "--format",
    "style",
    default="table",
    show_default=True,
    type=click.Choice(["table", "json", "sarif", "junit"]),
    help="How the result is printed.",
)
@json_option
def check(
    *,
    target: str,
    locked: bool,
    lock: str,
    style: str,
    as_json: bool,
    **options: Any,  # Any: those of `look_at`
) -> ExitCode:
    """Visit an application in this process, with GET alone: before a choice, after a refusal, an
    acceptance and a withdrawal. Print each cookie that it sets, where in the code, and what becomes
    of it.

    A violation is a cookie that is not declared or lives longer than declared, and without a gate
    each one that leaves too early.
    """
    reviewed = read_lock(Path(lock)) if locked else None
    result = look_at(target, **options)
    changes = [] if reviewed is None else differences(reviewed, lock_of(result))
    _print(result, "json" if as_json else style, target=target, changes=changes)
    if result.violations or result.third_parties or changes:
        return ExitCode.VIOLATION
    return ExitCode.UNDECIDED if result.failed else ExitCode.FINE


def _print(result: Result, style: str, *, target: str, changes: list[str]) -> None:
    match style:
        case "json":
            print_json({**as_json(result, target=target), "changes": changes})
        case "sarif":
            click.echo(json.dumps(as_sarif(result, version=__version__, changes=changes), indent=2))
        case "junit":
            click.echo(as_junit(result, target=target, changes=changes), nl=False)
        case _:
            _print_table(result, changes)
    if style in ("sarif", "junit"):
        # On stderr, so that what is read by a program is whole.
        for line in (*result.notes, *result.failed, *map(str, result.third_parties), *changes):
            click.echo(line, err=True)


def _print_table(result: Result, changes: list[str]) -> None:
    rows = [_row(sighting) for sighting in result.sightings.values()]
    if rows:
        print_table(("Cookie", "Category", "Without consent", "With consent", "Set in"), rows)
        click.echo()
    for sighting, problem in result.violations:
        click.echo(visible(f"{problem.id} {sighting.example} on {sighting.path}: {problem.text}"))
    for finding in result.third_parties:
        click.echo(visible(str(finding)))
    for sighting in result.sightings.values():
        if sighting.advice:
            click.echo(f"\n{visible(sighting.example)}: {sighting.advice}")
    for line in (*result.notes, *(f"not judged: {failure}" for failure in result.failed)):
        click.echo(line)
    if changes:
        click.echo("\nNot as the lock file has it:")
        for line in changes:
            click.echo(line)
    click.echo(_summary(result))


def _row(sighting: Sighting) -> tuple[str, ...]:
    category = sighting.category or "not declared"
    without = {state: text for state, text in sighting.outcomes.items() if state in _WITHOUT}
    first = next(iter(without.values()), "")
    others = [f"{text} {state.value}" for state, text in without.items() if text != first]
    granted = sighting.outcomes.get(State.ACCEPTED, "")
    place = str(sighting.place or "")
    return sighting.name, category, "; ".join([first, *others]), granted, place


def _summary(result: Result) -> str:
    gate = "behind its gate" if result.is_guarded else "without a gate"
    cut = ", and there are more" if result.is_cut else ""
    counted = (
        _counted(len(result.sightings), "cookie"),
        _counted(len(result.violations), "violation"),
    )
    return f"{_counted(len(result.pages), 'page')} {gate}{cut}; {'; '.join(counted)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
