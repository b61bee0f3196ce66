"""The parts of the benchmarks, in the order in which they are printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from benchmarks.report import print_loops, print_options, print_responses
from benchmarks.rows import Measured, Row


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows that are printed as one table.

    `sources` are the functions that make them, as "module:name": a module is imported only when
    its part is asked for. `processes` is how many of them the medians are of.
    """

    heading: str
    sources: tuple[str, ...]
    processes: int
    print_table: Callable[[Sequence[Row], Mapping[str, Sequence[Measured]]], None]

    def rows(self) -> list[Row]:
        """Return the part's rows."""
        return [row for source in self.sources for row in _made_by(source)]


def _made_by(source: str) -> list[Row]:
    module, _, name = source.partition(":")
    return cast("list[Row]", getattr(import_module(module), name)())


PARTS = {
    "frameworks": Part(
        "Whole responses, default options",
        ("benchmarks.frameworks:framework_rows",),
        processes=3,
        print_table=print_responses,
    ),
    "loops": Part(
        "Loops with the headers that real sites send",
        ("benchmarks.site_headers:site_header_rows",),
        processes=5,
        print_table=print_loops,
    ),
    "bare-loops": Part(
        "Loops without these headers",
        ("benchmarks.scenarios:request_rows",),
        processes=5,
        print_table=print_loops,
    ),
    "growth": Part(
        "Growth",
        (
            "benchmarks.growth:growth_rows",
            "benchmarks.hostile:hostile_rows",
            "benchmarks.preferences:preferences_rows",
        ),
        processes=5,
        print_table=print_loops,
    ),
    "banner": Part(
        "The banner",
        ("benchmarks.banner:banner_rows",),
        processes=5,
        print_table=print_loops,
    ),
    "browser": Part(
        "What holds the browser, beside the gate with default options",
        ("benchmarks.browser:browser_rows",),
        processes=3,
        print_table=print_options,
    ),
    "throughput": Part(
        "Throughput",
        ("benchmarks.throughput:throughput_rows",),
        processes=5,
        print_table=print_loops,
    ),
}
