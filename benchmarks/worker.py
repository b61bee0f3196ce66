"""One process's measurements, printed as JSON: a process keeps its luck with memory and hashes."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from benchmarks.parts import PARTS
from benchmarks.surroundings import quiet_logs, stay_on_last_processor
from benchmarks.timing import Effort


def main() -> None:
    """Check and measure each row that is asked for, and print what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    quiet_logs()
    stay_on_last_processor()
    for row in PARTS[options.part].rows():
        if options.only in row.title:
            row.check()
            measured = row.measure(Effort(rounds=options.rounds, batch=options.batch))
            print(json.dumps({"title": row.title, **asdict(measured)}), flush=True)


if __name__ == "__main__":
    main()
