"""The runner of foreign suites reads results rightly and tells every difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from upstream.compare import FEWEST_BROKEN, Comparison, Run, compare
from upstream.results import Results, read_pytest, read_unittest
from upstream.run import Wrapping
from upstream.suites import SUITES, Suite

JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_passes"/>
<testcase classname="tests.test_a" name="test_fails"><failure message="no"/></testcase>
<testcase classname="tests.test_a" name="test_errs[1]"><error message="no"/></testcase>
<testcase classname="tests.test_a" name="test_skips"><skipped message="no"/></testcase>
</testsuite></testsuites>"""

UNITTEST = """..F
======================================================================
ERROR: setUpClass (a.tests.Second)
----------------------------------------------------------------------
======================================================================
FAIL: test_one (a.tests.First.test_one) (value=2)
----------------------------------------------------------------------
AssertionError: FAIL: not at the start of a line
----------------------------------------------------------------------
Ran 12 tests in 0.010s

FAILED (failures=1, errors=1)
"""

MANY = frozenset(f"test_{number}" for number in range(FEWEST_BROKEN))


def suite_that(*, bare: list[set[str]], gated: list[set[str]], strict: frozenset[str]) -> Run:
    """A suite whose runs fail so, one set of ids for each run in order."""
    runs: dict[Wrapping, Iterator[set[str]]] = {
        Wrapping.BARE: iter(bare),
        Wrapping.REPORTING: iter(gated),
        Wrapping.STRICT: iter([set(strict)]),
    }
    return lambda wrapping: Results(40, frozenset(next(runs[wrapping])))


def test_failures_and_errors_are_read_from_pytests_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(JUNIT)

    results = read_pytest(report)

    failing = {"tests.test_a::test_fails", "tests.test_a::test_errs[1]"}
    assert results == Results(4, frozenset(failing))


def test_failures_of_tests_subtests_and_classes_are_read_from_unittests_output() -> None:
    results = read_unittest(UNITTEST)

    failing = {"setUpClass (a.tests.Second)", "test_one (a.tests.First.test_one) (value=2)"}
    assert results == Results(12, frozenset(failing))


def test_a_run_that_broke_off_has_no_results() -> None:
    with pytest.raises(ValueError, match="how many tests"):
        read_unittest("Segmentation fault")


def test_a_suite_that_fails_alike_and_that_the_strict_gate_breaks_has_no_fault() -> None:
    comparison = compare(suite_that(bare=[{"a"}], gated=[{"a"}], strict=MANY | {"a"}))

    assert comparison.problems == ()
    assert comparison.broken == MANY


def test_a_test_that_fails_behind_the_gate_each_time_is_a_fault() -> None:
    comparison = compare(suite_that(bare=[set(), set()], gated=[{"a"}, {"a"}], strict=MANY))

    assert comparison.problems == ("a: differs behind the gate",)


def test_a_test_that_passes_behind_the_gate_only_is_a_fault_too() -> None:
    comparison = compare(suite_that(bare=[{"a"}, {"a"}], gated=[set(), set()], strict=MANY))

    assert comparison.differing == {"a"}


def test_a_test_that_differs_once_is_told_and_no_fault() -> None:
    comparison = compare(suite_that(bare=[set(), set()], gated=[{"a"}, set()], strict=MANY))

    assert comparison.problems == ()
    assert comparison.unsteady == {"a"}


def test_a_strict_gate_that_breaks_nothing_is_a_fault() -> None:
    comparison = compare(suite_that(bare=[set()], gated=[set()], strict=frozenset()))

    assert comparison.problems == ("a gate that strips every cookie broke only 0 tests",)


def test_another_number_of_tests_is_a_fault() -> None:
    none: frozenset[str] = frozenset()
    comparison = Comparison(Results(4, none), Results(3, none), none, none, broken=MANY)

    assert comparison.problems == ("4 tests ran without the gate, 3 with",)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: str(suite.title))
def test_everything_that_a_suite_needs_is_pinned(suite: Suite) -> None:
    assert [need for need in suite.needs if "==" not in need] == []


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: str(suite.title))
def test_the_documentation_names_the_version_that_is_tried(suite: Suite) -> None:
    page = (Path(__file__).parents[1] / "docs" / "tried.md").read_text()

    row = rf"^\| .*{suite.name}.* \| {re.escape(suite.version)} \|"
    assert re.search(row, page, re.MULTILINE | re.IGNORECASE)
