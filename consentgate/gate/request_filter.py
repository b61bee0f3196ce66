"""Hides from the application the request's cookies that it may not read.

Reading counts like storing (ePrivacy art. 5(3)): the names that are declared and not allowed
vanish from the Cookie header. Unknown names stay, and are reported once.
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.choice.stored import NEVER, StoredChoice
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import HideCookies, Mode
from consentgate.gate.settings import GateSettings
from consentgate.gate.withdrawal import may_expire
from consentgate.http.cookie_header import cookie_spans
from consentgate.policy import Cookie

MOST_PLANS = 4096

Hidden = tuple[str, Cookie | None, Reason]
Spans = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Plan:
    """What to do with one text of a Cookie header, as places in it: no value is kept.

    `kept` are the spans that stay, in order, None when nothing is hidden; `expires_at_s` is when
    the visitor's choice ends, in POSIX seconds.
    """

    kept: Spans | None
    hidden: tuple[Hidden, ...]
    unknown: tuple[str, ...]
    refused_but_sent: tuple[tuple[str, Cookie], ...]
    expires_at_s: float
    told: bool = False


class RequestFilter:
    """Thins Cookie headers under one policy.

    A visitor sends the same header with every request, so the plan for it is remembered under a
    keyed hash of the text (Python's own, fresh for each process), never under the text: other
    visitors' sessions do not stay in memory.
    """

    def __init__(self, context: GateSettings) -> None:
        self._context = context
        self._rule_for = context.policy.rule_for
        self._hides_unknown = context.hide_cookies is HideCookies.UNDECLARED
        self._applies = context.mode is not Mode.REPORT
        self._is_plain = context.required is None and not context.signal_matters
        self._tells_all = context.reporter.has_listener
        self._now_s = context.now_s
        self._plans: dict[object, Plan] = {}
        # The plans that need nothing but to be followed: what stays, and the choice that says so.
        self._followed: dict[int, tuple[Spans | None, StoredChoice]] = {}

    def spans(self, exchange: Exchange, header: str | bytes) -> Spans | None:
        """The places of the Cookie header that the application may see (none: the header goes),
        or None when it may see all of it. `header` is the one that came in."""
        followed = self._followed.get(hash(header))
        if followed is not None and exchange.outer_gate is None:
            kept, standing = followed
            if self._now_s() < standing.expires_at_s:
                exchange.known = standing
                return kept
        return self._look(exchange, header)

    def _look(self, exchange: Exchange, header: str | bytes) -> Spans | None:
        key: object = hash(header)
        is_plain = self._is_plain and exchange.outer_gate is None
        if not is_plain:
            key = self._full_key(key, exchange)
        plan = self._plans.get(key)
        if plan is None or (plan.expires_at_s is not NEVER and self._now_s() >= plan.expires_at_s):
            text = header.decode("latin-1") if isinstance(header, bytes) else header
            plan = self._remember(key, self._make(exchange, text), exchange)
        if plan.refused_but_sent and may_expire(exchange):
            exchange.refused_but_sent = plan.refused_but_sent
            exchange.needs_review = True
        kept = plan.kept if self._applies else None
        if not plan.told or self._tells_all:
            self._tell(plan, exchange)
        elif is_plain and not plan.refused_but_sent:
            self._follow(hash(header), kept, exchange.standing)
        return kept

    def _follow(self, key: int, kept: Spans | None, standing: StoredChoice) -> None:
        if len(self._followed) >= MOST_PLANS:
            self._followed.clear()
        self._followed[key] = (kept, standing)

    def _full_key(self, key: object, exchange: Exchange) -> object:
        """The key with all else that decides: the site's `required`, the browser's signal, and
        the header as it came where another gate has thinned it."""
        signal = self._context.signal_matters and exchange.signal
        return (
            key,
            exchange.enforcement,
            signal,
            hash(exchange.cookie) if exchange.outer_gate else None,
        )

    def _remember(self, key: object, plan: Plan, exchange: Exchange) -> Plan:
        # A rejected choice may be believed tomorrow (a clock ahead), so it is looked at again.
        if exchange.standing.rejected:
            return plan
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
        self._plans[key] = plan
        return plan

    def _make(self, exchange: Exchange, header: str) -> Plan:
        kept: list[tuple[int, int]] = []
        hidden: list[Hidden] = []
        unknown: list[str] = []
        consent = exchange.choice_with_gpc
        for name, start, end in cookie_spans(header):
            rule = self._rule_for(name)
            if rule is None:
                unknown.append(name)
                if self._hides_unknown:
                    hidden.append((name, None, Reason.UNKNOWN_IN_REQUEST))
                    continue
            elif not (rule.necessary or exchange.permits(rule, consent)):
                hidden.append((name, rule, exchange.why_denied(rule.categories)))
                continue
            kept.append((start, end))
        return Plan(
            kept=_join(kept, header) if hidden else None,
            hidden=tuple(hidden),
            unknown=tuple(unknown),
            refused_but_sent=tuple(_still_sent(hidden, exchange)),
            expires_at_s=exchange.standing.expires_at_s,
        )

    def _tell(self, plan: Plan, exchange: Exchange) -> None:
        plan.told = True
        for name, rule, reason in plan.hidden:
            exchange.report(reason, Action.HIDE, name=name, rule=rule)
        if not self._hides_unknown:
            for name in plan.unknown:
                exchange.context.reporter.report_once(
                    Reason.UNKNOWN_IN_REQUEST, Action.NOTE, name=name, path=exchange.path
                )


def _join(spans: list[tuple[int, int]], header: str) -> Spans:
    """The spans, those joined that stand side by side: fewer pieces to put together."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        beside = joined and header[joined[-1][1] : start] == "; "
        joined.append((joined.pop()[0] if beside else start, end))
    return tuple(joined)


def _still_sent(hidden: list[Hidden], exchange: Exchange) -> list[tuple[str, Cookie]]:
    """The hidden cookies that the visitor refused by a choice of his own: these are expired.
    Undecided and stale ones are hidden only."""
    refused = exchange.choice.refused
    return [
        (name, rule)
        for name, rule, _ in hidden
        if rule is not None and not refused.isdisjoint(rule.categories)
    ]
