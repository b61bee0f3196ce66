"""Runs a prepared suite, bare or behind a gate."""

from __future__ import annotations

import os
import subprocess
import tempfile
from enum import StrEnum
from pathlib import Path

from upstream.results import Results, read_pytest, read_unittest
from upstream.sources import Prepared
from upstream.suites import Runner, Suite

LONGEST_RUN_S = 1800

# Characters of a run's output to print if the results could not be read.
TAIL = 4000


class Wrapping(StrEnum):
    """The gate around the suite's applications; the value is its option `unknown`."""

    BARE = ""
    REPORTING = "report"
    STRICT = "strip"


def run_suite(suite: Suite, prepared: Prepared, wrapping: Wrapping) -> Results:
    """Run the suite once, and return its results."""
    strict = wrapping is Wrapping.STRICT and suite.strict_selection
    selection = suite.strict_selection if strict else suite.selection
    environment = os.environ | {"CONSENTGATE_UPSTREAM": wrapping.value, "NO_COLOR": "1"}
    environment.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory(prefix="consentgate-upstream-") as work:
        run = _run_pytest if suite.runner is Runner.PYTEST else _run_django
        return run(prepared, selection, environment=environment, work=Path(work))


def _run_pytest(
    prepared: Prepared, selection: tuple[str, ...], *, environment: dict[str, str], work: Path
) -> Results:
    report = work / "report.xml"
    command = [
        *(str(prepared.python), "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider"),
        *(f"--junitxml={report}", f"--basetemp={work / 'tests'}", *selection),
    ]
    log = _output(command, folder=prepared.folder, environment=environment)
    if not report.is_file():
        raise SystemExit(f"pytest left no report:\n{log[-TAIL:]}")
    return read_pytest(report)


def _run_django(
    prepared: Prepared, selection: tuple[str, ...], *, environment: dict[str, str], work: Path
) -> Results:
    command = [str(prepared.python), "runtests.py", "--parallel=2", "--noinput", *selection]
    log = _output(
        command,
        folder=prepared.folder,
        environment=environment | {"TMPDIR": str(work)},
    )
    try:
        return read_unittest(log)
    except ValueError as error:
        raise SystemExit(f"{error}:\n{log[-TAIL:]}") from None


def _output(command: list[str], *, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=LONGEST_RUN_S,
        check=False,
    )
    return done.stdout
