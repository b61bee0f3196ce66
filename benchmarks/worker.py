"""One process's measurements, printed as JSON: a process keeps its luck with memory and hashes."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from benchmarks.banner import banner_rows
from benchmarks.growth import growth_rows
from benchmarks.hostile import hostile_row
from benchmarks.rows import Row
from benchmarks.scenarios import request_rows
from benchmarks.surroundings import quiet_logs, stay_on_last_processor
from benchmarks.throughput import throughput_rows
from benchmarks.timing import Effort


def all_rows() -> list[Row]:
    """Every row of the table, in its order."""
    return [*request_rows(), *growth_rows(), hostile_row(), *banner_rows(), *throughput_rows()]


def main() -> None:
    """Check and measure each row that is asked for, and print what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    quiet_logs()
    stay_on_last_processor()
    rows = [row for row in all_rows() if options.only in row.title]
    for row in rows:
        row.check()
        measured = row.measure(Effort(rounds=options.rounds, batch=options.batch))
        print(json.dumps({"title": row.title, **asdict(measured)}), flush=True)


if __name__ == "__main__":
    main()
