"""What tests of an application behind the gate need; it imports no framework and no test runner.

pytest's fixtures and options are in `consentgate.pytest_plugin`.
"""

from __future__ import annotations

from consentgate.errors import ConsentViolation
from consentgate.testing.assertions import assert_nothing_before_consent, assert_only
from consentgate.testing.behaviour import Page
from consentgate.testing.clock import FakeClock
from consentgate.testing.preferences import signed_preferences
from consentgate.testing.visitor import AsyncVisitor, Visitor

__all__ = [
    "AsyncVisitor",
    "ConsentViolation",
    "FakeClock",
    "Page",
    "Visitor",
    "assert_nothing_before_consent",
    "assert_only",
    "signed_preferences",
]
