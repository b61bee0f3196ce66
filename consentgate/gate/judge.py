"""One Set-Cookie value and one visit make one verdict; the order of the rules is the law here."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import NamedTuple

from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement, Unknown
from consentgate.gate.settings import GateSettings
from consentgate.http.cookie_writing import (
    clamp_lifetime,
    delete_canonically,
    strengthen_attributes,
)
from consentgate.http.set_cookie import deletes_from, has_line_break, is_deletion, split_set_cookie
from consentgate.policy import Cookie

LONGEST_MEASUREMENT = timedelta(days=395)
"""How long an exempt audience-measurement cookie may live (CNIL: thirteen months)."""


# Kept with `unknown="report"`, and worth an event all the same.
_REPORTED_KEEPS = frozenset({Reason.UNDECLARED, Reason.NAMELESS})


class Verdict(NamedTuple):
    """What becomes of one Set-Cookie value, and why.

    `action` is keep, strip, rewrite or clamp; `name` is the name that a browser would store;
    `rule` is the declaration that matched; `value` is what leaves, None when nothing does;
    `by_consent` says that the visitor's choice decided, or that none was needed.
    """

    action: Action
    reason: Reason
    name: str
    rule: Cookie | None
    value: str | None
    by_consent: bool = False

    @property
    def marks_private(self) -> bool:
        """True when the response is no longer for everybody: its cookie changed, went, or was
        let through by this visitor's choice."""
        return self.by_consent or self.action is not Action.KEEP

    @property
    def stands(self) -> bool:
        """True when the application's bytes leave as they came and nothing is to be reported."""
        return self.action is Action.KEEP and self.reason not in _REPORTED_KEEPS


class Judge:
    """Gives verdicts under one policy."""

    def __init__(self, context: GateSettings) -> None:
        self._context = context
        self._rule_for = context.policy.rule_for
        self._own_name = context.policy.preferences_cookie
        self._lets_unknown_out = context.unknown is Unknown.REPORT

    def judge(self, value: str, exchange: Exchange) -> Verdict:
        """The verdict on one Set-Cookie value (code points are wire bytes); never raises."""
        name, attributes = split_set_cookie(value)
        if has_line_break(value):
            # It ends the header's line, whatever the rest is (RFC 9110 section 5.5).
            return Verdict(Action.STRIP, Reason.LINE_BREAK, name, None, None)
        # Another gate further in wrote its own choice, and let nobody else write it.
        if name and name in exchange.inner_gate_cookies:
            return Verdict(Action.KEEP, Reason.NECESSARY, name, None, value)
        rule = self._rule_for(name) if name else None
        if rule is None:
            return self._judge_undeclared(value, name, attributes, exchange=exchange)
        if name == self._own_name:
            return Verdict(Action.STRIP, Reason.PREFERENCES_SET, name, rule, None)
        if rule.necessary:
            return self._keep(value, name, rule, exchange=exchange, reason=Reason.NECESSARY)
        if rule.anonymous:
            return self._judge_anonymous(value, name, rule, exchange=exchange)
        return self._judge_optional(value, name, rule, exchange=exchange)

    def _judge_undeclared(
        self, value: str, name: str, attributes: str, *, exchange: Exchange
    ) -> Verdict:
        reason = Reason.UNDECLARED if name else Reason.NAMELESS
        if self._lets_unknown_out:
            return Verdict(Action.KEEP, reason, name, None, value)
        if name and self._deletes(value, attributes):
            return _delete(value, name, None)
        return Verdict(Action.STRIP, reason, name, None, None)

    def _judge_optional(
        self, value: str, name: str, rule: Cookie, *, exchange: Exchange
    ) -> Verdict:
        if exchange.enforcement is Enforcement.NOT_REQUIRED:
            return self._keep(value, name, rule, exchange=exchange, reason=Reason.NOT_REQUIRED)
        exchange.varies_on_cookie = True
        if exchange.choice.granted.issuperset(rule.categories):
            longest = rule.lifetime if self._context.clamp else None
            return self._keep(
                value, name, rule, exchange=exchange, reason=Reason.CONSENTED, longest=longest
            )
        return self._deny(value, name, rule, reason=exchange.why_denied(rule.categories))

    def _judge_anonymous(
        self, value: str, name: str, rule: Cookie, *, exchange: Exchange
    ) -> Verdict:
        exchange.varies_on_cookie = True
        consent = exchange.choice_with_gpc
        if not exchange.permits(rule, consent):
            return self._deny(value, name, rule, reason=exchange.why_denied(rule.categories))
        deletes = self._deletes(value, split_set_cookie(value)[1])
        # The exemption ends thirteen months after the first visit (CNIL, audience measurement).
        if exchange.came_in(name) and not deletes:
            return Verdict(Action.STRIP, Reason.NOT_RENEWED, name, rule, None, by_consent=True)
        longest = rule.lifetime
        if isinstance(longest, timedelta) or longest is None:
            longest = min(longest or LONGEST_MEASUREMENT, LONGEST_MEASUREMENT)
        return self._keep(
            value, name, rule, exchange=exchange, reason=Reason.ANONYMOUS, longest=longest
        )

    def _keep(
        self,
        value: str,
        name: str,
        rule: Cookie,
        *,
        exchange: Exchange,
        reason: Reason,
        longest: timedelta | str | None = None,
    ) -> Verdict:
        # That no choice is needed here holds for this visitor, not for the next one of a cache.
        by_consent = reason in (Reason.CONSENTED, Reason.ANONYMOUS, Reason.NOT_REQUIRED)
        clamped = value if longest is None else self._clamp(value, longest)
        raised = self._raise(clamped, rule, exchange=exchange)
        if clamped is not value:
            return Verdict(Action.CLAMP, Reason.CLAMPED, name, rule, raised, by_consent)
        if raised is not value:
            return Verdict(Action.REWRITE, Reason.RAISED, name, rule, raised, by_consent)
        return Verdict(Action.KEEP, reason, name, rule, value, by_consent)

    def _clamp(self, value: str, longest: timedelta | str) -> str:
        longest_s = int(longest.total_seconds()) if isinstance(longest, timedelta) else None
        return clamp_lifetime(value, longest_s=longest_s, now_s=self._context.now_s())

    def _raise(self, value: str, rule: Cookie, *, exchange: Exchange) -> str:
        if not (rule.secure or rule.http_only or rule.same_site):
            return value
        if self._deletes(value, split_set_cookie(value)[1]):
            return value
        return strengthen_attributes(
            value,
            # A browser refuses a Secure cookie that http sets: raising it would lose the cookie.
            secure=rule.secure and exchange.secure,
            http_only=rule.http_only,
            same_site=rule.same_site or "",
        )

    def _deny(self, value: str, name: str, rule: Cookie, *, reason: Reason) -> Verdict:
        if self._deletes(value, split_set_cookie(value)[1]):
            return _delete(value, name, rule)
        return Verdict(Action.STRIP, reason, name, rule, None, by_consent=True)

    def _deletes(self, value: str, attributes: str) -> bool:
        # Most values are no deletion at any time; only the others need the clock.
        return deletes_from(attributes) < inf and is_deletion(value, self._context.now_s())


def _delete(value: str, name: str, rule: Cookie | None) -> Verdict:
    """A deletion whose name has no consent: a browser counts Expires from the response's Date,
    so that the application's own bytes might store; the canonical form never does."""
    deletion = delete_canonically(value)
    return Verdict(
        Action.REWRITE, Reason.DELETION, name, rule, deletion, by_consent=rule is not None
    )
