"""What a site wrote, each part with its place, before it is checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from consentgate.errors import Finding
from consentgate.policy.category import Category, Controller
from consentgate.policy.cookie import Cookie
from consentgate.policy.regime import Regime
from consentgate.policy.text import Text

DEFAULT_PREFERENCES_COOKIE = "cookies_preferences"
DEFAULT_LANGUAGE = "en"
DEFAULT_REGIME = "fr"


class DeclaredAt(NamedTuple):
    """A cookie and where it was declared: the list, and its number in that list."""

    cookie: Cookie
    source: str
    number: int

    @property
    def place(self) -> str:
        """The place in the form that findings have."""
        return place_of(self.source, self.number, self.cookie.name)


def place_of(source: str, number: int, name: object) -> str:
    """Return the place of an entry of a list, in the form that findings have."""
    return f"{source}[{number}] ({name!r:.80})"


def findings_at(place: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with `place` as their place."""
    return [replace(finding, place=place) for finding in findings]


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that a site wrote and that can be used; `errors` is about the rest."""

    necessary: tuple[DeclaredAt, ...]
    """The cookies that were declared by name alone."""
    cookies: tuple[DeclaredAt, ...]
    categories: tuple[Category, ...]
    """All categories: `necessary` first, the site's own last."""
    presets: tuple[str, ...]
    site: str
    site_name: Text
    controller: Controller | None
    preferences_cookie: str
    default_language: str
    accept_fingerprints: tuple[str, ...]
    regimes: tuple[Regime, ...]
    """One or several, of which a function of the request picks one."""
    errors: tuple[Finding, ...]
    picked: str = ""
    """The name of the regime that was picked, "" while none is."""

    @property
    def active_regimes(self) -> tuple[Regime, ...]:
        """The regimes by which the policy is judged: the one that was picked, else all."""
        picked = tuple(regime for regime in self.regimes if regime.name == self.picked)
        return picked or self.regimes
