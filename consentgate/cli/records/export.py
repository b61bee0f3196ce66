"""`consentgate records export`: all records, for spreadsheets, programs and authorities."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from consentgate.choice.clock import utc_now
from consentgate.cli.frame import DEFAULT_FILE, ExitCode, example, json_option, read_policy
from consentgate.cli.output import print_json
from consentgate.cli.records.frame import open_records, store_argument
from consentgate.policy import Policy

if TYPE_CHECKING:
    from consentgate.records.entries import StoredEntry
    from consentgate.records.exports import Exported
    from consentgate.records.reading import Reading

Write = Callable[[str], object]
Entry = TypeVar("Entry")


@click.command(
    epilog=example(
        "consentgate records export sqlite:///consent.db --format csv > records.csv",
        "consentgate records export sqlite:///consent.db --format 27560 --out r.json",
    )
)
@store_argument
@click.option(
    "--format", "kind", type=click.Choice(("jsonl", "csv", "27560")), default="jsonl",
    show_default=True,
    help="JSON lines, CSV, or JSON-LD as ISO/IEC TS 27560 has it, by the W3C DPV guide.",
)  # fmt: skip
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="By default standard output.")  # fmt: skip
@click.option(
    "--policy", "file", metavar="FILE",
    help=f"Today's declaration; by default {DEFAULT_FILE}, if there is one.",
)  # fmt: skip
@json_option
def export(*, address: str, kind: str, out: Path | None, file: str | None, as_json: bool) -> None:
    """Export all decisions in the order of the log, one after another: memory does not grow.

    A consent has expired where it is older than the regime let it hold on its day, or where it was
    given to another declaration than today's. Grants that were void are left out; of erased records
    the place and the times are left. With --json and --out, print how many there were.
    """
    if as_json and out is None:
        raise click.UsageError("--json prints how many records --out got; give --out")
    policy = _policy(file)
    if kind == "27560" and policy is not None:
        for finding in policy.record_findings():
            click.echo(str(finding), err=True)
    store = open_records(address)
    with store.read() as reading, _target(out) as write:
        count = _export(reading, kind, policy, write)
    if as_json:
        print_json({"file": str(out), "type": kind, "records": count})
    elif out is not None:
        click.echo(f"{out}: {count} records")


def _policy(file: str | None) -> Policy | None:
    if file is None and not Path(DEFAULT_FILE).exists():
        return None
    return read_policy(file or DEFAULT_FILE)


def _export(reading: Reading, kind: str, policy: Policy | None, write: Write) -> int:
    from consentgate.pages.policy_json import policy_json
    from consentgate.records.entries import EntryKind
    from consentgate.records.exports import csv_lines, dpv_lines, exported_decisions, jsonl_lines
    from consentgate.records.payload import ShownNotice

    now = utc_now()
    voided = {
        bytes.fromhex(json.loads(entry.payload or b"{}").get("record", ""))
        for entry in reading.entries_of(EntryKind.VOID)
    }
    counter = _Counter()
    entries = _all_entries(reading)
    shown = _with_progress(entries, total=reading.log().size)
    decisions = counter.count(exported_decisions(shown, voided=voided, now=now, policy=policy))
    if kind == "27560":
        today = None
        if policy is not None:
            today = ShownNotice("", "", "", {}, json.loads(policy_json(policy)))
        lines = dpv_lines(decisions, notice_of=reading.notice, now=now, without_notice=today)
    else:
        lines = csv_lines(decisions) if kind == "csv" else jsonl_lines(decisions)
    # Closed before the store is, also where nobody reads on.
    with closing(entries):
        for line in lines:
            write(line)
    return counter.number


def _all_entries(reading: Reading) -> Generator[StoredEntry]:
    for entries in (reading.entries(), reading.entries_waiting()):
        with closing(entries):
            yield from entries


class _Counter:
    """Counts what passes."""

    def __init__(self) -> None:
        self.number = 0

    def count(self, decisions: Iterable[Exported]) -> Iterator[Exported]:
        """Yield what comes, and count it."""
        for decision in decisions:
            self.number += 1
            yield decision


def _with_progress(entries: Iterable[Entry], *, total: int) -> Iterable[Entry]:
    """Show a bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    if not sys.stderr.isatty():
        return entries
    return track(entries, "Exporting", total=total, console=Console(stderr=True), transient=True)


@contextmanager
def _target(out: Path | None) -> Iterator[Write]:
    """Open where the export goes, as UTF-8 whatever the terminal has."""
    if out is None:
        yield _print
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            yield _writing_to(file, out)
    except OSError as error:
        raise click.ClickException(f"cannot write {out}: {error.strerror}") from None


def _writing_to(file: TextIO, out: Path) -> Write:
    def write(line: str) -> None:
        # Here, because whoever reads the store takes an OSError for one of the database.
        try:
            file.write(line)
        except OSError as error:
            raise click.ClickException(f"cannot write {out}: {error.strerror}") from None

    return write


def _print(line: str) -> None:
    try:
        click.echo(line.encode("utf-8"), nl=False)
    except BrokenPipeError:
        # Nobody reads on, as after `| head`. What Python would flush at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(ExitCode.FINE) from None
    except OSError as error:
        message = f"cannot write to standard output: {error.strerror}"
        raise click.ClickException(message) from None
