"""Cookie consent that the server enforces: declare cookies once, let nothing else out."""

from __future__ import annotations

from consentgate.consent import Consent
from consentgate.enforcement import Enforcement, Mode, Thin, Unknown
from consentgate.errors import (
    ConfigurationError,
    ConsentGateError,
    ConsentViolation,
    Finding,
    PolicyError,
    RecordStoreError,
)
from consentgate.events import Action, Event, Reason
from consentgate.gate import Gate
from consentgate.judge import Verdict
from consentgate.policy import Category, Controller, Cookie, Policy
from consentgate.visitor import VisitorConsent, get_consent

__all__ = [
    "Action",
    "Category",
    "ConfigurationError",
    "Consent",
    "ConsentGateError",
    "ConsentViolation",
    "Controller",
    "Cookie",
    "Enforcement",
    "Event",
    "Finding",
    "Gate",
    "Mode",
    "Policy",
    "PolicyError",
    "Reason",
    "RecordStoreError",
    "Thin",
    "Unknown",
    "Verdict",
    "VisitorConsent",
    "get_consent",
]
