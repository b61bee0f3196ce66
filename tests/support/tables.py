"""A table of cases as one test, which reports every case that fails and not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

# Any: each rule takes rows of its own table.
Rule = tuple[Callable[[Any], None], Iterable[Any]]
"""A function that asserts one thing about a row, and the rows for which it holds. The function's
name is the rule, said as a sentence."""


def check_rules(*rules: Rule, row_id: Callable[[Any], str] = str) -> None:
    """Check each rule on each of its rows. Raise one AssertionError that lists all that failed.

    A rule without rows fails too: it would guard nothing.
    """
    checked = 0
    failures: list[str] = []
    for rule, rows in rules:
        before = checked
        for row in rows:
            checked += 1
            failures += _failure(rule, row, row_id(row))
        if checked == before:
            failures.append(f"{_sentence(rule)}: there is no row to check")
    if failures:
        raise AssertionError("\n".join([f"{len(failures)} of {checked} checks failed:", *failures]))


# What the code raises about one row says nothing about the others.
def _failure(rule: Callable[[Any], None], row: Any, row_name: str) -> list[str]:
    try:
        rule(row)
    except Exception as error:  # noqa: BLE001
        return [f"{_sentence(rule)}: {row_name}: {type(error).__name__}: {error}"]
    return []


def _sentence(rule: Callable[[Any], None]) -> str:
    return rule.__name__.replace("_", " ")
