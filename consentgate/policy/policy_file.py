"""Reads a policy from a TOML file and writes one; the keys are the arguments of Policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from consentgate.errors import Finding
from consentgate.policy.arguments import declare
from consentgate.policy.declaration import (
    DEFAULT_LANGUAGE,
    DEFAULT_PREFERENCES_COOKIE,
    DEFAULT_REGIME,
    Declaration,
)
from consentgate.policy.regime import Regime
from consentgate.policy.regime_file import load_regime, shipped_regimes
from consentgate.policy.toml_tables import (
    parse_toml,
    read_categories,
    read_controller,
    read_cookies,
    read_text,
    unknown_keys,
)
from consentgate.policy.writing import (
    changed_categories,
    controller_fields,
    cookie_fields,
    table_lines,
    toml_value,
)

_DEFAULTS: dict[str, object] = {
    "necessary": (),
    "presets": (),
    "site": "",
    "site_name": "",
    "preferences_cookie": DEFAULT_PREFERENCES_COOKIE,
    "default_language": DEFAULT_LANGUAGE,
    "accept_fingerprints": (),
    "regime": DEFAULT_REGIME,
}
_KEYS = (*_DEFAULTS, "controller", "categories", "cookies")


def read_policy(path: str) -> Declaration:
    """Return what the file declares, with the errors in it.

    Raises PolicyError where it is not TOML. Paths of presets are relative to the file's folder.
    """
    label = Path(path).name
    document = parse_toml(read_text(path, label=label), label=label)
    cookies, errors = read_cookies(document, source="cookies")
    categories, category_errors = read_categories(document)
    controller, controller_errors = read_controller(document)
    simple = {key: document.get(key, default) for key, default in _DEFAULTS.items()}
    folder = Path(path).parent
    simple["presets"] = _relative_to(simple["presets"], folder)
    regimes = simple["regime"]
    simple["regime"] = _relative_to([regimes] if isinstance(regimes, str) else regimes, folder)
    declaration = declare(cookies=cookies, categories=categories, controller=controller, **simple)
    unknown = unknown_keys(document, known=_KEYS, place="the top of the file")
    errors = [*unknown, *controller_errors, *category_errors, *errors, *declaration.errors]
    return replace(declaration, errors=tuple(errors))


def _relative_to(names: object, folder: Path) -> object:
    """Return names, and paths as seen from a folder."""
    if not isinstance(names, list):
        return names
    return [
        str(folder / name) if isinstance(name, str) and name.endswith(".toml") else name
        for name in names
    ]


def with_file_name(findings: tuple[Finding, ...], path: str) -> Iterator[Finding]:
    """Yield the findings with the name of the file before their places."""
    label = Path(path).name
    for finding in findings:
        place = label if finding.place == label else f"{label}: {finding.place}"
        yield replace(finding, place=place)


def _regime_value(regime: Regime) -> object:
    """Return what a file says of a regime: its name, its path or its table."""
    if regime.path:
        return regime.path
    is_shipped = regime.name in shipped_regimes() and regime == load_regime(regime.name)
    return regime.name if is_shipped or regime.document is None else regime.document


def policy_toml(declaration: Declaration) -> str:
    """Return the TOML from which the declaration is read again; defaults are left out."""
    simple: dict[str, object] = {
        key: getattr(declaration, key) for key in _DEFAULTS if key != "regime"
    }
    regimes = [_regime_value(regime) for regime in declaration.regimes]
    simple["regime"] = regimes[0] if len(regimes) == 1 else regimes
    simple["necessary"] = [entry.cookie.name for entry in declaration.necessary]
    lines = [
        f"{key} = {toml_value(value)}"
        for key, value in simple.items()
        if value and value != _DEFAULTS[key]
    ]
    if declaration.controller is not None:
        lines += table_lines("[controller]", controller_fields(declaration.controller))
    for fields in changed_categories(declaration.categories):
        lines += table_lines("[[categories]]", fields)
    for entry in declaration.cookies:
        lines += table_lines("[[cookies]]", cookie_fields(entry.cookie))
    return "\n".join(lines).lstrip("\n") + "\n"
