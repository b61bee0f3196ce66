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
    DEFAULT_REGIME,
    Declaration,
    DeclaredAt,
    findings_at,
    place_of,
)
from consentgate.policy.fingerprint import is_fingerprint
from consentgate.policy.names import name_problem
from consentgate.policy.problems import Problem, invalid_value
from consentgate.policy.regime import Regime
from consentgate.policy.regime_file import load_regime, read_regime
from consentgate.policy.text import Text, as_text, is_language
from consentgate.policy.vocabulary import NECESSARY, Kind

_SITE = re.compile(r"https?://[^/?#\s]+(/[^\s]*)?")


def declare(
    *,
    necessary: object,
    cookies: object,
    categories: object,
    presets: object,
    site: object,
    site_name: object,
    controller: object,
    preferences_cookie: object,
    default_language: object,
    accept_fingerprints: object,
    regime: object,
) -> Declaration:
    """Return the declaration that the arguments make, with the errors of those that cannot be used.

    They are of any type, because a file can hold any. An entry of `cookies` is a Cookie, or a
    DeclaredAt where its place is known already.
    """
    reader = _ArgumentReader()
    names, allowed = reader.necessary(necessary)
    return Declaration(
        necessary=names,
        cookies=(*allowed, *reader.cookies(cookies)),
        categories=reader.categories(categories),
        presets=reader.presets(presets),
        site=reader.site(site),
        site_name=reader.site_name(site_name),
        controller=reader.controller(controller),
        preferences_cookie=reader.preferences_cookie(preferences_cookie),
        default_language=reader.language(default_language),
        accept_fingerprints=reader.fingerprints(accept_fingerprints),
        regimes=reader.regimes(regime),
        errors=tuple(reader.errors),
    )


class _ArgumentReader:
    """Reads the arguments of one declaration; leaves out what it cannot use, and adds an error."""

    def __init__(self) -> None:
        self.errors: list[Finding] = []

    def necessary(self, value: object) -> tuple[tuple[DeclaredAt, ...], tuple[DeclaredAt, ...]]:
        """Return the cookies declared by name alone, and those declared as a whole Cookie."""
        names: list[DeclaredAt] = []
        whole: list[DeclaredAt] = []
        for number, entry in enumerate(self._entries("necessary", value)):
            if isinstance(entry, str):
                self._add_name(entry, number, names)
            elif isinstance(entry, Cookie):
                self._add_whole(DeclaredAt(entry, "necessary", number), whole)
            else:
                self._refuse(f"necessary[{number}]", entry, "give a name")
        return tuple(names), tuple(whole)

    def cookies(self, value: object) -> tuple[DeclaredAt, ...]:
        """Return the declared cookies."""
        cookies: list[DeclaredAt] = []
        for number, entry in enumerate(self._entries("cookies", value)):
            if isinstance(entry, Cookie):
                cookies.append(DeclaredAt(entry, "cookies", number))
            elif isinstance(entry, DeclaredAt):
                cookies.append(entry)
            else:
                self._refuse(f"cookies[{number}]", entry, "give a Cookie")
        return tuple(cookies)

    def categories(self, value: object) -> tuple[Category, ...]:
        """Return the built-in categories, as the site redeclares them, then the site's own."""
        categories = {category.name: category for category in BUILT_IN_CATEGORIES}
        seen = {NECESSARY}
        for number, entry in enumerate(self._entries("categories", value)):
            if not isinstance(entry, Category):
                self._refuse(f"categories[{number}]", entry, "give a Category")
            elif entry.name in seen:
                place = place_of("categories", number, entry.name)
                self.errors.append(_category_problem(entry.name).at(place))
            else:
                seen.add(entry.name)
                categories[entry.name] = entry
        return tuple(categories.values())

    def presets(self, value: object) -> tuple[str, ...]:
        """Return names of presets, and absolute paths of files (".toml"); each once."""
        names: dict[str, None] = {}
        for number, entry in enumerate(self._entries("presets", value)):
            name = os.fspath(entry) if isinstance(entry, os.PathLike) else entry
            if isinstance(name, str):
                names[str(Path(name).absolute()) if name.endswith(".toml") else name] = None
            else:
                self._refuse(f"presets[{number}]", entry, "give a preset's name or a path")
        return tuple(names)

    def site(self, value: object) -> str:
        """Return the address of the site, "" where none is given."""
        if value == "" or (isinstance(value, str) and _SITE.fullmatch(value)):
            return str(value)
        self._refuse("site", value, 'give its address, such as "https://www.example.org"')
        return ""

    def site_name(self, value: object) -> Text:
        """Return what visitors call the site, "" where it has no name but its host's."""
        problems: list[Problem] = []
        name = as_text(value, field="site_name", problems=problems)
        self.errors += [problem.at("site_name") for problem in problems]
        return name.strip() if isinstance(name, str) else name

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
        message = f"{value!r:.80} cannot be the name of this cookie"
        self.errors.append(Finding("CG011", "preferences_cookie", message, hint))
        return DEFAULT_PREFERENCES_COOKIE

    def language(self, value: object) -> str:
        """Return the tag of the default language."""
        if is_language(value):
            return str(value)
        self._refuse("default_language", value, 'give a language tag, such as "fr"')
        return DEFAULT_LANGUAGE

    def fingerprints(self, value: object) -> tuple[str, ...]:
        """Return the older fingerprints that are still accepted."""
        fingerprints = []
        for number, entry in enumerate(self._entries("accept_fingerprints", value)):
            if is_fingerprint(entry):
                fingerprints.append(str(entry))
            else:
                hint = "give a fingerprint of 8 characters, as Policy.fingerprint returns it"
                self._refuse(f"accept_fingerprints[{number}]", entry, hint)
        return tuple(fingerprints)

    def regimes(self, value: object) -> tuple[Regime, ...]:
        """Return the regimes, each once; the default one where none can be used."""
        is_one = isinstance(value, str | os.PathLike | Mapping | Regime)
        regimes: dict[str, Regime] = {}
        for number, entry in enumerate([value] if is_one else self._entries("regime", value)):
            place = "regime" if is_one else f"regime[{number}]"
            try:
                regime = _as_regime(entry, place)
            except PolicyError as error:
                self.errors += error.findings
                continue
            if regime is None:
                hint = "give the name of a regime, a path to a .toml, or a table"
                self._refuse(place, entry, hint)
            elif regime.name in regimes:
                message = f"{regime.name!r} is there already"
                self.errors.append(Finding("CG004", place, message, "keep one"))
            else:
                regimes[regime.name] = regime
        if not regimes and not self.errors:
            self._refuse("regime", value, "give one at least")
        return tuple(regimes.values()) or (load_regime(DEFAULT_REGIME),)

    def _add_name(self, name: str, number: int, names: list[DeclaredAt]) -> None:
        try:
            names.append(DeclaredAt(Cookie(name, category=NECESSARY), "necessary", number))
        except PolicyError as error:
            self.errors += findings_at(place_of("necessary", number, name), error.findings)

    def _add_whole(self, declared: DeclaredAt, whole: list[DeclaredAt]) -> None:
        if declared.cookie.necessary:
            whole.append(declared)
            return
        message = f"it is {declared.cookie.category!r}"
        hint = 'declare it under cookies, or with category="necessary"'
        self.errors.append(Finding("CG007", declared.place, message, hint))

    def _entries(self, field: str, value: object) -> Iterable[object]:
        # A string is an iterable of characters, which is never meant.
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
            return value
        self._refuse(field, value, "give a list")
        return ()

    def _refuse(self, field: str, value: object, hint: str) -> None:
        self.errors.append(invalid_value(field, value, hint).at(field))


def _as_regime(value: object, place: str) -> Regime | None:
    """Return a regime by its name, its path or its table; None for what is none of these."""
    if isinstance(value, Mapping):
        return read_regime(value, place=place)
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        is_path = value.endswith(".toml")
        return load_regime(str(Path(value).absolute()) if is_path else value)
    return value if isinstance(value, Regime) else None


def _category_problem(name: str) -> Problem:
    if name == NECESSARY:
        return Problem("CG012", "necessary cannot be declared again", "leave it out")
    return Problem("CG004", "declared twice", "keep one")
