"""What is reported about a declaration: the errors that refuse it, and its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from consentgate import Finding, PolicyError


def refusal(declare: Callable[[], object]) -> tuple[Finding, ...]:
    """Return the errors with which a declaration is refused."""
    with pytest.raises(PolicyError) as refused:
        declare()
    return refused.value.findings


def ids(findings: Iterable[Finding]) -> list[str]:
    """Return the ids of findings, in order."""
    return [finding.id for finding in findings]


def places(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Return id and place of each finding, in order."""
    return [(finding.id, finding.place) for finding in findings]
