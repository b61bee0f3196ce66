"""Cookie consent that the server enforces: declare cookies once, let nothing else out."""

from __future__ import annotations

from consentgate.choice.consent import Consent
from consentgate.errors import (
    ConfigurationError,
    ConsentGateError,
    Finding,
    PolicyError,
)
from consentgate.gate.events import Action, Event, Reason
from consentgate.gate.gate import Gate
from consentgate.gate.judge import Verdict
from consentgate.gate.options import Enforcement, HideCookies, Mode, Unknown
from consentgate.gate.visitor import VisitorConsent, get_consent
from consentgate.policy import Category, Controller, Cookie, Policy

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
    "Unknown",
    "Verdict",
    "VisitorConsent",
    "get_consent",
]
