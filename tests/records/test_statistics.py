"""Statistics: rates from counters, a chart and tables with the same numbers."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from consentgate.records.chart import HEIGHT, SERIES, WIDTH, Chart, chart_of
from consentgate.records.statistics import By, Counts, Row, rate_text, statistics_of
from consentgate.records.statistics_page import statistics_page
from consentgate.records.tally import TallyKey

FIRST = date(2026, 10, 1)

Tallies = list[tuple[TallyKey, int]]


def tally(
    state: str, n: int, *, day: date = FIRST, language: str = "fr", place: str = "banner"
) -> tuple[TallyKey, int]:
    category = "" if state == "shown" else "statistics"
    return TallyKey(day, language, place, "", category, state), n


def a_month() -> Tallies:
    """Counters of 31 days, with small counts among them."""
    return [
        tally(state, n, day=FIRST + timedelta(days=day))
        for day in range(31)
        for state, n in (
            ("shown", 900),
            ("given", 40 + 9 * day),
            ("refused", 3),
            ("withdrawn", day % 2),
        )
    ]


def by(tallies: Tallies, which: By) -> dict[str, Counts]:
    return {row.name: row.counts for row in statistics_of(tallies).tables[which]}


def test_counters_are_summed_by_day_language_category_and_place() -> None:
    tallies = [
        tally("shown", 10),
        tally("given", 3),
        tally("refused", 1, language="en"),
        tally("given", 2, place="preferences", day=FIRST + timedelta(days=1)),
    ]

    assert by(tallies, By.DAY) == {
        "2026-10-01": Counts(shown=10, given=3, refused=1),
        "2026-10-02": Counts(given=2),
    }
    assert by(tallies, By.LANGUAGE) == {
        "en": Counts(refused=1),
        "fr": Counts(shown=10, given=5),
    }
    assert by(tallies, By.PLACE)["preferences"] == Counts(given=2)
    assert by(tallies, By.CATEGORY) == {"statistics": Counts(given=5, refused=1)}
    assert statistics_of(tallies).total == Counts(shown=10, given=5, refused=1)


@pytest.mark.parametrize(
    ("counts", "shown", "published"),
    [
        (Counts(), "", ""),
        (Counts(shown=9), "", ""),
        (Counts(given=3, refused=1), "75%", ""),
        (Counts(given=30, refused=4), "88%", ""),
        (Counts(given=30, refused=0), "100%", "100%"),
        (Counts(given=30, refused=10, withdrawn=1), "75%", "75%"),
    ],
    ids=repr,
)
def test_a_rate_is_of_decisions_and_reveals_no_small_count(
    counts: Counts, shown: str, published: str
) -> None:
    assert rate_text(counts, published=False) == shown
    assert rate_text(counts, published=True) == published


def chart(*rows: Counts, published: bool = False) -> Chart:
    days = [Row(str(FIRST + timedelta(days=n)), counts) for n, counts in enumerate(rows)]
    return chart_of(days, published=published)


@pytest.mark.parametrize("highest", [1, 3, 7, 99, 100, 101, 12_345_678])
@pytest.mark.parametrize("days", [1, 2, 31, 366])
def test_everything_is_within_the_picture(highest: int, days: int) -> None:
    drawn = chart(*[Counts(given=highest, refused=highest // 2, withdrawn=1)] * days)

    for bar in drawn.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= 0
        assert bar.y + bar.height <= HEIGHT
    for label in (*drawn.days, *drawn.counts):
        assert 0 <= label.y <= HEIGHT
        # A character is no wider than 8 units at this size.
        assert 0 <= label.x <= WIDTH
    middle = [label.x for label in drawn.days]
    assert all(42 <= x <= WIDTH - 42 for x in middle)
    assert all(later - earlier >= 80 for earlier, later in itertools.pairwise(middle))


def test_bars_are_stacked_and_as_high_as_their_counts() -> None:
    low, high = chart(Counts(given=25, refused=50)).bars

    assert (low.series, high.series) == ("given", "refused")
    assert high.height == pytest.approx(2 * low.height)
    assert high.y + high.height == pytest.approx(low.y)


def test_a_chart_of_nothing_is_empty() -> None:
    assert chart().bars == () == chart().days


def test_small_counts_that_are_published_are_drawn_alike() -> None:
    first, second = chart(Counts(given=1), Counts(given=4), published=True).bars

    assert first.height == second.height
    assert (first.count, second.count) == ("<5", "<5")


class Page(HTMLParser):
    """The cells of a page's tables, its SVG elements and what could be a script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.scripts += [tag] if tag in ("script", "link", "img") else []


def titles_of(page: str) -> set[tuple[str, str, str]]:
    """Day, series and count of each bar, as its title says."""
    found = re.findall(r"<title>([\d-]+), (\w+): ([^<]+)</title>", page)
    return {(day, series, count) for day, series, count in found}


def cells_of(page: str) -> set[tuple[str, str, str]]:
    """Day, series and count of each cell that is not 0 in the table of days."""
    (table,) = re.findall(r"<h2>By day</h2>\s*(<table>.*?</table>)", page, re.DOTALL)
    rows = ET.fromstring(table).findall("./tbody/tr")
    cells = set()
    for row in rows:
        day, _, *counts, _ = ["".join(cell.itertext()) for cell in row]
        cells |= {(day, series, count) for series, count in zip(SERIES, counts) if count != "0"}
    return {(day, series, count.replace("<", "&lt;")) for day, series, count in cells}


@pytest.mark.parametrize("published", [False, True], ids=["own", "published"])
def test_the_table_has_the_numbers_of_the_chart(published: bool) -> None:
    page = statistics_page(statistics_of(a_month()), published=published)

    assert titles_of(page) == cells_of(page)
    assert len(titles_of(page)) == 31 * 2 + 15
    assert ("&lt;5" in page) is published


def test_a_page_is_one_file_that_runs_nothing() -> None:
    page = statistics_page(statistics_of(a_month()), published=False)

    assert Page(page).scripts == []
    assert "default-src &#39;none&#39;" in page
    assert 'role="img" aria-labelledby="chart-title chart-desc"' in page
    assert "2026-10-01 to 2026-10-31." in page


def test_a_page_of_nothing_says_so() -> None:
    page = statistics_page(statistics_of([]), published=False)

    assert "Nothing was counted yet." in page
    assert "<svg" not in page
