"""Prints the table of foreign suites; ends with 1 where the gate makes a difference."""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from upstream.compare import Comparison, compare
from upstream.run import run_suite
from upstream.sources import prepare
from upstream.suites import SUITES, Suite

COLUMNS = ("suite", "version", "tests", "failing bare", "behind the gate", "broken by strict")


def main() -> int:
    """Run the suites that were asked for, all by default."""
    names = [suite.name for suite in SUITES]
    parser = argparse.ArgumentParser(prog="python -m upstream", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], metavar="suite", help=str(names))
    asked = parser.parse_args().names or names
    rows = [(suite, _compare(suite)) for suite in SUITES if suite.name in asked]
    _print_table(rows)
    faults = [(suite, fault) for suite, one in rows for fault in one.faults]
    for suite, fault in faults:
        print(f"{suite.name}: {fault}")
    return 1 if faults else 0


def _compare(suite: Suite) -> Comparison:
    started = time.monotonic()
    print(f"{suite.pin} ...", file=sys.stderr, flush=True)
    prepared = prepare(suite)
    comparison = compare(partial(run_suite, suite, prepared))
    for name in sorted(comparison.unsteady):
        print(f"  differed once and not again: {name}", file=sys.stderr)
    print(f"  {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return comparison


def _print_table(rows: list[tuple[Suite, Comparison]]) -> None:
    lines: list[tuple[str, ...]] = [COLUMNS]
    for suite, one in rows:
        counts = (one.bare.tests, len(one.bare.failing), len(one.gated.failing), len(one.broken))
        lines.append((suite.name, suite.version, *map(str, counts)))
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
