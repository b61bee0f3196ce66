"""What commands print: tables that are read at 80 columns, and JSON.

Nothing that a policy declares is read as markup, and nothing has a colour unless stdout is a
terminal and NO_COLOR is not set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

FORMAT = 1
"""The version of the JSON of all commands: it changes where a key goes or means something else."""

Json = Mapping[str, object]


def print_json(document: Json) -> None:
    """Print a document as JSON in ASCII, with the version of its format first."""
    click.echo(json.dumps({"format": FORMAT, **document}, indent=2))


def visible(text: str) -> str:
    """Return a text of an application as a terminal may get it: what would control it, escaped."""
    if text.isprintable():
        return text
    escaped = (char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return "".join(escaped)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; a cell that is too long goes on in the next line, and none is cut off."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    console = Console()
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())
