"""The exceptions of consentgate: each is the site's mistake, none is raised for a visitor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class ConsentGateError(Exception):
    """The base of everything that consentgate raises."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or missing in a declaration: what, where, and what to do.

    `id` is stable (`CG001` ...) and listed in the documentation; tests assert on it, never on
    the words.
    """

    id: str
    place: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id} at {self.place}: {self.message}; {self.hint}"


class PolicyError(ConsentGateError):
    """The declaration is wrong. `findings` holds all its errors at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class ConfigurationError(ConsentGateError):
    """The site's settings or code are wrong: keys, store, a missing extra, no gate installed,
    a grant under GET, a change after the response started."""


class RecordStoreError(ConsentGateError):
    """The store of consent records could not write or read."""


class ConsentViolation(ConsentGateError):
    """A cookie left without consent. Raised by test tools only."""
