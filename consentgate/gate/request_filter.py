"""Hides from the application the request's cookies that it may not read.

Reading counts like storing (ePrivacy art. 5(3)): names that are declared and not allowed vanish
from the Cookie header. Unknown names stay, and are reported once.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import AnyStr, NamedTuple

from consentgate._cache import BoundedCache
from consentgate.choice.consent import Consent
from consentgate.choice.stored import StoredChoice, place_of_choice
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import HideCookies, Mode
from consentgate.gate.settings import GateSettings
from consentgate.gate.withdrawal import may_expire
from consentgate.http.cookie_header import cookie_spans, value_pieces
from consentgate.policy import Cookie

Hidden = tuple[str, Cookie | None, Reason]
Spans = tuple[tuple[int, int], ...]

_SPAN_BYTES = 128  # of two numbers and their tuple


class _Plan(NamedTuple):
    """What to do with one text of a Cookie header for visitors of one stored choice.

    `visible` are the places of what the application may see, in order, None when it may see all:
    no value is kept but that of the choice, which identifies nobody. `refused` are the hidden
    cookies that the visitor refused by a choice. The plan holds while the text from `start` to
    `end` is the `value` of the choice (None: the header has none) and the choice counts.
    """

    visible: Spans | None
    refused: tuple[tuple[str, Cookie], ...]
    stored: StoredChoice
    start: int
    end: int
    value: str | bytes | None


class RequestFilter:
    """Filters Cookie headers under one policy.

    A visitor sends the same header with every request, so that the plan for it is remembered: under
    a hash of the text, never under the text, since other visitors' sessions must not stay in
    memory. It counts only if the choice in the header is, to the letter, the one for which the plan
    was made.
    """

    def __init__(self, settings: GateSettings) -> None:
        self._rule_for = settings.policy.rule_for
        self._rule_for_text = settings.policy.rule_for_text
        self._now_s = settings.now_s
        self._name = settings.policy.preferences_cookie
        self._raw_name = self._name.encode("ascii")
        self._hides_unknown = settings.hide_cookies is HideCookies.UNDECLARED
        self._applies = settings.mode is not Mode.REPORT
        self._depends_on_header_alone = settings.required is None and not settings.signal_matters
        self._signal_matters = settings.signal_matters
        self._has_listener = settings.reporter.has_listener
        self._plans: BoundedCache[Hashable, _Plan] = BoundedCache(
            most_entries=4096, most_bytes=1 << 20
        )

    def visible(self, exchange: Exchange, header: AnyStr) -> AnyStr:
        """Return the Cookie header that the application may see, empty where it sees none.

        `header` is the one that came in; it is returned itself where nothing is hidden.
        """
        key: Hashable = hash(header)
        if not self._depends_on_header_alone:
            key = (key, exchange.enforcement, self._signal_matters and exchange.sends_gpc)
        holds = False
        plan = self._plans.get(key) if exchange.outer_gate is None else None
        if plan is not None:
            spans, refused, stored, start, end, value = plan
            # By a hash alone nobody's choice counts.
            if value is None:
                holds = (self._raw_name if isinstance(header, bytes) else self._name) not in header
            else:
                holds = header[start:end] == value and self._now_s() < stored.expires_at_s
        if not holds:
            spans, refused, stored, _, _, _ = self._make_plan(exchange, header, key)
        exchange.known_choice = stored
        if stored.stale:
            exchange.make_private()  # as where the choice is read
        if refused and may_expire(exchange):
            exchange.expire_refused(refused)
        if spans is None or not self._applies:
            return header
        between: AnyStr = b"; " if isinstance(header, bytes) else "; "
        return between.join([header[start:end] for start, end in spans])

    def _make_plan(self, exchange: Exchange, header: AnyStr, key: Hashable) -> _Plan:
        text = header if isinstance(header, str) else header.decode("latin-1")
        visible: list[tuple[int, int]] = []
        hidden: list[Hidden] = []
        unknown: list[str] = []
        private: set[str] = set()  # what a glob matches of a value
        consent = exchange.choice_with_gpc
        pairs, read_to = cookie_spans(text)
        is_cut = read_to < len(text)
        pieces = value_pieces(text, pairs)
        for name, start, end, inner in pairs:
            has_name = start not in pieces
            rule = self._rule_for(name) if has_name else self._rule_for_text(name)
            if rule is None:
                if has_name:
                    unknown.append(name)
                if self._hides_unknown:
                    hidden.append((name if has_name else "", None, Reason.UNKNOWN_IN_REQUEST))
                    continue
            elif not (rule.necessary or exchange.permits(rule, consent)):
                hidden.append((name, rule, exchange.why_denied(rule.categories)))
                if not has_name and name != rule.name:
                    private.add(name)
                continue
            if inner and self._hides_inner(inner, exchange, consent):
                is_cut = True
                continue
            visible.append((start, end))
        spans = _join(visible, text) if hidden or is_cut else None
        refused, stored = _refused_by_choice(hidden, exchange), exchange.stored_choice
        place = place_of_choice(self._name, text)
        start, end = place or (0, 0)
        value = header[start:end] if place else None
        plan = _Plan(spans, refused, stored, start, end, value)
        self._report(exchange, hidden, unknown, private)
        # A listener wants to hear of what is hidden each time; several choices are read with care.
        is_plain = not private and (place is not None or self._name not in text)
        if is_plain and exchange.outer_gate is None and not (hidden and self._has_listener):
            self._remember(key, plan)
        return plan

    def _hides_inner(self, inner: tuple[str, ...], exchange: Exchange, consent: Consent) -> bool:
        """Return whether some reader would find a cookie inside the pair that it may not read.
        These names are text of a value to all other readers, so no event names them."""
        rules = [rule for rule in map(self._rule_for_text, inner) if rule is not None]
        return not all(rule.necessary or exchange.permits(rule, consent) for rule in rules)

    def _remember(self, key: Hashable, plan: _Plan) -> None:
        # A rejected choice may be believed tomorrow (a clock ahead), so it is looked at again.
        if not plan.stored.rejected:
            names = sum(len(name) + _SPAN_BYTES for name, _ in plan.refused)
            self._plans.remember(
                key, plan, weight_bytes=names + _SPAN_BYTES * (1 + len(plan.visible or ()))
            )

    def _report(
        self, exchange: Exchange, hidden: list[Hidden], unknown: list[str], private: set[str]
    ) -> None:
        for name, rule, reason in hidden:
            shown = "" if name in private else name
            exchange.report(reason, Action.HIDE, name=shown, rule=rule)
        if not self._hides_unknown:
            reporter = exchange.settings.reporter
            for name in unknown:
                reporter.report_once(
                    Reason.UNKNOWN_IN_REQUEST, Action.NOTE, name=name, path=exchange.path
                )


def _join(spans: list[tuple[int, int]], header: str) -> Spans:
    """Return the spans, joined where one follows the other: fewer pieces to put together."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        follows = joined and header[joined[-1][1] : start] == "; "
        joined.append((joined.pop()[0] if follows else start, end))
    return tuple(joined)


def _refused_by_choice(hidden: list[Hidden], exchange: Exchange) -> tuple[tuple[str, Cookie], ...]:
    """Return the hidden cookies that the visitor refused by a choice: these are expired. Undecided
    and stale ones are hidden only."""
    refused = exchange.choice.refused
    return tuple(
        (name, rule)
        for name, rule, _ in hidden
        if rule is not None and not refused.isdisjoint(rule.categories)
    )
