"""What a site wrote, each part with its place, before it is looked at as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from consentgate.errors import Finding
from consentgate.policy.category import Category, Controller
from consentgate.policy.cookie import Cookie

DEFAULT_PREFERENCES_COOKIE = "cookies_preferences"
DEFAULT_LANGUAGE = "en"


class DeclaredAt(NamedTuple):
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

    necessary: tuple[DeclaredAt, ...]
    """Those declared by their name alone."""
    cookies: tuple[DeclaredAt, ...]
    categories: tuple[Category, ...]
    """All there are: `necessary` first, the site's own last."""
    presets: tuple[str, ...]
    site: str
    controller: Controller | None
    preferences_cookie: str
    default_language: str
    accept_fingerprints: tuple[str, ...]
    errors: tuple[Finding, ...]


def moved(findings: Iterable[Finding], place: str) -> list[Finding]:
    """Return the findings with another place."""
    return [replace(finding, place=place) for finding in findings]
