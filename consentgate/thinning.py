"""Hides from the application the request's cookies that it may not read.

Reading counts like storing (ePrivacy art. 5(3)): the names that are declared and not allowed
vanish from the Cookie header. Unknown names stay, and are reported once.
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.context import GateContext
from consentgate.enforcement import Mode, Thin
from consentgate.events import Action, Reason
from consentgate.expiry import may_expire
from consentgate.policy import Cookie
from consentgate.set_cookie import cookie_spans
from consentgate.standing import NEVER, Standing
from consentgate.visit import Visit

MOST_PLANS = 4096

Hidden = tuple[str, Cookie | None, Reason]
Spans = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Plan:
    """What to do with one text of a Cookie header, as places in it: no value is kept.

    `kept` are the spans that stay, in order, None when nothing is hidden; `ends` is when the
    visitor's choice ends, in POSIX seconds.
    """

    kept: Spans | None
    hidden: tuple[Hidden, ...]
    unknown: tuple[str, ...]
    still_sent: tuple[tuple[str, Cookie], ...]
    ends: float
    told: bool = False


class Thinner:
    """Thins Cookie headers under one policy.

    A visitor sends the same header with every request, so the plan for it is remembered under a
    keyed hash of the text (Python's own, fresh for each process), never under the text: other
    visitors' sessions do not stay in memory.
    """

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._rule_for = context.policy.rule_for
        self._hides_unknown = context.thin is Thin.UNDECLARED
        self._applies = context.mode is not Mode.REPORT
        self._is_plain = context.required is None and not context.signal_matters
        self._tells_all = context.reporter.has_listener
        self._now_s = context.now_s
        self._plans: dict[object, Plan] = {}
        # The plans that need nothing but to be followed: what stays, and the choice that says so.
        self._followed: dict[int, tuple[Spans | None, Standing]] = {}

    def spans(self, visit: Visit, header: str | bytes) -> Spans | None:
        """The places of the Cookie header that the application may see (none: the header goes),
        or None when it may see all of it. `header` is the one that came in."""
        followed = self._followed.get(hash(header))
        if followed is not None and visit.outer is None:
            kept, standing = followed
            if self._now_s() < standing.ends:
                visit.known = standing
                return kept
        return self._look(visit, header)

    def _look(self, visit: Visit, header: str | bytes) -> Spans | None:
        key: object = hash(header)
        is_plain = self._is_plain and visit.outer is None
        if not is_plain:
            key = self._full_key(key, visit)
        plan = self._plans.get(key)
        if plan is None or (plan.ends is not NEVER and self._now_s() >= plan.ends):
            text = header.decode("latin-1") if isinstance(header, bytes) else header
            plan = self._remember(key, self._make(visit, text), visit)
        if plan.still_sent and may_expire(visit):
            visit.still_sent = plan.still_sent
            visit.touched = True
        kept = plan.kept if self._applies else None
        if not plan.told or self._tells_all:
            self._tell(plan, visit)
        elif is_plain and not plan.still_sent:
            self._follow(hash(header), kept, visit.standing)
        return kept

    def _follow(self, key: int, kept: Spans | None, standing: Standing) -> None:
        if len(self._followed) >= MOST_PLANS:
            self._followed.clear()
        self._followed[key] = (kept, standing)

    def _full_key(self, key: object, visit: Visit) -> object:
        """The key with all else that decides: the site's `required`, the browser's signal, and
        the header as it came where another gate has thinned it."""
        signal = self._context.signal_matters and visit.signal
        return (key, visit.enforcement, signal, hash(visit.cookie) if visit.outer else None)

    def _remember(self, key: object, plan: Plan, visit: Visit) -> Plan:
        # A rejected choice may be believed tomorrow (a clock ahead), so it is looked at again.
        if visit.standing.rejected:
            return plan
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
        self._plans[key] = plan
        return plan

    def _make(self, visit: Visit, header: str) -> Plan:
        kept: list[tuple[int, int]] = []
        hidden: list[Hidden] = []
        unknown: list[str] = []
        consent = visit.effective
        for name, start, end in cookie_spans(header):
            rule = self._rule_for(name)
            if rule is None:
                unknown.append(name)
                if self._hides_unknown:
                    hidden.append((name, None, Reason.UNKNOWN_IN_REQUEST))
                    continue
            elif not (rule.necessary or visit.permits(rule, consent)):
                hidden.append((name, rule, visit.why_denied(rule.categories)))
                continue
            kept.append((start, end))
        return Plan(
            kept=_join(kept, header) if hidden else None,
            hidden=tuple(hidden),
            unknown=tuple(unknown),
            still_sent=tuple(_still_sent(hidden, visit)),
            ends=visit.standing.ends,
        )

    def _tell(self, plan: Plan, visit: Visit) -> None:
        plan.told = True
        for name, rule, reason in plan.hidden:
            visit.report(reason, Action.HIDE, name=name, rule=rule)
        if not self._hides_unknown:
            for name in plan.unknown:
                visit.context.reporter.report_once(
                    Reason.UNKNOWN_IN_REQUEST, Action.NOTE, name=name, path=visit.path
                )


def _join(spans: list[tuple[int, int]], header: str) -> Spans:
    """The spans, those joined that stand side by side: fewer pieces to put together."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        beside = joined and header[joined[-1][1] : start] == "; "
        joined.append((joined.pop()[0] if beside else start, end))
    return tuple(joined)


def _still_sent(hidden: list[Hidden], visit: Visit) -> list[tuple[str, Cookie]]:
    """The hidden cookies that the visitor refused by a choice of his own: these are expired.
    Undecided and stale ones are hidden only."""
    refused = visit.explicit.refused
    return [
        (name, rule)
        for name, rule, _ in hidden
        if rule is not None and not refused.isdisjoint(rule.categories)
    ]
