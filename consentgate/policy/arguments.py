"""Reads the arguments of a policy, of whatever type they are, into a declaration."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from consentgate.errors import Finding, PolicyError
from consentgate.policy.category import BUILT_IN_CATEGORIES, Category, Controller
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import (
    DEFAULT_LANGUAGE,
    DEFAULT_PREFERENCES_COOKIE,
    Declaration,
    DeclaredAt,
    moved,
    place_of,
)
from consentgate.policy.fingerprint import is_fingerprint
from consentgate.policy.names import name_problem
from consentgate.policy.problems import Problem, invalid_value
from consentgate.policy.text import is_language
from consentgate.policy.vocabulary import NECESSARY, Kind

_SITE = re.compile(r"https?://[^/?#\s]+(/[^\s]*)?")


def declare(
    *,
    necessary: object,
    cookies: object,
    categories: object,
    presets: object,
    site: object,
    controller: object,
    preferences_cookie: object,
    default_language: object,
    accept_fingerprints: object,
) -> Declaration:
    """Return what of these arguments can be used, and as errors what cannot.

    Of any type, because a file can hold any. Entries of `cookies` may be Placed already.
    """
    reading = _Reading()
    names, allowed = reading.necessary(necessary)
    return Declaration(
        necessary=names,
        cookies=(*allowed, *reading.cookies(cookies)),
        categories=reading.categories(categories),
        presets=reading.presets(presets),
        site=reading.site(site),
        controller=reading.controller(controller),
        preferences_cookie=reading.preferences_cookie(preferences_cookie),
        default_language=reading.language(default_language),
        accept_fingerprints=reading.fingerprints(accept_fingerprints),
        errors=tuple(reading.errors),
    )


class _Reading:
    """Reads one declaration; what it cannot use it notes and leaves out."""

    def __init__(self) -> None:
        self.errors: list[Finding] = []

    def necessary(self, value: object) -> tuple[tuple[DeclaredAt, ...], tuple[DeclaredAt, ...]]:
        """Return what is declared by name alone, and what as a whole cookie."""
        names: list[DeclaredAt] = []
        whole: list[DeclaredAt] = []
        for number, entry in enumerate(self._entries("necessary", value)):
            if isinstance(entry, str):
                self._add_name(entry, number, names)
            elif not isinstance(entry, Cookie):
                self._refuse(f"necessary[{number}]", entry, "give a name")
            elif not entry.necessary:
                place = place_of("necessary", number, entry.name)
                hint = 'declare it under cookies, or with category="necessary"'
                self.errors.append(Finding("CG007", place, f"it is {entry.category!r}", hint))
            else:
                whole.append(DeclaredAt(entry, "necessary", number))
        return tuple(names), tuple(whole)

    def cookies(self, value: object) -> tuple[DeclaredAt, ...]:
        """Return the declared cookies."""
        found: list[DeclaredAt] = []
        for number, entry in enumerate(self._entries("cookies", value)):
            if isinstance(entry, Cookie):
                found.append(DeclaredAt(entry, "cookies", number))
            elif isinstance(entry, DeclaredAt):
                found.append(entry)
            else:
                self._refuse(f"cookies[{number}]", entry, "give a Cookie")
        return tuple(found)

    def categories(self, value: object) -> tuple[Category, ...]:
        """Return the built-in categories, re-declared ones in their place, then the site's own."""
        known = {category.name: category for category in BUILT_IN_CATEGORIES}
        seen = {NECESSARY}
        for number, entry in enumerate(self._entries("categories", value)):
            if not isinstance(entry, Category):
                self._refuse(f"categories[{number}]", entry, "give a Category")
            elif entry.name in seen:
                place = place_of("categories", number, entry.name)
                self.errors.append(_category_fault(entry.name).at(place))
            else:
                seen.add(entry.name)
                known[entry.name] = entry
        return tuple(known.values())

    def presets(self, value: object) -> tuple[str, ...]:
        """Return names of presets, and paths of files (".toml") made absolute; each once."""
        found: dict[str, None] = {}
        for number, entry in enumerate(self._entries("presets", value)):
            name = os.fspath(entry) if isinstance(entry, os.PathLike) else entry
            if isinstance(name, str):
                found[str(Path(name).absolute()) if name.endswith(".toml") else name] = None
            else:
                self._refuse(f"presets[{number}]", entry, "give a preset's name or a path")
        return tuple(found)

    def site(self, value: object) -> str:
        """Return the site's address, "" where none is given."""
        if value == "" or (isinstance(value, str) and _SITE.fullmatch(value)):
            return str(value)
        self._refuse("site", value, 'give its address, such as "https://www.example.org"')
        return ""

    def controller(self, value: object) -> Controller | None:
        """Return the controller, None where none is given."""
        if value is None or isinstance(value, Controller):
            return value
        self._refuse("controller", value, "give a Controller")
        return None

    def preferences_cookie(self, value: object) -> str:
        """Return the name of the cookie that keeps the choice."""
        problem = name_problem(value, Kind.COOKIE)
        if problem is None and "*" not in str(value):
            return str(value)
        hint = 'give one exact name, such as "__Host-cookies_preferences"'
        message = f"no cookie can be called {value!r:.80}"
        self.errors.append(Finding("CG011", "preferences_cookie", message, hint))
        return DEFAULT_PREFERENCES_COOKIE

    def language(self, value: object) -> str:
        """Return the tag of the default language."""
        if is_language(value):
            return str(value)
        self._refuse("default_language", value, 'give a language tag, such as "fr"')
        return DEFAULT_LANGUAGE

    def fingerprints(self, value: object) -> tuple[str, ...]:
        """Return older fingerprints that are still honoured."""
        found = []
        for number, entry in enumerate(self._entries("accept_fingerprints", value)):
            if is_fingerprint(entry):
                found.append(str(entry))
            else:
                hint = "give what Policy.fingerprint returned, 8 characters"
                self._refuse(f"accept_fingerprints[{number}]", entry, hint)
        return tuple(found)

    def _add_name(self, name: str, number: int, names: list[DeclaredAt]) -> None:
        try:
            names.append(DeclaredAt(Cookie(name, category=NECESSARY), "necessary", number))
        except PolicyError as error:
            self.errors += moved(error.findings, place_of("necessary", number, name))

    def _entries(self, field: str, value: object) -> Iterable[object]:
        # A lone string is an iterable of characters, which nobody means.
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
            return value
        self._refuse(field, value, "give a list")
        return ()

    def _refuse(self, field: str, value: object, hint: str) -> None:
        self.errors.append(invalid_value(field, value, hint).at(field))


def _category_fault(name: str) -> Problem:
    if name == NECESSARY:
        return Problem("CG012", "necessary is what the library says it is", "leave it out")
    return Problem("CG004", "declared twice", "keep one")
