"""Gives one verdict on one Set-Cookie value; the order of the rules is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from math import inf
from typing import NamedTuple

from consentgate.choice.consent import NECESSARY
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement, Mode, Unknown
from consentgate.gate.other_headers import OtherHeaders
from consentgate.gate.record_cookie import RECORD_COOKIE
from consentgate.gate.settings import GateSettings
from consentgate.http.cookie_writing import (
    clamp_lifetime,
    clamped_attributes,
    delete_canonically,
    strengthen_attributes,
)
from consentgate.http.set_cookie import (
    BLANKS,
    deletes_from,
    expiry_of,
    has_line_break,
    is_deletion,
    split_set_cookie,
)
from consentgate.policy import Cookie
from consentgate.policy.terms import Terms

ASK_JUDGE = ""
UNDECLARED = "?"
"""The answers of `Judge.category_by_name` that are the name of no category."""

MAY_OUTLIVE = "~"
"""What precedes a category in such an answer where its cookie has a declared lifetime: once it is
allowed, `Judge.clamped` says how it leaves."""

# Kept with `unknown="report"`, and worth an event all the same.
_REPORTED_KEEPS = frozenset({Reason.UNDECLARED, Reason.NAMELESS})

_BY_CONSENT = frozenset(
    {Reason.CONSENTED, Reason.ANONYMOUS, Reason.OBJECTABLE, Reason.NOT_REQUIRED}
)


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
    def is_unremarkable(self) -> bool:
        """Whether the application's bytes leave as they came, with nothing to report."""
        return self.action is Action.KEEP and self.reason not in _REPORTED_KEEPS


class Blocked(Exception):
    """The response must not leave, for these verdicts on its cookies."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        super().__init__()
        self.verdicts = tuple(verdicts)


class Judge:
    """Gives verdicts under one policy; `others` gives those on headers other than Set-Cookie."""

    def __init__(self, settings: GateSettings) -> None:
        self.others = OtherHeaders(settings)
        self._settings = settings
        self._rule_for = settings.policy.rule_for
        self._own_names = frozenset(own_names(settings))
        self._lets_unknown_out = settings.unknown is Unknown.REPORT
        self._enforces = settings.mode is Mode.ENFORCE

    def judge(self, value: str, exchange: Exchange) -> Verdict:
        """Return the verdict on one Set-Cookie value (code points are wire bytes); never raise."""
        name, attributes = split_set_cookie(value)
        if has_line_break(value):
            # It ends the header's line, whatever the rest is (RFC 9110 section 5.5).
            return Verdict(Action.STRIP, Reason.LINE_BREAK, name, None, None)
        # A gate further in wrote its visitor's choice.
        if value in exchange.inner_gate_values:
            return Verdict(Action.KEEP, Reason.NECESSARY, name, None, value)
        rule = self._rule_for(name) if name else None
        if rule is None:
            return self._judge_undeclared(value, name, attributes)
        if name in self._own_names:
            return Verdict(Action.STRIP, Reason.PREFERENCES_SET, name, rule, None)
        if rule.necessary:
            return self._keep(value, name, rule, exchange=exchange, reason=Reason.NECESSARY)
        if rule.exempt:
            return self._judge_exempt(value, name, rule, exchange=exchange)
        return self._judge_optional(value, name, rule, exchange=exchange)

    def category_by_name(self, text: str) -> str:
        """Return the category that alone decides on each Set-Cookie value with this text before its
        first "=", deletions and line breaks aside.

        Where it is allowed the value leaves byte for byte, else the value is stripped; UNDECLARED
        is stripped always. ASK_JUDGE is the answer where more must be looked at.
        """
        name = text.strip(BLANKS)
        # It must be what a browser reads: no ";" in it, and not empty.
        if name == "" or split_set_cookie(f"{text}=") != (name, "") or name in self._own_names:
            return ASK_JUDGE
        rule = self._rule_for(name)
        if rule is None:
            strips = self._enforces and not self._lets_unknown_out
            return UNDECLARED if strips else ASK_JUDGE
        if self._may_change(rule):
            return ASK_JUDGE
        if rule.necessary:
            return NECESSARY
        by_category = self._enforces and self._settings.required is None
        if not by_category or rule.exempt or len(rule.categories) > 1:
            return ASK_JUDGE
        is_clamped = self._settings.clamp and rule.lifetime is not None
        return f"{MAY_OUTLIVE}{rule.category}" if is_clamped else rule.category

    def clamped(self, text: str, attributes: str) -> tuple[float, str]:
        """Return the moment, in POSIX seconds, from which a cookie lives no longer than declared
        (-inf is always, +inf never), and what follows its pair until then.

        `text` is what precedes the first "=" of its Set-Cookie, and `attributes` what follows the
        first ";".
        """
        rule = self._rule_for(text.strip(BLANKS))
        assert rule is not None, "its name was declared"
        lifetime = rule.lifetime
        longest_s = int(lifetime.total_seconds()) if isinstance(lifetime, timedelta) else None
        max_age_s, expires_s = expiry_of(attributes)
        if max_age_s is not None:
            fits_from_s = -inf if max_age_s <= (longest_s or 0) else inf
        else:
            fits_from_s = -inf if expires_s is None else expires_s - (longest_s or 0)
        return fits_from_s, clamped_attributes(attributes, longest_s=longest_s)

    @staticmethod
    def _may_change(rule: Cookie) -> bool:
        """Return whether a cookie of this rule may leave with more attributes than it has."""
        return bool(rule.secure or rule.http_only or rule.same_site)

    def _judge_undeclared(self, value: str, name: str, attributes: str) -> Verdict:
        reason = Reason.UNDECLARED if name else Reason.NAMELESS
        if self._lets_unknown_out:
            return Verdict(Action.KEEP, reason, name, None, value)
        if name and self._deletes(value, self._settings.now_s):
            return _delete(value, name, None)
        return Verdict(Action.STRIP, reason, name, None, None)

    def _judge_optional(
        self, value: str, name: str, rule: Cookie, *, exchange: Exchange
    ) -> Verdict:
        if exchange.enforcement is Enforcement.NOT_REQUIRED:
            return self._keep(value, name, rule, exchange=exchange, reason=Reason.NOT_REQUIRED)
        exchange.depends_on_choice()
        if exchange.choice.granted.issuperset(rule.categories):
            longest = rule.lifetime if self._settings.clamp else None
            return self._keep(
                value, name, rule, exchange=exchange, reason=Reason.CONSENTED, longest=longest
            )
        return self._deny(value, name, rule, reason=exchange.why_denied(rule.categories))

    def _judge_exempt(self, value: str, name: str, rule: Cookie, *, exchange: Exchange) -> Verdict:
        exchange.depends_on_choice()
        if not exchange.permits(rule, exchange.choice_with_gpc):
            return self._deny(value, name, rule, reason=exchange.why_denied(rule.categories))
        is_granted = exchange.choice.granted.issuperset(rule.categories)
        terms = rule.terms
        if terms is not None and terms.limits and not is_granted:
            return self._judge_limited(value, name, rule, terms, exchange=exchange)
        # Whoever consents lifts the limits: they are those of the exemption.
        reason = Reason.CONSENTED if is_granted else Reason.OBJECTABLE
        longest = rule.lifetime if self._settings.clamp else None
        return self._keep(value, name, rule, exchange=exchange, reason=reason, longest=longest)

    def _judge_limited(
        self, value: str, name: str, rule: Cookie, terms: Terms, *, exchange: Exchange
    ) -> Verdict:
        """Return the verdict on a cookie that leaves on the terms of its exemption."""
        deletes = self._deletes(value, lambda: self._counted_from_s(exchange))
        # The exemption ends some time after the first visit (in France thirteen months: CNIL,
        # audience measurement).
        if not (terms.renewal or deletes) and exchange.came_in(name):
            return Verdict(Action.STRIP, Reason.NOT_RENEWED, name, rule, None, by_consent=True)
        longest = rule.lifetime
        if terms.lifetime is not None and (isinstance(longest, timedelta) or longest is None):
            longest = min(longest or terms.lifetime, terms.lifetime)
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
        by_consent = reason in _BY_CONSENT
        clamped = value if longest is None else self._clamp(value, longest, exchange=exchange)
        strengthened = self._strengthen(clamped, rule, exchange=exchange)
        if clamped is not value:
            return Verdict(Action.CLAMP, Reason.CLAMPED, name, rule, strengthened, by_consent)
        if strengthened is not value:
            return Verdict(Action.REWRITE, Reason.RAISED, name, rule, strengthened, by_consent)
        return Verdict(Action.KEEP, reason, name, rule, value, by_consent)

    def _clamp(self, value: str, longest: timedelta | str, *, exchange: Exchange) -> str:
        longest_s = int(longest.total_seconds()) if isinstance(longest, timedelta) else None
        return clamp_lifetime(value, longest_s=longest_s, now_s=self._counted_from_s(exchange))

    def _strengthen(self, value: str, rule: Cookie, *, exchange: Exchange) -> str:
        if not (rule.secure or rule.http_only or rule.same_site):
            return value
        if self._deletes(value, lambda: self._counted_from_s(exchange)):
            return value
        return strengthen_attributes(
            value,
            # A browser refuses a Secure cookie that http sets: raising it would lose the cookie.
            secure=rule.secure and exchange.secure,
            http_only=rule.http_only,
            same_site=rule.same_site or "",
        )

    def _deny(self, value: str, name: str, rule: Cookie, *, reason: Reason) -> Verdict:
        if self._deletes(value, self._settings.now_s):
            return _delete(value, name, rule)
        return Verdict(Action.STRIP, reason, name, rule, None, by_consent=True)

    def _counted_from_s(self, exchange: Exchange) -> float:
        """Return the moment from which browsers count an Expires in the response: the Date that the
        application gave it, where that is in the past."""
        now_s = self._settings.now_s()
        return now_s if exchange.date_s is None else min(now_s, exchange.date_s)

    def _deletes(self, value: str, now_s: Callable[[], float]) -> bool:
        # Most values are no deletion at any time; only the others need the clock.
        may_delete = deletes_from(split_set_cookie(value)[1]) < inf
        return may_delete and is_deletion(value, now_s())


def own_names(settings: GateSettings) -> Iterator[str]:
    """Yield the names of the cookies that only the gate writes."""
    yield settings.policy.preferences_cookie
    if settings.records is not None:
        yield RECORD_COOKIE


def _delete(value: str, name: str, rule: Cookie | None) -> Verdict:
    """A deletion whose name has no consent: a browser counts Expires from the response's Date,
    so that the application's own bytes might store; the canonical form never does."""
    deletion = delete_canonically(value)
    return Verdict(
        Action.REWRITE, Reason.DELETION, name, rule, deletion, by_consent=rule is not None
    )
