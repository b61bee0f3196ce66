"""Reads the tables of a TOML file; each error has the place at which it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from consentgate.errors import Finding, PolicyError
from consentgate.policy.category import Category, Controller
from consentgate.policy.cookie import COOKIE_FIELDS, Cookie
from consentgate.policy.declaration import DeclaredAt, findings_at, place_of
from consentgate.policy.problems import choose_from, invalid_value

Table = dict[str, Any]
"""A table as tomllib returns it: the values are of any type that TOML has."""

_COOKIE_KEYS = ("name", "category", *COOKIE_FIELDS)
_CATEGORY_KEYS = ("name", "title", "description", "gpc")
_CONTROLLER_KEYS = ("name", "contact", "privacy_page", "address", "jurisdiction")


def read_text(path: str, *, label: str) -> str:
    """Return the text of a file. Raises PolicyError (CG010) where it cannot be read."""
    try:
        # Some editors begin a file with a byte order mark.
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        message = error.strerror or "cannot be read"
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
    except ValueError as error:  # a NUL in the path
        message = str(error)
    hint = f"give a TOML file in UTF-8; looked for {looked_for(path)}"
    raise PolicyError([Finding("CG010", label, message, hint)]) from None


def looked_for(path: str | Path) -> str:
    """Return for an error a path as it was given, and the folder in which it was looked for."""
    if Path(path).is_absolute():
        return repr(str(path))
    return f"{str(path)!r} in the folder {str(Path.cwd())!r}"


def parse_toml(text: str, *, label: str) -> Table:
    """Return the top-level table. Raises PolicyError (CG010) with line and column."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # not TOML, or a number of thousands of digits
        message = str(error)
    except RecursionError:
        message = "nested too deeply"
    raise PolicyError([Finding("CG010", label, message, "correct the TOML")]) from None


def unknown_keys(table: Mapping[str, Any], *, known: Iterable[str], place: str) -> list[Finding]:
    """Return an error (CG006) for each key outside `known`."""
    words = tuple(known)
    return [
        Finding("CG006", place, f"unknown key {key!r:.80}", choose_from(words, instead_of=key))
        for key in table
        if key not in words
    ]


def read_cookies(document: Table, *, source: str) -> tuple[list[DeclaredAt], list[Finding]]:
    """Return the cookies of a document and the errors of the others."""
    cookies: list[DeclaredAt] = []
    errors: list[Finding] = []
    for index, table in _tables(document, "cookies", source, errors):
        place = place_of(source, index, table.get("name", ""))
        errors += unknown_keys(table, known=_COOKIE_KEYS, place=place)
        fields = {key: table[key] for key in COOKIE_FIELDS if key in table}
        name, category = table.get("name", ""), table.get("category", "")
        try:
            cookies.append(DeclaredAt(Cookie(name, category=category, **fields), source, index))
        except PolicyError as error:
            errors += findings_at(place, error.findings)
    return cookies, errors


def read_categories(document: Table) -> tuple[list[Category], list[Finding]]:
    """Return the categories of a document and the errors of the others."""
    categories: list[Category] = []
    errors: list[Finding] = []
    for index, table in _tables(document, "categories", "categories", errors):
        place = place_of("categories", index, table.get("name", ""))
        errors += unknown_keys(table, known=_CATEGORY_KEYS, place=place)
        fields = {key: table[key] for key in _CATEGORY_KEYS[1:] if key in table}
        try:
            categories.append(Category(table.get("name", ""), **fields))
        except PolicyError as error:
            errors += findings_at(place, error.findings)
    return categories, errors


def read_controller(document: Table) -> tuple[Controller | None, list[Finding]]:
    """Return the controller of a document, None where it has none, and its errors."""
    table = document.get("controller")
    if table is None:
        return None, []
    if not isinstance(table, dict):
        return None, [invalid_value("controller", table, "write [controller]").at("controller")]
    errors = unknown_keys(table, known=_CONTROLLER_KEYS, place="controller")
    fields = {key: table[key] for key in _CONTROLLER_KEYS[1:] if key in table}
    try:
        return Controller(table.get("name", ""), **fields), errors
    except PolicyError as error:
        return None, [*errors, *error.findings]


def _tables(
    document: Table, key: str, source: str, errors: list[Finding]
) -> Iterator[tuple[int, Table]]:
    tables = document.get(key, [])
    hint = f"write [[{key}]]"
    if not isinstance(tables, list):
        errors.append(invalid_value(key, tables, hint).at(source))
        return
    for index, table in enumerate(tables):
        if isinstance(table, dict):
            yield index, table
        else:
            errors.append(invalid_value(key, table, hint).at(f"{source}[{index}]"))
