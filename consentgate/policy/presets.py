"""Loads the declared cookies of known software: shipped presets by name, a site's own by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from consentgate.errors import Finding, PolicyError
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import DeclaredAt
from consentgate.policy.problems import choose_from
from consentgate.policy.toml_tables import parse_toml, read_cookies, read_text, unknown_keys

_FOLDER = resources.files("consentgate").joinpath("presets")
_KEYS = ("title", "source", "date", "cookies")


@cache
def shipped_presets() -> tuple[str, ...]:
    """Return the names of the shipped presets, in alphabetical order."""
    files = _FOLDER.iterdir()
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))
    )


@dataclass(frozen=True, slots=True)
class ShippedPreset:
    """A preset of the library: what it is for, on which page its cookies are documented, and when
    that was last looked at."""

    name: str
    title: str
    source: str
    date: date
    cookies: tuple[Cookie, ...]


def shipped_preset(name: str) -> ShippedPreset:
    """Return a shipped preset. Raises PolicyError (CG009) where there is none of this name."""
    cookies = tuple(entry.cookie for entry in _load_shipped(name))
    document = parse_toml(_text_of(name), label=name)
    return ShippedPreset(name, document["title"], document["source"], document["date"], cookies)


def load_preset(preset: str) -> tuple[DeclaredAt, ...]:
    """Return the cookies of a preset: a shipped name, or a path that ends in ".toml".

    Raises PolicyError with all errors in it.
    """
    if preset.endswith(".toml"):
        label = f"preset {preset!r}"
        return _cookies_in(read_text(preset, label=label), label=label)
    return _load_shipped(preset)


def _load_shipped(preset: str) -> tuple[DeclaredAt, ...]:
    if preset not in shipped_presets():
        hint = choose_from(shipped_presets(), instead_of=preset)
        message = f"no preset is called {preset!r:.80}"
        raise PolicyError([Finding("CG009", "presets", message, f"{hint}; or a path to a .toml")])
    return _shipped(preset)


@cache
def _shipped(preset: str) -> tuple[DeclaredAt, ...]:
    return _cookies_in(_text_of(preset), label=f"preset {preset!r}")


def _text_of(preset: str) -> str:
    return _FOLDER.joinpath(f"{preset}.toml").read_text(encoding="utf-8")


def _cookies_in(text: str, *, label: str) -> tuple[DeclaredAt, ...]:
    document = parse_toml(text, label=label)
    cookies, errors = read_cookies(document, source=f"{label}: cookies")
    errors += unknown_keys(document, known=_KEYS, place=label)
    errors += _anonymous_cookies(cookies)
    if errors:
        raise PolicyError(errors)
    return tuple(cookies)


def _anonymous_cookies(cookies: list[DeclaredAt]) -> Iterator[Finding]:
    # Whether measurement is anonymous depends on how a site sets it up, not on the software.
    for entry in cookies:
        if entry.cookie.anonymous:
            hint = "leave it out here; the site declares it"
            yield Finding("CG008", entry.place, "a preset cannot promise anonymous", hint)
