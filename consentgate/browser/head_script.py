"""The script that is first in the head of each page: the declaration, then what it is used for.

It is one file, the same for every visitor, under a name that changes with its content. The script
finds the visitor's choice itself, so that caches may keep the pages.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from consentgate.browser.declared_names import rules_by_kind
from consentgate.choice.consent import Consent
from consentgate.policy import Basis, Policy

_FOLDER = Path(__file__).parent / "static"


# Strings, templates and regular expressions stay; division has blanks around it.
_SPARE = re.compile(
    r"""("[^"\n]*"|`[^`]*`|/(?![ *])(?:\\.|\[[^\]]*\]|[^/\\\[\n])+/)"""
    r"|/\*.*?\*/| *([=>{}()\[\],;:?&|+<!-]+) *"
)


def _read_part(path: Path) -> str:
    """Return a part of the script, without its comments and the blanks that only readers need."""
    stripped = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    lines = (line for line in stripped if line and not line.startswith("//"))
    return "".join(_SPARE.sub(_kept, line) + "\n" for line in lines)


def _kept(match: re.Match[str]) -> str:
    return match[1] or match[2] or ""


# Read with the module: under ASGI a request must not wait for a disk.
_PARTS = {path.stem: _read_part(path) for path in _FOLDER.glob("*.js")}
_DIGITS = 12  # of the hash: enough to tell the versions of one file apart

NAME = re.compile(r"guard\.[0-9a-f]{12}\.js")
"""The names under which the script of some version of the declaration is served."""


class Guard(StrEnum):
    """What the guard script does about what scripts store in a page.

    REPORT: it reports what ENFORCE would stop.
    """

    OFF = "off"
    REPORT = "report"
    ENFORCE = "enforce"


class Adapter(StrEnum):
    """The software that is told of the visitor's choice in its own words."""

    GOOGLE_CONSENT_MODE = "google-consent-mode"
    MATOMO = "matomo"


GuardOption = Guard | Literal["off", "report", "enforce"]
AdapterOption = Adapter | Literal["google-consent-mode", "matomo"]


@dataclass(frozen=True, slots=True)
class ScriptParts:
    """What is in the head script: `activates` what is marked up for consent. `strips_unknown`:
    names that nobody declared are not written. `is_hidden`: scripts cannot read the choice."""

    guard: Guard = Guard.OFF
    activates: bool = False
    adapters: tuple[Adapter, ...] = ()
    strips_unknown: bool = True
    is_hidden: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no head script."""
        return self.guard is Guard.OFF and not self.activates and not self.adapters

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the parts in order: all is denied to adapters before anything else runs."""
        guards = self.guard is not Guard.OFF
        return (
            "start",
            *(["storages"] if guards else []),
            "choice",
            "choice_of_server" if self.is_hidden else "choice_in_cookie",
            *(["guard"] if guards else []),
            *(adapter.value.replace("-", "_") for adapter in self.adapters),
            *(["markup"] if self.activates else []),
        )


class HeadScript:
    """The head script of one policy: its `body` and the `name` under which it is served."""

    def __init__(self, policy: Policy, parts: ScriptParts) -> None:
        self._declared = _declaration(policy, parts)
        self.parts = parts
        self.body = _closed(self._declared, *map(_PARTS.__getitem__, parts.files))
        digest = hashlib.sha256(self.body).hexdigest()[:_DIGITS]
        self.name = f"guard.{digest}.js"

    @property
    def guards(self) -> bool:
        """Whether the guard is in it."""
        return self.parts.guard is not Guard.OFF

    def tags(self, *, pages: str, nonce: str) -> bytes:
        """Return the elements for a page's head; `pages` is the address of the visitor's pages
        without a slash at its end. `nonce` is ASCII, without a meaning in HTML."""
        attribute = f' nonce="{nonce}"' if nonce else ""
        addresses = [f"{pages}/static/{self.name}"]
        if self.parts.is_hidden:
            addresses.append(f"{pages}/state.js")
        return "".join(
            f'<script src="{address}"{attribute}></script>' for address in addresses
        ).encode("ascii")

    def worker_text(self, consent: Consent) -> bytes:
        """Return what precedes the script of a worker, for a visitor of this consent."""
        granted = dict.fromkeys(sorted(consent.granted), "granted")
        states = granted | dict.fromkeys(sorted(consent.refused), "refused")
        text = json.dumps(states, separators=(",", ":"))
        known = f"guardStorages(POLICY, {text}).hookStorages(self);\n"
        return _closed(self._declared, _PARTS["storages"], known) + b"\n"


def _closed(*parts: str) -> bytes:
    return f'(() => {{\n"use strict";\n{"".join(parts)}}})();\n'.encode("ascii")


SWEEP_BODY = _PARTS["sweep"].encode("ascii")
SWEEP = f"sweep.{hashlib.sha256(SWEEP_BODY).hexdigest()[:_DIGITS]}.js"
"""The name of the module that removes what was refused, and reports what was stopped."""


def _declaration(policy: Policy, parts: ScriptParts) -> str:
    """Return the line that declares what the script knows of the policy."""
    declared: dict[str, object] = {
        "cookie": policy.preferences_cookie,
        "hidden": parts.is_hidden,
        # To the end of the last day, of a choice that grants something and of one that does not.
        "days": [lifetime.days + 1 for lifetime in policy.choice_lifetimes],
        "terms": {
            name: _terms(policy, name)
            for name in dict.fromkeys(
                (*policy.optional_categories, *sorted(policy.open_categories))
            )
        },
    }
    if parts.guard is not Guard.OFF:
        declared |= {
            "enforces": parts.guard is Guard.ENFORCE,
            "strict": parts.strips_unknown,
            "sweep": SWEEP,
            "rules": rules_by_kind(policy),
        }
    if Adapter.MATOMO in parts.adapters:
        declared["anonymous"] = any(
            rule.basis is Basis.EXEMPT and rule.category == "statistics" for rule in policy.rules
        )
    return f"const POLICY = {json.dumps(declared, separators=(',', ':'))};\n"


def _terms(policy: Policy, category: str) -> dict[str, object]:
    """Return what a choice for a category depends on: the fingerprints under which a grant and a
    refusal hold, what it is before a choice, and whether a signal refuses it."""
    present = [policy.fingerprint(category), *policy.accept_fingerprints]
    return {
        "g": [*present, *policy.other_fingerprints(category)],
        "r": [*present, *policy.other_fingerprints(category, refused=True)],
        "exempt": "granted" if category in policy.open_categories else "undecided",
        "gpc": category in policy.signalled,
    }
