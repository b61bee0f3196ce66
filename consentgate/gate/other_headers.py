"""Judges response headers other than Set-Cookie: what would become one on its way, what clears the
choice, and by what else browsers keep or prove something.

What is not declared does not leave where it serves advertising or embedding alone; a session bound
to the device begins only at an endpoint that is declared (W3C, Device Bound Session Credentials).
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from consentgate.gate.choice_cookie import report_cleared
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Unknown
from consentgate.gate.settings import GateSettings
from consentgate.http.header_names import CLEARS, SMUGGLED, header_kind
from consentgate.http.structured_list import Member, read_list
from consentgate.policy import Cookie
from consentgate.policy.merge import strictest
from consentgate.policy.vocabulary import HELD_UNDECLARED

REGISTRATIONS = frozenset({"secure-session-registration", "sec-session-registration"})
"""Names of the header by which a device-bound session begins; browsers of 2025 read the other."""

CHALLENGES = frozenset({"secure-session-challenge", "sec-session-challenge"})
"""Names of the header that has a browser prove that it has the key of such a session."""

_DEVICE_SESSIONS = REGISTRATIONS | CHALLENGES


class Refused(NamedTuple):
    """Why a header, or a part of it, does not leave; `rule` is the declaration that matched, and
    `name` that of the header, "" for one that is no name."""

    reason: Reason
    name: str
    rule: Cookie | None


class OtherHeaders:
    """Gives verdicts on these headers under one policy."""

    def __init__(self, settings: GateSettings) -> None:
        self._lets_unknown_out = settings.unknown is Unknown.REPORT
        rules = settings.policy.rules
        names = {name for rule in rules for name in rule.headers}
        self._rules = {
            name.lower(): strictest([rule for rule in rules if name in rule.headers])
            for name in names
        }
        endpoints = {endpoint for rule in rules for endpoint in rule.device_session}
        self._registered_at = {
            endpoint: strictest([rule for rule in rules if endpoint in rule.device_session])
            for endpoint in endpoints
        }
        bound = [rule for rule in rules if rule.device_session]
        # Which session a challenge is for, only the server knows: its id is a name of its own.
        self._challenged = strictest(bound) if bound else None
        self._held = _DEVICE_SESSIONS | self._rules.keys() | {*map(str.lower, HELD_UNDECLARED)}

    def holds(self, name: str) -> bool:
        """Return whether a header of this name stores something, as far as the gate holds it."""
        return name.strip(" \t\v\f").lower() in self._held

    def judge(self, exchange: Exchange, name: str, value: str) -> tuple[str | None, list[Refused]]:
        """Return what leaves of a header, None for nothing, and why what does not."""
        kind = header_kind(name)
        if kind == SMUGGLED:
            exchange.report(Reason.HEADER_NAME, Action.STRIP)
            return None, [Refused(Reason.HEADER_NAME, "", None)]
        lowered = name.strip(" \t\v\f").lower()
        if lowered == CLEARS:
            report_cleared(exchange, value)
            return value, []
        if lowered in REGISTRATIONS:
            return self._judge_registrations(exchange, name, value)
        rule = self._challenged if lowered in CHALLENGES else self._rules.get(lowered)
        refused = self._refuse(exchange, name, rule)
        return (value, []) if refused is None else (None, [refused])

    def _judge_registrations(
        self, exchange: Exchange, name: str, value: str
    ) -> tuple[str | None, list[Refused]]:
        """Judge each session of a registration by its endpoint, the only thing in the header that
        says what it is for: the name of its cookie comes later, from that endpoint."""
        kept: list[str] = []
        refused: list[Refused] = []
        for member in read_list(value) or [Member(value, {})]:
            endpoint = _endpoint_of(exchange, member.parameters.get("path", ""))
            why = self._refuse(exchange, name, self._registered_at.get(endpoint))
            if why is None:
                kept.append(member.text)
            else:
                refused.append(why)
        return (", ".join(kept) or None, refused) if refused else (value, [])

    def _refuse(self, exchange: Exchange, name: str, rule: Cookie | None) -> Refused | None:
        """Return why a header of this rule does not leave, None where it leaves."""
        if rule is None:
            action = Action.KEEP if self._lets_unknown_out else Action.STRIP
            exchange.report(Reason.HEADER_UNDECLARED, action, name=name)
            return None if self._lets_unknown_out else Refused(Reason.HEADER_UNDECLARED, name, None)
        if rule.necessary:
            return None
        exchange.depends_on_choice()
        if exchange.permits(rule, exchange.choice_with_gpc):
            exchange.make_private()
            return None
        exchange.report(Reason.HEADER_NOT_ALLOWED, Action.STRIP, name=name, rule=rule)
        return Refused(Reason.HEADER_NOT_ALLOWED, name, rule)


def _endpoint_of(exchange: Exchange, path: str) -> str:
    """Return the endpoint that a browser takes from the path of a registration, as declarations
    have it: a path of this host or an address, without a query; "" where there is none."""
    host = exchange.header("host").lower()
    scheme = "https" if exchange.secure else "http"
    try:
        address = urlsplit(urljoin(f"{scheme}://{host}{exchange.path}", path))
    except ValueError:
        return ""
    if address.scheme == scheme and address.netloc.lower() == host:
        return address.path if path else ""
    return f"{address.scheme}://{address.netloc.lower()}{address.path}"
