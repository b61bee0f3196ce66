"""Cookie consent that the server enforces: declare cookies once, let nothing else out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consentgate.choice.consent import Consent
    from consentgate.errors import (
        ConfigurationError,
        ConsentGateError,
        Finding,
        PolicyError,
        RecordStoreError,
    )
    from consentgate.gate.events import Action, Event, Reason
    from consentgate.gate.gate import Gate
    from consentgate.gate.judge import Verdict
    from consentgate.gate.options import Enforcement, HideCookies, Mode, Unknown
    from consentgate.gate.visitor import VisitorConsent, get_consent
    from consentgate.policy import Category, Controller, Cookie, Policy
else:

    def __getattr__(name: str) -> object:
        """Return a public name, imported from where it is defined."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_PLACES[name]), name)
        return value


__version__ = "0.1.0.dev0"
"""The version of this release; `pyproject.toml` reads it from here."""

__all__ = [
    "Action",
    "Category",
    "ConfigurationError",
    "Consent",
    "ConsentGateError",
    "Controller",
    "Cookie",
    "Enforcement",
    "Event",
    "Finding",
    "Gate",
    "HideCookies",
    "Mode",
    "Policy",
    "PolicyError",
    "Reason",
    "RecordStoreError",
    "Unknown",
    "Verdict",
    "VisitorConsent",
    "get_consent",
]

# Each name is imported when it is first used (PEP 562): pytest loads the plugin in this package at
# every run where consentgate is installed, and must not wait for the gate.
_PLACES = {
    "Action": "consentgate.gate.events",
    "Category": "consentgate.policy",
    "ConfigurationError": "consentgate.errors",
    "Consent": "consentgate.choice.consent",
    "ConsentGateError": "consentgate.errors",
    "Controller": "consentgate.policy",
    "Cookie": "consentgate.policy",
    "Enforcement": "consentgate.gate.options",
    "Event": "consentgate.gate.events",
    "Finding": "consentgate.errors",
    "Gate": "consentgate.gate.gate",
    "HideCookies": "consentgate.gate.options",
    "Mode": "consentgate.gate.options",
    "Policy": "consentgate.policy",
    "PolicyError": "consentgate.errors",
    "Reason": "consentgate.gate.events",
    "RecordStoreError": "consentgate.errors",
    "Unknown": "consentgate.gate.options",
    "Verdict": "consentgate.gate.judge",
    "VisitorConsent": "consentgate.gate.visitor",
    "get_consent": "consentgate.gate.visitor",
}


def __dir__() -> list[str]:
    """Return the names of the module, those that were not used yet among them."""
    return sorted({*globals(), *__all__})
