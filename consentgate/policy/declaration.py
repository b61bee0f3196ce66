"""What a site wrote, each part with its place, before it is looked at as a whole."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from consentgate.errors import Finding, PolicyError
from consentgate.policy.category import BUILT_IN_CATEGORIES, Category, Controller
from consentgate.policy.cookie import Cookie
from consentgate.policy.faults import Fault, invalid_value
from consentgate.policy.fingerprint import is_fingerprint
from consentgate.policy.names import name_fault
from consentgate.policy.text import is_language
from consentgate.policy.vocabulary import NECESSARY, Kind

DEFAULT_PREFERENCES_COOKIE = "cookies_preferences"
DEFAULT_LANGUAGE = "en"

_SITE = re.compile(r"https?://[^/?#\s]+(/[^\s]*)?")


class Placed(NamedTuple):
    """A cookie and where it was declared: the list and the number in it."""

    cookie: Cookie
    source: str
    number: int

    @property
    def place(self) -> str:
        """The place as a finding names it."""
        return place_of(self.source, self.number, self.cookie.name)


def place_of(source: str, number: int, name: object) -> str:
    """Return how a finding names an entry of a list."""
    return f"{source}[{number}] ({name!r:.80})"


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that a site wrote and that could be read; `errors` is what could not."""

    necessary: tuple[Placed, ...]
    """Those declared by their name alone."""
    cookies: tuple[Placed, ...]
    categories: tuple[Category, ...]
    """All there are: `necessary` first, the site's own last."""
    presets: tuple[str, ...]
    site: str
    controller: Controller | None
    preferences_cookie: str
    default_language: str
    accept_fingerprints: tuple[str, ...]
    errors: tuple[Finding, ...]


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

    def necessary(self, value: object) -> tuple[tuple[Placed, ...], tuple[Placed, ...]]:
        """Return what is declared by name alone, and what as a whole cookie."""
        names: list[Placed] = []
        whole: list[Placed] = []
        for index, entry in enumerate(self._entries("necessary", value)):
            if isinstance(entry, str):
                names.extend(self._by_name(entry, index))
            else:
                whole.extend(self._by_cookie(entry, "necessary", index))
        return tuple(names), tuple(whole)

    def cookies(self, value: object) -> Iterator[Placed]:
        """Yield the declared cookies."""
        for index, entry in enumerate(self._entries("cookies", value)):
            if isinstance(entry, Placed):
                yield entry
            else:
                yield from self._by_cookie(entry, "cookies", index)

    def categories(self, value: object) -> tuple[Category, ...]:
        """Return the built-in categories, re-declared ones in their place, then the site's own."""
        known = {category.name: category for category in BUILT_IN_CATEGORIES}
        seen = {NECESSARY}
        for index, entry in enumerate(self._entries("categories", value)):
            if not isinstance(entry, Category):
                self._refuse(f"categories[{index}]", entry, "give a Category")
            elif entry.name in seen:
                place = place_of("categories", index, entry.name)
                self.errors.append(_category_fault(entry.name).at(place))
            else:
                seen.add(entry.name)
                known[entry.name] = entry
        return tuple(known.values())

    def presets(self, value: object) -> tuple[str, ...]:
        """Return names of presets, and paths of files (".toml") made absolute; each once."""
        found: dict[str, None] = {}
        for index, entry in enumerate(self._entries("presets", value)):
            name = os.fspath(entry) if isinstance(entry, os.PathLike) else entry
            if isinstance(name, str):
                found[str(Path(name).absolute()) if name.endswith(".toml") else name] = None
            else:
                self._refuse(f"presets[{index}]", entry, "give a preset's name or a path")
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
        fault = name_fault(value, Kind.COOKIE)
        if fault is None and "*" not in str(value):
            return str(value)
        mend = 'give one exact name, such as "__Host-cookies_preferences"'
        message = f"no cookie can be called {value!r:.80}"
        self.errors.append(Finding("CG011", "preferences_cookie", message, mend))
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
        for index, entry in enumerate(self._entries("accept_fingerprints", value)):
            if is_fingerprint(entry):
                found.append(str(entry))
            else:
                mend = "give what Policy.fingerprint returned, 8 characters"
                self._refuse(f"accept_fingerprints[{index}]", entry, mend)
        return tuple(found)

    def _by_name(self, name: str, index: int) -> Iterator[Placed]:
        try:
            yield Placed(Cookie(name, category=NECESSARY), "necessary", index)
        except PolicyError as error:
            self.errors.extend(moved(error.findings, place_of("necessary", index, name)))

    def _by_cookie(self, entry: object, source: str, index: int) -> Iterator[Placed]:
        if not isinstance(entry, Cookie):
            self._refuse(f"{source}[{index}]", entry, "give a Cookie")
        elif source == "necessary" and not entry.necessary:
            place = place_of(source, index, entry.name)
            mend = 'declare it under cookies, or with category="necessary"'
            self.errors.append(Finding("CG007", place, f"it is {entry.category!r}", mend))
        else:
            yield Placed(entry, source, index)

    def _entries(self, field: str, value: object) -> Iterable[object]:
        # A lone string is an iterable of characters, which nobody means.
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
            return value
        self._refuse(field, value, "give a list")
        return ()

    def _refuse(self, field: str, value: object, mend: str) -> None:
        self.errors.append(invalid_value(field, value, mend).at(field))


def moved(findings: Iterable[Finding], place: str) -> list[Finding]:
    """Return the findings with another place."""
    return [replace(finding, place=place) for finding in findings]


def _category_fault(name: str) -> Fault:
    if name == NECESSARY:
        return Fault("CG012", "necessary is what the library says it is", "leave it out")
    return Fault("CG004", "declared twice", "keep one")
