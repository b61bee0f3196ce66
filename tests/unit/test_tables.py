"""A table of cases reports every case that fails."""

from __future__ import annotations

import pytest

from tests.support.tables import check_rules


def it_is_even(number: int) -> None:
    assert number % 2 == 0, "odd"


def it_divides_a_hundred(number: int) -> None:
    assert 100 % number == 0


def test_a_table_without_failures_passes() -> None:
    check_rules((it_is_even, [2, 4]), (it_divides_a_hundred, [4, 5]))


def test_each_failure_is_listed_with_its_rule_and_row() -> None:
    with pytest.raises(AssertionError) as raised:
        check_rules((it_is_even, [1, 2, 3]), (it_divides_a_hundred, [5, 0]))

    lines = str(raised.value).splitlines()
    assert lines[0] == "3 of 5 checks failed:"
    assert lines[1].startswith("it is even: 1: AssertionError: odd")
    assert "it is even: 3: AssertionError: odd" in lines
    assert lines[-1].startswith("it divides a hundred: 0: ZeroDivisionError: ")


def test_a_rule_without_rows_fails() -> None:
    with pytest.raises(AssertionError, match="it is even: there is no row to check"):
        check_rules((it_is_even, []))
