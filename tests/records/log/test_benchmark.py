"""The benchmark of the log runs; nothing here looks at a time or a bar."""

from __future__ import annotations

import pytest

from benchmarks.records_log import LogMeasurement, measure_log
from benchmarks.rows import Bound


def test_log_is_measured_on_all_of_its_bars() -> None:
    measured = measure_log(1000)

    assert [(one.title, one.unit, one.bar) for one in measured] == [
        ("append in batches of 100", "leaves/s", 100_000),
        ("tree recomputed from the entries", "s", 10),
        ("root, from the tiles", "ms", 5),
        ("root, from the edge", "ms", 5),
        ("edge restored", "ms", 5),
        ("inclusion proof", "ms", 10),
        ("consistency proof", "ms", 10),
        ("receipt read and verified", "ms", 1),
    ]
    assert all(one.value > 0 for one in measured)


@pytest.mark.parametrize(
    ("bound", "value", "holds"),
    [
        (Bound.AT_MOST, 5, True),
        (Bound.AT_MOST, 5.1, False),
        (Bound.AT_LEAST, 5, True),
        (Bound.AT_LEAST, 4.9, False),
    ],
)
def test_bar_holds_up_to_its_limit(bound: Bound, value: float, holds: bool) -> None:
    assert LogMeasurement("title", value, "ms", 5, bound).holds is holds
