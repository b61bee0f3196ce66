"""Writes declarations as TOML from which equal ones are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from consentgate.policy.category import BUILT_IN_CATEGORIES, Category, Controller
from consentgate.policy.cookie import COOKIE_FIELDS, Cookie
from consentgate.policy.lifetime import lifetime_text
from consentgate.policy.terms import Assessment

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# Characters that a basic string of TOML cannot hold unescaped (TOML 1.0, "String"), or that would
# break a line of a log.
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029]')


def paste_toml(name: str, category: str, fields: Mapping[str, object] | None = None) -> str:
    """Return the TOML that declares `name`, to be pasted at the end of a policy."""
    values = {"name": name, "category": category, **(fields or {})}
    return "\n".join(table_lines("[[cookies]]", values)).lstrip("\n")


def toml_value(value: object) -> str:
    """Return a value as TOML: text, flag, duration, sequence or mapping of these."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + _ESCAPED.sub(_escape, value) + '"'
        case timedelta():
            return toml_value(lifetime_text(value))
        case date():
            return value.isoformat()
        case Assessment():
            return toml_value(value._asdict())
        case Mapping():
            pairs = (f"{_key(key)} = {toml_value(entry)}" for key, entry in value.items())
            return "{ " + ", ".join(pairs) + " }" if value else "{}"
        case Sequence():
            return "[" + ", ".join(map(toml_value, value)) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def table_lines(header: str, fields: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of a table, a blank one first."""
    yield ""
    yield header
    yield from (f"{_key(key)} = {toml_value(value)}" for key, value in fields.items())


def cookie_fields(cookie: Cookie) -> dict[str, object]:
    """Return the given fields of a cookie, in the order of COOKIE_FIELDS."""
    fields = {key: getattr(cookie, key) for key in COOKIE_FIELDS if key in cookie.given}
    return {"name": cookie.name, "category": cookie.category, **fields}


def controller_fields(controller: Controller) -> dict[str, object]:
    """Return the fields of the controller that have a value."""
    fields = {
        "contact": controller.contact,
        "privacy_page": controller.privacy_page,
        "address": controller.address,
        "jurisdiction": controller.jurisdiction,
    }
    return {"name": controller.name, **{key: text for key, text in fields.items() if text}}


def changed_categories(categories: Sequence[Category]) -> Iterator[dict[str, object]]:
    """Yield the fields of each category that differs from the built-in ones."""
    for category in categories:
        if category not in BUILT_IN_CATEGORIES:
            yield {
                "name": category.name,
                "title": category.title,
                "description": category.description,
                "gpc": category.gpc,
            }


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
