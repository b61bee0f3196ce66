"""Read what a gate saw: what enforcing would change, and the declarations that are missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from consentgate._report_file import Row, read_rows
from consentgate.audit.loading import AuditError
from consentgate.gate.advice import Advice, Advisor, Seen, see_cookie, toml_of
from consentgate.gate.events import LONGEST_TEXT, Action, Reason
from consentgate.policy import Policy

MOST_PATHS = 3
"""Paths that are named of each cookie."""

_OF_COOKIES = frozenset(
    {
        *(Action.STRIP.value, Action.REWRITE.value, Action.CLAMP.value),
        *(Action.HIDE.value, Action.EXPIRE.value),
    }
)
_UNDECLARED = Reason.UNDECLARED.value
_UNKNOWN = Reason.UNKNOWN_IN_REQUEST.value


@dataclass(slots=True)
class Line:
    """What became, or would become, of the cookies of one name for one reason."""

    name: str
    category: str
    reason: Reason
    action: Action
    times: int = 0
    paths: list[str] = field(default_factory=list)
    last_s: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a file says of one policy.

    `lines` are what enforcing changes, most frequent first; `missing` are the declarations of what
    nobody declared; `lost` is how many events more there were than the file could hold.
    """

    lines: tuple[Line, ...]
    missing: tuple[Advice, ...]
    lost: int

    def toml(self) -> str:
        """Return the missing declarations, to be added to the end of the policy's file."""
        return "\n\n".join(toml_of(advice.rule) for advice in self.missing)


def read_report(path: Path, policy: Policy) -> Report:
    """Return what a report file says. Raises AuditError where there is none."""
    if not path.is_file():
        raise AuditError(
            f"there is no report file {str(path)!r}; pass report_file={path.name!r} to the "
            "middleware, with mode='report' on a running site, and visit it"
        )
    try:
        rows, lost = read_rows(path)
    except sqlite3.Error as error:
        raise AuditError(f"{str(path)!r} is no report file: {error}") from None
    return Report(tuple(_lines(rows)), tuple(_missing(rows, policy)), lost)


def _lines(rows: list[Row]) -> list[Line]:
    lines: dict[tuple[str, str, str], Line] = {}
    was_set = _names_set(rows)
    for (reason, action, _, name, category, _, path), times, _, last_s in rows:
        is_of_script = reason == _UNKNOWN and name not in was_set
        if action not in _OF_COOKIES and not is_of_script:
            continue
        line = lines.setdefault(
            (name, reason, action), Line(name, category, Reason(reason), Action(action))
        )
        line.times += times
        line.last_s = max(line.last_s, last_s)
        if path not in line.paths and len(line.paths) < MOST_PATHS:
            line.paths.append(path)
    return sorted(lines.values(), key=lambda line: (-line.times, line.name))


def _missing(rows: list[Row], policy: Policy) -> list[Advice]:
    was_set = _names_set(rows)
    cookies = []
    for seen, _, first_s, _ in rows:
        if not seen.name or policy.rule_for(seen.name) is not None:
            continue
        name = f"{seen.name}*" if len(seen.name) >= LONGEST_TEXT else seen.name  # it was cut
        if seen.reason == _UNDECLARED:
            cookies.append(see_cookie(name, seen.attributes, seen.path, now_s=first_s))
        elif seen.reason == _UNKNOWN and seen.name not in was_set:
            # By a script, or long ago: nobody saw where it is stored, and for how long.
            cookies.append(Seen(name, None))
    return Advisor(policy).advise_all(cookies)


def _names_set(rows: Iterable[Row]) -> set[str]:
    return {row.seen.name for row in rows if row.seen.reason == _UNDECLARED}
