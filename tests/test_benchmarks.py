"""The benchmarks do what their titles say, and run; nothing here looks at a time or a bar."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cache_hits, growth, timing
from benchmarks.parts import PARTS
from benchmarks.report import print_loops, print_options, print_responses
from benchmarks.rows import Bar, Bound, Measured, Row
from benchmarks.timing import Effort

ROOT = Path(__file__).parents[1]
ONCE = Effort(rounds=1, batch=1)
# Its rows configure Django, which a process can do once.
IN_A_PROCESS = "frameworks"
EVERY_ROW = [
    pytest.param(row, id=row.title)
    for name, part in PARTS.items()
    if name != IN_A_PROCESS
    for row in part.rows()
]


@pytest.fixture(autouse=True, scope="module")
def uncollected() -> Iterator[None]:
    """Collect no garbage before a row: among all tests that takes far longer than the row."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (timing, growth):
            patch.setattr(module, "collection_as_in_production", nullcontext)
        yield


@pytest.mark.parametrize("row", EVERY_ROW)
def test_row_is_what_its_title_says(row: Row) -> None:
    row.check()


@pytest.mark.parametrize("row", EVERY_ROW)
def test_row_measures_what_its_bars_are_about(row: Row) -> None:
    measured = row.measure(ONCE)

    assert set(measured.ratios) == {bar.over for bar in row.bars}


def test_rows_of_frameworks_are_what_their_titles_say_and_measure_both_visitors() -> None:
    done = run("benchmarks.worker", IN_A_PROCESS, "--rounds=1", "--batch=1")

    measured = [json.loads(line) for line in done.splitlines()]
    assert [one["title"] for one in measured] == [row.title for row in PARTS[IN_A_PROCESS].rows()]
    assert all(one["ratios"].keys() == {"undecided", "decided"} for one in measured)


def test_rows_are_profiled_function_by_function() -> None:
    done = run("benchmarks", IN_A_PROCESS, "--profile=Starlette JSON")

    assert "Starlette JSON, undecided" in done
    assert "Starlette JSON, decided" in done
    assert "tottime" in done


def test_a_row_that_is_not_there_cannot_be_profiled() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run("benchmarks", IN_A_PROCESS, "--profile=Flask pages")

    assert "no row 'Flask pages' to profile; there are: Flask page, " in caught.value.stderr


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run("benchmarks", "framework")

    assert "no such part: framework; there are frameworks, loops, " in caught.value.stderr


def test_chosen_rows_are_printed_below_the_heading_of_their_part() -> None:
    done = run("benchmarks", "growth", "--quick", "--only=building")

    lines = done.splitlines()
    assert "Growth" in lines
    assert [line for line in lines if line.startswith("building a policy of 10,000")]
    assert not [line for line in lines if line.startswith("1,000 Set-Cookie")]


@pytest.mark.nginx
@pytest.mark.slow
def test_a_cache_misses_each_page_once_a_day_for_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_hits, "VISITORS", 40)
    monkeypatch.setattr(cache_hits, "DAYS", 3)
    seen = cache_hits.views()
    plain, whole, keyed, bypassed, passing_over = cache_hits.WAYS
    has_tracker = {view for view in seen if "statistics" in (view.granted or ())}
    keys: dict[cache_hits.Way, set[Any]] = {  # any: days, pages and what else is in the key
        plain: {(view.day, view.page) for view in seen},
        whole: {(view.day, view.page, view.choice) for view in seen},
        keyed: {(view.day, view.page, view.granted) for view in seen},
    }
    keys[passing_over] = keys[keyed]
    bypassing = sum(view in has_tracker for view in seen)
    keys[bypassed] = {(v.day, v.page, v.granted) for v in seen if v not in has_tracker}

    hits = {way: round(cache_hits.hit_ratio(way, seen) * len(seen)) for way in cache_hits.WAYS}

    assert hits == {
        way: len(seen) - len(keys[way]) - bypassing * (way is bypassed) for way in cache_hits.WAYS
    }
    assert hits[plain] > hits[keyed] > hits[whole] > 0


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout


def test_traced_calls_are_printed_below_their_sums() -> None:
    done = run("tools.trace_calls")

    journeys = [line for line in done.splitlines() if " hand-overs; bar: " in line]
    assert [line.partition(":")[0] for line in journeys] == [
        "One stripped cookie beside a Cache-Control",
        "POST to /consent/",
    ]
    assert [line.rpartition(", ")[2] for line in journeys] == ["holds", "holds"]
    assert done.count("\n  asgi.ConsentMiddleware.__call__\n") == 2


def row_with(title: str, *bars: Bar) -> Row:
    return Row(title, bars, check=lambda: None, measure=lambda _: Measured(1, {}))


def test_table_names_the_bars_that_are_missed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row_with("fast", Bar("N", 2)), row_with("slow", Bar("N", 2)), row_with("any", Bar("N"))]
    results = {
        "fast": [Measured(1.0, {"N": 1.9})],
        "slow": [Measured(1.0, {"N": 2.1})],
        "any": [Measured(1.0, {"N": 2.1})],
    }

    print_loops(rows, results)

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["fast"].endswith("  holds")
    assert lines["slow"].endswith("  falls short")
    assert lines["any"].endswith("  2.1")


def test_table_of_responses_holds_only_where_both_visitors_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bars = [Bar("undecided", 13, aim=9), Bar("decided", 13, aim=9)]
    rows = [row_with("fast", *bars), row_with("slow", *bars)]
    results = {
        "fast": [
            Measured(1.0, {"undecided": percent, "decided": 4.0}, bare_ns=767_000)
            for percent in (20.0, 12.5, 11.0)
        ],
        "slow": [Measured(1.0, {"undecided": 4.0, "decided": 13.2}, bare_ns=767_000)],
    }

    print_responses(rows, results)

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "767 us  +12.5 % (+11.0 to +20.0)  +4.0 %" in lines["fast"]
    assert lines["fast"].endswith("13 %  9 %  holds")
    assert lines["slow"].endswith("13 %  9 %  falls short")


def test_table_of_options_is_in_microseconds_and_in_percent_of_the_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [row_with("header", Bar("undecided"), Bar("decided"))]
    measured = Measured(1.0, {"undecided": 2.5, "decided": 10.0}, bare_ns=400_000)

    print_options(rows, {"header": [measured]})

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["header"].endswith("400 us  +10.0 us (+2.5 %)  +40.0 us (+10.0 %)")


def test_throughput_must_not_fall_below_its_bar() -> None:
    bar = Bar("bare", 0.85, Bound.AT_LEAST)

    assert (bar.holds(0.86), bar.holds(0.84)) == (True, False)
