"""`consentgate records stats`: how often visitors gave, refused and withdrew consent."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from consentgate.cli.frame import ExitCode, example, json_option
from consentgate.cli.output import print_json, print_table
from consentgate.cli.records.frame import open_records, store_argument, write_file

if TYPE_CHECKING:
    from consentgate.records.statistics import Counts, Statistics

_DAY = click.DateTime(("%Y-%m-%d",))


@click.command(
    epilog=example(
        "consentgate records stats sqlite:///consent.db --from 2026-11-01",
        "consentgate records stats sqlite:///consent.db --html stats.html --publish",
    )
)
@store_argument
@click.option(
    "--from", "first", type=_DAY, metavar="DAY", help="The first day, such as 2026-11-01."
)
@click.option("--to", "last", type=_DAY, metavar="DAY", help="The last day.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a page with a chart as well.")  # fmt: skip
@click.option("--publish", is_flag=True, help="Print small counts as <5, for others to read.")
@json_option
def stats(
    *,
    address: str,
    first: datetime | None,
    last: datetime | None,
    html: Path | None,
    publish: bool,
    as_json: bool,
) -> ExitCode:
    """Print the rates by day, language, category and place.

    They come from counters, not from records, and name nobody. "Shown" counts pages with a
    question, not visitors: copies that caches serve and robots distort it.
    """
    from consentgate.records.statistics import statistics_of
    from consentgate.records.statistics_page import HEADINGS, statistics_page, table_row

    with open_records(address).read() as reading:
        statistics = statistics_of(reading.tallies(_date(first), _date(last)))
    if html is not None:
        write_file(html, statistics_page(statistics, published=publish).encode("utf-8"))
    if as_json:
        print_json(_document(statistics, published=publish))
        return ExitCode.FINE
    for by, rows in statistics.tables.items():
        cells = [table_row(row, published=publish) for row in rows]
        print_table((by.value, *HEADINGS), cells)
        click.echo()
    return ExitCode.FINE


def _date(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _document(statistics: Statistics, *, published: bool) -> dict[str, object]:
    return {
        by.value: {row.name: _counts(row.counts, published=published) for row in rows}
        for by, rows in statistics.tables.items()
    }


def _counts(counts: Counts, *, published: bool) -> dict[str, object]:
    from consentgate.records.statistics import STATES, published_count

    numbers = {state: getattr(counts, state) for state in STATES}
    if published:
        return {state: published_count(n) for state, n in numbers.items()}
    return {**numbers, "rate": counts.rate}
