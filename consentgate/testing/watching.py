"""Notes what the application sends through any gate of this process, before a verdict on it.

A gate that is made meanwhile has a judge that looks at each cookie. Its verdicts are those of every
judge, so that nothing changes on the wire; gates that were made before are not watched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from consentgate.gate.advice import Seen, see_cookie
from consentgate.gate.exchange import Exchange, OfflineExchange
from consentgate.gate.gate import Gate
from consentgate.gate.judge import ASK_JUDGE, Judge, Verdict
from consentgate.gate.settings import GateSettings
from consentgate.http.set_cookie import deletes_from, has_line_break, split_set_cookie
from consentgate.policy import Policy
from consentgate.testing.breaches import Breach, differences, not_declared


@dataclass(frozen=True, slots=True)
class Sighting:
    """One Set-Cookie of the application, under the policy of the gate that saw it, and how it
    breaks that policy. It holds no cookie's value and no query."""

    policy: Policy
    seen: Seen
    where: str
    breaches: tuple[Breach, ...]


@contextmanager
def watch_gates(
    note: Callable[[Sighting], object], *, made: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Call `note` with each Set-Cookie that an application sends, through gates that are made
    meanwhile, and `made` for each of these. Deletions are none, nor is what a test asks a gate
    without a request."""

    class WatchingJudge(Judge):
        def __init__(self, settings: GateSettings) -> None:
            super().__init__(settings)
            made()

        def category_by_name(self, text: str) -> str:
            return ASK_JUDGE

        def judge(self, value: str, exchange: Exchange) -> Verdict:
            verdict = super().judge(value, exchange)
            if not isinstance(exchange, OfflineExchange):
                sighting = see(value, exchange)
                if sighting is not None:
                    note(sighting)
            return verdict

    before = Gate.judge_class
    Gate.judge_class = WatchingJudge
    try:
        yield
    finally:
        Gate.judge_class = before


def see(value: str, exchange: Exchange) -> Sighting | None:
    """Return what a Set-Cookie is under the policy of an exchange; None where it sets nothing, or
    is the choice that a gate further in wrote."""
    name, attributes = split_set_cookie(value)
    policy = exchange.settings.policy
    if has_line_break(value) or value in exchange.inner_gate_values:
        return None
    now_s = exchange.settings.now_s()
    if deletes_from(attributes) <= now_s or name == policy.preferences_cookie:
        return None
    counted_s = now_s if exchange.date_s is None else min(now_s, exchange.date_s)
    seen = see_cookie(name, attributes, exchange.path, now_s=counted_s)
    where = f"{exchange.method} {_shown(exchange.path)}"
    rule = policy.rule_for(name) if name else None
    if rule is None:
        breaches = [not_declared(seen, where=where)]
    else:
        breaches = differences(value, rule, seen, where=where, now_s=counted_s)
    return Sighting(policy, seen, where, tuple(breaches))


def _shown(path: str) -> str:
    """Return a path without what breaks a message, or the comment of a file."""
    return path if path.isprintable() else path.encode("unicode_escape").decode("ascii")
