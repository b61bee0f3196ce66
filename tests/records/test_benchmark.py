"""The benchmark of the stores runs; nothing here looks at a time or a bar."""

from __future__ import annotations

import pytest

from benchmarks.records import describe, measure_endpoint, measure_fairness, measure_growth
from benchmarks.records_log import LogMeasurement
from benchmarks.rows import Bound


@pytest.mark.slow
def test_a_store_is_measured_by_several_processes(sqlite_address: str) -> None:
    rows = [
        *measure_fairness(sqlite_address, 0.05),
        *measure_endpoint("SQLite", sqlite_address, 0.05, ""),
        *measure_growth(sqlite_address, 4_000),
    ]

    assert [row.unit for row in rows] == [
        *("", "ms"),
        *("x without", "ms", "x without"),
        *("a second", "x a quarter", "ms", "s", "MB"),
    ]


@pytest.mark.parametrize(
    ("value", "bar", "verdict"), [(0.4, 0.5, "misses"), (0.6, 0.5, "holds"), (0.6, 0.0, "")]
)
def test_a_line_says_whether_its_bar_holds(value: float, bar: float, verdict: str) -> None:
    line = describe(LogMeasurement("title", value, "x", bar, Bound.AT_LEAST))

    assert line.startswith("title")
    assert line.endswith(verdict or "x")
