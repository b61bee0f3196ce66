"""Checks that a row does what its title says, before anything is timed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class NotTrue(Exception):
    """A scenario did not do what its title says, so its time would mean nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of the gate: the names set, in order, those hidden from the application, the
    number of body chunks, and whether it has a policy of the gate's own."""

    sets: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    chunks: int = 1
    limits_hosts: bool = False


def cookie_names(lines: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The names that these header lines set, in order."""
    return tuple(value.partition("=")[0] for name, value in lines if name.lower() == "set-cookie")


def hidden_names(came: Sequence[str], seen: Sequence[str]) -> tuple[str, ...]:
    """The names in the Cookie headers that came and not in those that the application saw."""
    left = set(_request_names(seen))
    return tuple(name for name in _request_names(came) if name not in left)


def check_outcome(title: str, *, expected: Outcome, got: Outcome) -> None:
    """Raise NotTrue unless both are equal."""
    if got != expected:
        raise NotTrue(f"{title}: expected {expected}, got {got}")


def _request_names(headers: Sequence[str]) -> list[str]:
    return [pair.partition("=")[0] for header in headers for pair in header.split("; ")]
