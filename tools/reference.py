"""Reads the tables of the reference from the code: options and fields, with what is said of them.

A field is explained by the text below it, as Sphinx and editors read it.
"""

from __future__ import annotations

import ast
import collections.abc
import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from consentgate import Category, Controller, Cookie, Gate, Policy
from consentgate._middleware import MiddlewareOptions
from consentgate._record_options import RecordFields
from consentgate.gate.settings import GateOptions, Request
from consentgate.pages.options import PagesFields, PagesOptions
from consentgate.policy.cookie import CookieFields

NO_DEFAULT = ""


class Row(NamedTuple):
    """One option or field: its name, type and default as Python writes them, and its effect."""

    name: str
    type: str
    default: str
    effect: str


def explained(kind: type) -> dict[str, str]:
    """Return the names that a class annotates, each with the text below it; "" where none is."""
    (tree,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    texts: dict[str, str] = {}
    name = ""
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            texts[name] = ""
        elif name and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            texts[name] = " ".join(str(statement.value.value).split())
            name = ""
        else:
            name = ""
    return texts


def type_text(hint: Any) -> str:
    """Return a type as a user writes it: of an Enum and its words, the words."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint == Request:
        return "scope or environ"
    if hint is NoneType:
        return "None"
    if origin in (Union, UnionType):
        words = any(get_origin(argument) is Literal for argument in arguments)
        kept = [argument for argument in arguments if not (words and _is_enum(argument))]
        return " | ".join(f"({text})" if " -> " in text else text for text in map(type_text, kept))
    if origin is Literal:
        return " | ".join(f'"{word}"' for word in arguments)
    if origin is collections.abc.Callable:
        taken, returned = arguments
        return f"({', '.join(map(type_text, taken))}) -> {type_text(returned)}"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(type_text, arguments))}]"
    return getattr(hint, "__name__", str(hint))


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def default_text(default: object) -> str:
    """Return a default as a user writes it; "" where the value is required."""
    if default is inspect.Parameter.empty:
        return NO_DEFAULT
    if isinstance(default, Enum):
        return f'"{default.value}"'
    if isinstance(default, str):
        return f'"{default}"'
    return getattr(default, "__name__", repr(default))


def _rows(texts: dict[str, str], types: dict[str, Any], defaults: dict[str, object]) -> list[Row]:
    empty = inspect.Parameter.empty
    return [
        Row(name, type_text(types[name]), default_text(defaults.get(name, empty)), texts[name])
        for name in texts
        if name in types
    ]


def _defaults(function: Callable[..., object]) -> dict[str, object]:
    return {
        parameter.name: parameter.default
        for parameter in inspect.signature(function).parameters.values()
    }


def gate_options() -> list[Row]:
    """Return the options of `Gate` and of both middlewares."""
    defaults = _defaults(Gate.__init__)
    return _rows(explained(GateOptions), get_type_hints(GateOptions), defaults)


def pages_options() -> list[Row]:
    """Return the options of the visitor's pages, which both middlewares take as well."""
    defaults = _defaults(PagesOptions.__init__)
    return _rows(explained(PagesFields), get_type_hints(PagesFields), defaults)


def middleware_options() -> list[Row]:
    """Return the options that the middlewares take besides those of the gate and the pages."""
    hints = get_type_hints(MiddlewareOptions)
    options = {name: hints[name] for name in MiddlewareOptions.__annotations__ if name in _OWN}
    return _rows(explained(MiddlewareOptions), options, dict.fromkeys(options))


def records_options() -> list[Row]:
    """Return the options of consent records, which both middlewares take as well."""
    hints = get_type_hints(RecordFields)
    defaults = {**dict.fromkeys(hints), "webhooks": (), "records_spool": True}
    return _rows(explained(RecordFields), hints, defaults)


def policy_fields() -> list[Row]:
    """Return the arguments of `Policy`, which are the keys of a policy file."""
    return _constructor_fields(Policy)


def category_fields() -> list[Row]:
    """Return the fields of a `Category`."""
    return _constructor_fields(Category)


def controller_fields() -> list[Row]:
    """Return the fields of a `Controller`."""
    return _constructor_fields(Controller)


def _constructor_fields(kind: type) -> list[Row]:
    make = vars(kind)["__init__"]
    return _rows(explained(kind), get_type_hints(make), _defaults(make))


def cookie_fields() -> list[Row]:
    """Return the fields of a `Cookie`."""
    types = {"name": str, "category": str, **get_type_hints(CookieFields)}
    texts = {name: text for name, text in explained(Cookie).items() if name in types}
    defaults = {name: getattr(Cookie, name) for name in CookieFields.__annotations__}
    return [row._replace(type=_without_none(row.type)) for row in _rows(texts, types, defaults)]


def _without_none(text: str) -> str:
    # None stands for a field that is left out.
    return text.removesuffix(" | None")


_OWN = frozenset(MiddlewareOptions.__annotations__) - {
    *GateOptions.__annotations__,
    *PagesFields.__annotations__,
    *RecordFields.__annotations__,
}

TABLES: dict[str, Callable[[], list[Row]]] = {
    "gate": gate_options,
    "pages": pages_options,
    "records": records_options,
    "middleware": middleware_options,
    "policy": policy_fields,
    "category": category_fields,
    "controller": controller_fields,
    "cookie": cookie_fields,
}


def table(name: str) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| Name | Type | Default | Effect |"
    yield "|---|---|---|---|"
    for row in TABLES[name]():
        default = f"`{row.default}`" if row.default else "required"
        cells = (f"`{row.name}`", f"`{row.type}`", default, row.effect)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
