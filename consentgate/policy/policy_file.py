"""Reads a whole policy from a TOML file and writes one; the keys are the arguments of Policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from consentgate.errors import Finding
from consentgate.policy.arguments import declare
from consentgate.policy.declaration import (
    DEFAULT_LANGUAGE,
    DEFAULT_PREFERENCES_COOKIE,
    Declaration,
)
from consentgate.policy.toml_tables import (
    parse_toml,
    read_categories,
    read_controller,
    read_cookies,
    read_text,
    unknown_keys,
)
from consentgate.policy.writing import (
    controller_fields,
    cookie_fields,
    own_categories,
    table_lines,
    toml_value,
)

_DEFAULTS: dict[str, object] = {
    "necessary": (),
    "presets": (),
    "site": "",
    "preferences_cookie": DEFAULT_PREFERENCES_COOKIE,
    "default_language": DEFAULT_LANGUAGE,
    "accept_fingerprints": (),
}
_KEYS = (*_DEFAULTS, "controller", "categories", "cookies")


def read_policy(path: str) -> Declaration:
    """Return what the file declares, with the errors of what cannot be used.

    Raises PolicyError where it is no TOML. Paths of presets start from the file's folder.
    """
    label = Path(path).name
    document = parse_toml(read_text(path, label=label), label=label)
    cookies, errors = read_cookies(document, source="cookies")
    categories, category_errors = read_categories(document)
    controller, controller_errors = read_controller(document)
    simple = {key: document.get(key, default) for key, default in _DEFAULTS.items()}
    simple["presets"] = _from_folder(simple["presets"], Path(path).parent)
    declaration = declare(cookies=cookies, categories=categories, controller=controller, **simple)
    unknown = unknown_keys(document, known=_KEYS, place="the top of the file")
    found = (*unknown, *controller_errors, *category_errors, *errors, *declaration.errors)
    return replace(declaration, errors=found)


def _from_folder(presets: object, folder: Path) -> object:
    if not isinstance(presets, list):
        return presets
    return [
        str(folder / preset) if isinstance(preset, str) and preset.endswith(".toml") else preset
        for preset in presets
    ]


def in_file(findings: tuple[Finding, ...], path: str) -> Iterator[Finding]:
    """Yield the findings with the file's name in front of their places."""
    label = Path(path).name
    for finding in findings:
        place = label if finding.place == label else f"{label}: {finding.place}"
        yield replace(finding, place=place)


def policy_toml(declaration: Declaration) -> str:
    """Return the TOML that reads back as the declaration; what is as by default is left out."""
    simple: dict[str, object] = {key: getattr(declaration, key) for key in _DEFAULTS}
    simple["necessary"] = [placed.cookie.name for placed in declaration.necessary]
    lines = [
        f"{key} = {toml_value(value)}"
        for key, value in simple.items()
        if value and value != _DEFAULTS[key]
    ]
    if declaration.controller is not None:
        lines += table_lines("[controller]", controller_fields(declaration.controller))
    for fields in own_categories(declaration.categories):
        lines += table_lines("[[categories]]", fields)
    for placed in declaration.cookies:
        lines += table_lines("[[cookies]]", cookie_fields(placed.cookie))
    return "\n".join(lines).lstrip("\n") + "\n"
