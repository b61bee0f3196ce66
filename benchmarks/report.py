"""The table: medians over the processes, each beside its aim."""

from __future__ import annotations

import importlib.util
import platform
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.rows import Aim, Measured, Row

COLUMNS = ("scenario", "gate adds", "N", "S", "others", "aim", "reached")
EXPLANATION = """\
The gate's cost is what it adds to the bare application's time; ratios are to what others add.
N: a pass-through middleware with a plain `def send` (WSGI: one that wraps start_response).
async: the same with an `async def send`. S: Starlette's SessionMiddleware, which gets its session
cookie alone and leaves the session untouched. uvicorn rows: throughput over that of the other."""


def print_table(rows: Sequence[Row], results: Mapping[str, Sequence[Measured]]) -> None:
    """Print one line for each row, and what its columns mean."""
    lines = [COLUMNS, *(_line(row, results[row.title]) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    print(f"{platform.python_implementation()} {platform.python_version()}, {_server()}")
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(EXPLANATION)


def _line(row: Row, results: Sequence[Measured]) -> tuple[str, ...]:
    ratios = {
        aim.over: statistics.median(measured.ratios[aim.over] for measured in results)
        for aim in row.aims
    }
    others = [f"{ratio:.3g} {name}" for name, ratio in ratios.items() if name not in ("N", "S")]
    reached = all(aim.is_reached(ratios[aim.over]) for aim in row.aims)
    return (
        row.title + _note(results),
        _in_units(statistics.median(measured.added_ns for measured in results)),
        _cell(ratios.get("N")),
        _cell(ratios.get("S")),
        ", ".join(others),
        _aims(row.aims),
        "yes" if reached else "NO",
    )


def _note(results: Sequence[Measured]) -> str:
    notes = Counter(measured.note for measured in results)
    note = notes.most_common(1)[0][0]
    return f" ({note})" if note else ""


def _aims(aims: Sequence[Aim]) -> str:
    return ", ".join(str(aim) for aim in aims)


def _cell(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.3g}"


def _in_units(added_ns: float) -> str:
    return f"{added_ns:,.0f} ns" if added_ns < 1e6 else f"{added_ns / 1e6:,.1f} ms"


def _server() -> str:
    parser = "httptools" if importlib.util.find_spec("httptools") else "h11"
    return f"uvicorn with {parser}"
