"""Measures in several processes, one after another, and prints tables of their medians."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.parts import PARTS, Part
from benchmarks.profiling import print_profile
from benchmarks.report import print_versions
from benchmarks.rows import Measured

ROUNDS = 200
QUICK_ROUNDS = 60
BATCH = 64


def main() -> None:
    """Print the tables of the parts that are named, or of all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"some of {', '.join(PARTS)} (without: all)")
    parser.add_argument("--quick", action="store_true", help="one process, fewer rounds")
    parser.add_argument("--processes", type=int, help="how many, one after another")
    parser.add_argument("--only", default="", help="rows whose title holds this text")
    parser.add_argument(
        "--profile", metavar="ROW", help="profile the gated part of one row instead"
    )
    options = parser.parse_args()
    unknown = sorted({*options.part} - {*PARTS})
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    names = [name for name in PARTS if not options.part or name in options.part]
    if options.profile:
        print_profile([row for name in names for row in PARTS[name].rows()], options.profile)
        return
    print_versions()
    for name in names:
        processes = 1 if options.quick else options.processes or PARTS[name].processes
        rounds = QUICK_ROUNDS if options.quick else ROUNDS
        _measure_part(name, PARTS[name], processes=processes, rounds=rounds, only=options.only)


def _measure_part(name: str, part: Part, *, processes: int, rounds: int, only: str) -> None:
    rows = [row for row in part.rows() if only in row.title]
    if not rows:
        return
    results: dict[str, list[Measured]] = {row.title: [] for row in rows}
    for number in range(1, processes + 1):
        print(f"{name}: process {number} of {processes} ...", file=sys.stderr)
        for title, measured in _run_worker(name, rounds=rounds, only=only):
            results[title].append(measured)
    print(f"\n{part.heading}\n")
    part.print_table(rows, results)


def _run_worker(part: str, *, rounds: int, only: str) -> list[tuple[str, Measured]]:
    """Return what one new process measures, row by row."""
    command = [sys.executable, "-m", "benchmarks.worker", part, f"--only={only}"]
    done = subprocess.run(
        [*command, f"--rounds={rounds}", f"--batch={BATCH}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [(line.pop("title"), Measured(**line)) for line in lines]


if __name__ == "__main__":
    main()
