"""The benchmarks do what their titles say, and run; nothing here looks at a time."""

from __future__ import annotations

import pytest

from benchmarks.report import print_table
from benchmarks.rows import Aim, Bound, Measured, Row
from benchmarks.timing import Effort
from benchmarks.worker import all_rows

ONCE = Effort(rounds=1, batch=1)
EVERY_ROW = [pytest.param(row, id=row.title) for row in all_rows()]


@pytest.mark.parametrize("row", EVERY_ROW)
def test_row_is_what_its_title_says(row: Row) -> None:
    row.check()


@pytest.mark.parametrize("row", EVERY_ROW)
def test_row_measures_what_its_aims_are_about(row: Row) -> None:
    measured = row.measure(ONCE)

    assert set(measured.ratios) == {aim.over for aim in row.aims}


def test_table_names_the_aims_that_are_missed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        Row("fast", (Aim("N", 2),), check=lambda: None, measure=lambda _: Measured(1, {})),
        Row("slow", (Aim("N", 2),), check=lambda: None, measure=lambda _: Measured(1, {})),
    ]
    results = {"fast": [Measured(1.0, {"N": 1.9})], "slow": [Measured(1.0, {"N": 2.1})]}

    print_table(rows, results)

    lines = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()}
    assert (lines["fast"], lines["slow"]) == ("yes", "NO")


def test_throughput_must_not_fall_below_its_aim() -> None:
    aim = Aim("bare", 0.85, Bound.AT_LEAST)

    assert (aim.is_reached(0.86), aim.is_reached(0.84)) == (True, False)
