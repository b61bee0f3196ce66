"""The page of statistics: a chart of the days, and tables with the same numbers."""

from __future__ import annotations

from consentgate.records.chart import HEIGHT, LEFT, SERIES, WIDTH, chart_of
from consentgate.records.html import fill, policy_for, styles
from consentgate.records.statistics import (
    FEWEST_PUBLISHED,
    Counts,
    Row,
    Statistics,
    count_text,
    rate_text,
)

HEADINGS = ("shown", "given", "refused", "withdrawn", "consent rate")


def statistics_page(statistics: Statistics, *, published: bool) -> str:
    """Return the page. Where it is `published`, it has no small counts."""
    days = statistics.days
    period = f"{days[0].name} to {days[-1].name}." if days else "Nothing was counted yet."
    return fill(
        "statistics.html",
        policy=policy_for(styles()),
        styles=styles(),
        period=period,
        published=published,
        fewest=FEWEST_PUBLISHED,
        all_series=SERIES,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        chart=chart_of([day for day in days if _is_decided(day.counts)], published=published),
        headings=HEADINGS,
        tables=[
            {"by": by.value, "rows": [table_row(row, published=published) for row in rows]}
            for by, rows in statistics.tables.items()
            if rows
        ],
    )


def table_row(row: Row, *, published: bool) -> tuple[str, ...]:
    """Return the cells of a row: its name, and what the headings say."""
    counts = row.counts
    numbers = (counts.shown, counts.given, counts.refused, counts.withdrawn)
    texts = (count_text(n, published=published) for n in numbers)
    return row.name, *texts, rate_text(counts, published=published)


def _is_decided(counts: Counts) -> bool:
    return bool(counts.given or counts.refused or counts.withdrawn)
