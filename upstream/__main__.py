"""Runs foreign suites and a visit to Trac, prints the results, and exits with 1 if one differs."""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from upstream.compare import Comparison, compare
from upstream.run import run_suite
from upstream.sources import prepare
from upstream.suites import SUITES, Suite
from upstream.trac_visit import VERSION, visit_trac

COLUMNS = ("suite", "version", "tests", "failing bare", "behind the gate", "broken by strict")
TRAC = "trac"


def main() -> int:
    """Run the named suites, or all, and return the exit status."""
    names = [*(suite.title for suite in SUITES), TRAC]
    parser = argparse.ArgumentParser(prog="python -m upstream", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], metavar="suite", help=str(names))
    asked = parser.parse_args().names or names
    rows = [(suite, _compare(suite)) for suite in SUITES if suite.title in asked]
    _print_table(rows)
    problems = [f"{suite.title}: {problem}" for suite, one in rows for problem in one.problems]
    if TRAC in asked:
        problems += _visit_trac()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _visit_trac() -> list[str]:
    checks = visit_trac()
    print(f"\n{TRAC} {VERSION}, a visit behind the gate")
    for text, works in checks:
        print(f"  {'ok' if works else 'FAILED':6}  {text}")
    return [f"{TRAC}: FAILED: {text}" for text, works in checks if not works]


def _compare(suite: Suite) -> Comparison:
    started = time.monotonic()
    print(f"{suite.title} {suite.version} ...", file=sys.stderr, flush=True)
    prepared = prepare(suite)
    comparison = compare(partial(run_suite, suite, prepared))
    for name in sorted(comparison.bare.failing & comparison.gated.failing):
        print(f"  also fails without the gate: {name}", file=sys.stderr)
    for name in sorted(comparison.unsteady):
        print(f"  differed once and not again: {name}", file=sys.stderr)
    print(f"  {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return comparison


def _print_table(rows: list[tuple[Suite, Comparison]]) -> None:
    lines: list[tuple[str, ...]] = [COLUMNS]
    for suite, one in rows:
        counts = (one.bare.tests, len(one.bare.failing), len(one.gated.failing), len(one.broken))
        lines.append((suite.title, suite.version, *map(str, counts)))
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
