"""Loads the declared cookies of known software: shipped presets by name, a site's own by path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

from consentgate.errors import Finding, PolicyError
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


def load_preset(preset: str) -> tuple[DeclaredAt, ...]:
    """Return the cookies of a preset: a shipped name, or a path that ends in ".toml".

    Raises PolicyError with all errors in it.
    """
    if preset.endswith(".toml"):
        label = f"preset {preset!r}"
        return _cookies_in(read_text(preset, label=label), label=label)
    if preset not in shipped_presets():
        hint = choose_from(shipped_presets(), instead_of=preset)
        message = f"no preset is called {preset!r:.80}"
        raise PolicyError([Finding("CG009", "presets", message, f"{hint}; or a path to a .toml")])
    return _shipped(preset)


@cache
def _shipped(preset: str) -> tuple[DeclaredAt, ...]:
    file = _FOLDER.joinpath(f"{preset}.toml")
    return _cookies_in(file.read_text(encoding="utf-8"), label=f"preset {preset!r}")


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
