"""Read what a gate saw: what enforcing would change, and the declarations that are missing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from consentgate._report_file import Row, read_rows
from consentgate.audit.loading import AuditError
from consentgate.gate.advice import Advisor
from consentgate.gate.events import LONGEST_TEXT, Action, Reason
from consentgate.policy import Cookie, Policy, paste_toml
from consentgate.policy.writing import cookie_fields

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
    missing: tuple[Cookie, ...]
    lost: int

    def toml(self) -> str:
        """Return the missing declarations, to be added to the end of the policy's file."""
        return "\n\n".join(
            paste_toml(rule.name, rule.category, cookie_fields(rule)) for rule in self.missing
        )


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
    return Report(tuple(_lines(rows)), _missing(rows, policy), lost)


def _lines(rows: list[Row]) -> list[Line]:
    found: dict[tuple[str, str, str], Line] = {}
    was_set = _names_set(rows)
    for (reason, action, _, name, category, _, path), times, _, last_s in rows:
        is_of_script = reason == _UNKNOWN and name not in was_set
        if action not in _OF_COOKIES and not is_of_script:
            continue
        line = found.setdefault(
            (name, reason, action), Line(name, category, Reason(reason), Action(action))
        )
        line.times += times
        line.last_s = max(line.last_s, last_s)
        if path not in line.paths and len(line.paths) < MOST_PATHS:
            line.paths.append(path)
    return sorted(found.values(), key=lambda line: (-line.times, line.name))


def _missing(rows: list[Row], policy: Policy) -> tuple[Cookie, ...]:
    advisor = Advisor(policy, now_s=time.time)
    rows = [row for row in rows if policy.rule_for(row.seen.name) is None and row.seen.name]
    was_set = [row.seen for row in rows if row.seen.reason == _UNDECLARED]
    for seen in was_set:
        advisor.learn(_pattern(seen.name), seen.attributes, seen.path)
    known = _names_set(rows)
    for row in rows:
        # What only requests bring was set by a script, or long ago.
        if row.seen.reason == _UNKNOWN and row.seen.name not in known:
            advisor.learn(_pattern(row.seen.name), None, row.seen.path)
    return advisor.rules


def _names_set(rows: Iterable[Row]) -> set[str]:
    return {row.seen.name for row in rows if row.seen.reason == _UNDECLARED}


def _pattern(name: str) -> str:
    """Return a name as it is declared: one that was cut matches all that begin like it."""
    return f"{name}*" if len(name) >= LONGEST_TEXT else name
