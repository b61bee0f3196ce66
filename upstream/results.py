"""Reads the results of a suite's run: how many tests there were and which failed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

# The heads of unittest's list of failures: "FAIL: test_x (module.Class.test_x)".
_FAILURE = re.compile(r"^(?:FAIL|ERROR|UNEXPECTED SUCCESS): (.+)$", re.MULTILINE)
_COUNT = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Results:
    """The outcome of one run: the number of tests, and the ids of those that failed."""

    tests: int
    failing: frozenset[str]


def read_pytest(report: Path) -> Results:
    """Return the results in pytest's JUnit file. An error in a fixture counts as a failure."""
    cases = list(ET.parse(report).iter("testcase"))
    failing = {
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }
    return Results(len(cases), frozenset(failing))


def read_unittest(log: str) -> Results:
    """Return the results in the output of unittest's text runner. A failing subtest has an id.

    Raises ValueError if the run did not finish.
    """
    count = _COUNT.search(log)
    if count is None:
        raise ValueError("the runner did not print how many tests it ran")
    return Results(int(count.group(1)), frozenset(_FAILURE.findall(log)))
