"""Measures in several processes, one after another, and prints the table of their medians."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.report import print_table
from benchmarks.rows import Measured
from benchmarks.worker import all_rows

PROCESSES = 5
ROUNDS = 200
QUICK_ROUNDS = 60
BATCH = 64


def main() -> None:
    """Print the table; `--quick` is one process with fewer rounds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one process, fewer rounds")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--only", default="", help="rows whose title holds this text")
    options = parser.parse_args()
    processes = 1 if options.quick else options.processes
    rounds = QUICK_ROUNDS if options.quick else ROUNDS
    rows = [row for row in all_rows() if options.only in row.title]
    results: dict[str, list[Measured]] = {row.title: [] for row in rows}
    for number in range(1, processes + 1):
        print(f"process {number} of {processes} ...", file=sys.stderr)
        for title, measured in run_worker(rounds=rounds, only=options.only):
            results[title].append(measured)
    print_table(rows, results)


def run_worker(*, rounds: int, only: str) -> list[tuple[str, Measured]]:
    """What one new process measures, row by row."""
    command = [sys.executable, "-m", "benchmarks.worker", f"--rounds={rounds}", f"--batch={BATCH}"]
    done = subprocess.run(
        [*command, f"--only={only}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [(line.pop("title"), Measured(**line)) for line in lines]


if __name__ == "__main__":
    main()
