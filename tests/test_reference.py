"""The tables of the reference hold what the code takes, each with what it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from consentgate import Category, Controller, Gate, Mode, Policy
from consentgate._middleware import MiddlewareOptions
from consentgate._record_options import RecordFields
from consentgate.gate.settings import GateOptions, Request
from consentgate.pages.options import PagesFields, PagesOptions
from tools.reference import TABLES, default_text, explained, table, type_text

DOCS = Path(__file__).parents[1] / "docs"
CONSTRUCTORS: dict[str, tuple[type, set[str]]] = {
    # The page explains the first two in its text; the middlewares make the third of theirs.
    "gate": (Gate, {"policy", "secret_key", "records"}),
    "pages": (PagesOptions, set()),
    "policy": (Policy, set()),
    "category": (Category, set()),
    "controller": (Controller, set()),
}


@pytest.mark.parametrize("name", TABLES)
def test_each_row_says_what_it_does(name: str) -> None:
    assert [row.name for row in TABLES[name]() if not row.effect] == []


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_each_argument_has_a_row(name: str) -> None:
    kind, elsewhere = CONSTRUCTORS[name]
    taken = set(inspect.signature(kind).parameters) - elsewhere

    assert {row.name for row in TABLES[name]()} == taken


@pytest.mark.parametrize(
    ("name", "kind"),
    [("gate", GateOptions), ("pages", PagesFields), ("records", RecordFields)],
)
def test_each_option_that_a_type_checker_knows_has_a_row(name: str, kind: type) -> None:
    assert [row.name for row in TABLES[name]()] == list(kind.__annotations__)


def test_each_option_of_the_middlewares_alone_has_a_row() -> None:
    tables = ("gate", "pages", "records", "middleware")
    listed = [row.name for name in tables for row in TABLES[name]()]

    assert sorted(listed) == sorted(MiddlewareOptions.__annotations__)


@pytest.mark.parametrize("name", ["gate", "pages", "records", "middleware"])
def test_the_page_of_options_has_all_tables(name: str) -> None:
    assert f"```{{reference}} {name}\n```" in (DOCS / "options.md").read_text("utf-8")


def test_a_table_shows_what_a_site_writes() -> None:
    lines = list(table("gate"))

    assert lines[0] == "| Name | Type | Default | Effect |"
    assert lines[4].startswith(
        '| `mode` | `"enforce" \\| "report" \\| "block"` | `"enforce"` | `"enforce"` strips'
    )


def test_what_has_no_default_is_required() -> None:
    assert list(table("controller"))[2].startswith("| `name` | `str` | required |")


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "int"),
        (str | None, "str | None"),
        (Mode | Literal["enforce", "report"], '"enforce" | "report"'),
        (tuple[str, date], "tuple[str, date]"),
        (Callable[[], datetime] | None, "(() -> datetime) | None"),
        (Callable[[Request], str], "(scope or environ) -> str"),
    ],
    ids=str,
)
def test_a_type_reads_as_a_user_writes_it(hint: Any, text: str) -> None:
    assert type_text(hint) == text


@pytest.mark.parametrize(
    ("default", "text"),
    [(Mode.REPORT, '"report"'), ("", '""'), (None, "None"), (len, "len"), ((), "()")],
    ids=str,
)
def test_a_default_reads_as_a_user_writes_it(default: object, text: str) -> None:
    assert default_text(default) == text


class Explained:
    """A class of which one field is explained."""

    first: int
    """What the first is,
    in two lines."""
    second: int

    def method(self) -> None:
        """Explain no field."""


def test_a_field_is_explained_by_the_text_below_it() -> None:
    assert explained(Explained) == {"first": "What the first is, in two lines.", "second": ""}
