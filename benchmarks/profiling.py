"""Where the time of a row goes, function by function."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Sequence

from benchmarks.rows import Row
from benchmarks.surroundings import quiet_logs

REQUESTS = 1_000
WARM_UP = 50
LINES = 25


def print_profile(rows: Sequence[Row], title: str) -> None:
    """Print the functions in which the row of this title spends its own time, most first.

    Raises SystemExit where no such row can be profiled.
    """
    profiled = {row.title: row.profiled for row in rows if row.profiled is not None}
    if title not in profiled:
        raise SystemExit(f"no row {title!r} to profile; there are: {', '.join(profiled)}")
    quiet_logs()
    for name, serve in profiled[title]().items():
        serve(WARM_UP)
        profile = cProfile.Profile()
        profile.runcall(serve, REQUESTS)
        print(f"{title}, {name}: {REQUESTS} requests")
        pstats.Stats(profile).sort_stats("tottime").print_stats(LINES)
