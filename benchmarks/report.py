"""The tables: medians over the processes, each beside its bar."""

from __future__ import annotations

import importlib.util
import math
import platform
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.rows import Bar, Measured, Row

Results = Mapping[str, Sequence[Measured]]

LOOP_COLUMNS = ("scenario", "gate adds", "N", "S", "others", "bar", "verdict")
LOOP_EXPLANATION = """\
The gate's cost is what it adds to the bare application's time; ratios are to what others add.
N: a pass-through middleware with a plain `def send` (WSGI: one that wraps start_response).
async: the same with an `async def send`. S: Starlette's SessionMiddleware, which gets its session
cookie alone and leaves the session untouched. uvicorn rows: throughput over that of the other."""

RESPONSE_EXPLANATION = """\
What the gate adds, in percent of the bare application in the same rounds: the median of the
processes, with the least and the most of them in brackets. The bar is for both visitors."""


OPTION_EXPLANATION = """\
What an option adds to a page behind the gate: the medians of the processes, in microseconds and in
percent of the bare application's page in the same rounds, for each of two visitors."""


def print_versions() -> None:
    """Print what the measurements depend on."""
    parser = "httptools" if importlib.util.find_spec("httptools") else "h11"
    print(
        f"{platform.python_implementation()} {platform.python_version()}, uvicorn with {parser}, "
        f"the package in {_package_folder()}"
    )


def _package_folder() -> str:
    spec = importlib.util.find_spec("consentgate")
    return str(spec.origin).removesuffix("/__init__.py") if spec else "no folder"


def print_loops(rows: Sequence[Row], results: Results) -> None:
    """Print one line for each row, in ratios to others, and what its columns mean."""
    _print_lines([LOOP_COLUMNS, *(_loop_line(row, results[row.title]) for row in rows)])
    print(LOOP_EXPLANATION)


def print_responses(rows: Sequence[Row], results: Results) -> None:
    """Print one line for each row, in percent of the bare application, and what that means."""
    visitors = list(dict.fromkeys(bar.over for row in rows for bar in row.bars))
    columns = ("response", "bare", *visitors, "bar", "aim", "verdict")
    _print_lines([columns, *(_response_line(row, results[row.title]) for row in rows)])
    print(RESPONSE_EXPLANATION)


def print_options(rows: Sequence[Row], results: Results) -> None:
    """Print one line for each row, in microseconds and in percent of the page."""
    visitors = list(dict.fromkeys(bar.over for row in rows for bar in row.bars))
    columns = ("option", "page", *visitors)
    _print_lines([columns, *(_option_line(row, results[row.title]) for row in rows)])
    print(OPTION_EXPLANATION)


def _option_line(row: Row, results: Sequence[Measured]) -> tuple[str, ...]:
    page_us = statistics.median(measured.bare_ns for measured in results) / 1e3
    percents = _medians(row, results)
    return (
        row.title,
        f"{page_us:,.0f} us",
        *(
            f"{page_us * percent / 100:+,.1f} us ({percent:+.1f} %)"
            for percent in percents.values()
        ),
    )


def _print_lines(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _response_line(row: Row, results: Sequence[Measured]) -> tuple[str, ...]:
    bare_ns = statistics.median(measured.bare_ns for measured in results)
    percents = [[measured.ratios[bar.over] for measured in results] for bar in row.bars]
    bar = row.bars[0]
    return (
        row.title,
        f"{bare_ns / 1e3:,.0f} us",
        *map(_spread, percents),
        _percent(bar.limit) if math.isfinite(bar.limit) else "",
        "" if bar.aim is None else _percent(bar.aim),
        _verdict(row.bars, _medians(row, results)),
    )


def _spread(percents: Sequence[float]) -> str:
    median, least, most = statistics.median(percents), min(percents), max(percents)
    return f"{median:+.1f} % ({least:+.1f} to {most:+.1f})"


def _percent(value: float) -> str:
    return f"{value:g} %"


def _loop_line(row: Row, results: Sequence[Measured]) -> tuple[str, ...]:
    ratios = _medians(row, results)
    others = [f"{ratio:.3g} {name}" for name, ratio in ratios.items() if name not in ("N", "S")]
    return (
        row.title + _note(results),
        _in_units(statistics.median(measured.added_ns for measured in results)),
        _cell(ratios.get("N")),
        _cell(ratios.get("S")),
        ", ".join(others),
        ", ".join(map(str, row.bars)),
        _verdict(row.bars, ratios),
    )


def _medians(row: Row, results: Sequence[Measured]) -> dict[str, float]:
    return {
        bar.over: statistics.median(measured.ratios[bar.over] for measured in results)
        for bar in row.bars
    }


def _verdict(bars: Sequence[Bar], ratios: Mapping[str, float]) -> str:
    if all(math.isinf(bar.limit) for bar in bars):
        return ""
    return "holds" if all(bar.holds(ratios[bar.over]) for bar in bars) else "falls short"


def _note(results: Sequence[Measured]) -> str:
    notes = Counter(measured.note for measured in results)
    note = notes.most_common(1)[0][0]
    return f" ({note})" if note else ""


def _cell(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.3g}"


def _in_units(added_ns: float) -> str:
    return f"{added_ns:,.0f} ns" if added_ns < 1e6 else f"{added_ns / 1e6:,.1f} ms"
