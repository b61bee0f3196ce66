"""The exceptions of consentgate: each is a mistake of the site; no visitor can cause one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class ConsentGateError(Exception):
    """The base class of all exceptions of consentgate."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or missing in a declaration: what, where, and what to do.

    `id` is stable (`CG001` ...) and listed in the documentation. Tests assert on it, never on
    the words.
    """

    id: str
    place: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id} at {self.place}: {self.message}; {self.hint}"


class PolicyError(ConsentGateError):
    """The declaration is wrong; `findings` holds all its errors at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class ConfigurationError(ConsentGateError):
    """The site's settings or code are wrong.

    For example a short key, a missing extra, no gate installed, a grant under GET, or a choice
    after the response started.
    """


class RecordStoreError(ConsentGateError):
    """A decision could not be recorded, so that a grant is not given; the log says why."""


class LogError(ConsentGateError):
    """A checkpoint, a proof or a log is not what it says."""


class RecordFormatError(RecordStoreError):
    """What is kept of a record or a notice is not what this library writes."""


class ConsentViolation(ConsentGateError, AssertionError):
    """A test found a cookie that must not leave, or a choice that had no effect.

    Raised by `consentgate.testing` only; test runners report it as a failure, not as an error.
    """
