"""Decisions on their way into the store of records, and what becomes of a grant that is not stored.

A grant is provisional until it is recorded: the response waits for it, and goes out with the choice
before it where that fails. A refusal or a withdrawal takes effect at once, recorded or not (GDPR
art. 7(1) and 7(3)). Nothing here waits; the middlewares do.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from consentgate.choice.codec import lifetime_of
from consentgate.choice.consent import Consent
from consentgate.choice.decision import (
    DecidedCategory,
    Decision,
    DecisionKind,
    Notice,
    decided_categories,
    kind_of,
    new_id,
)
from consentgate.gate.events import Action, Reason, Reporter
from consentgate.gate.exchange import Exchange
from consentgate.gate.record_cookie import RECORD_COOKIE, record_id_in
from consentgate.gate.recording import Recorded, future_of


@dataclass(frozen=True, slots=True)
class Manner:
    """How a visitor decided, as the record says it (`Decision`); by default a handler of the site
    changed the choice, which knows best what it showed. Without a notice the record is about what
    is declared."""

    method: str = "code"
    source: str = "handler"
    language: str = ""
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class PendingGrant:
    """A grant on its way into the store: the choice before and after it, and how it was made."""

    before: Consent
    after: Consent
    manner: Manner
    decision: Decision
    future: Future[Recorded]


def begin_records(exchange: Exchange) -> Future[Recorded] | None:
    """Start to record what handlers changed since the last record.

    Return the future to wait for before anything of the response leaves, None where there is
    nothing to wait for. Who waited calls `settle_grant`, and then this once more: a handler may
    have changed the choice again meanwhile.
    """
    if exchange.pending_grant is not None:
        return exchange.pending_grant.future
    after = exchange.new_choice
    if after is None or exchange.settings.records is None:
        return None
    before = _recorded_choice(exchange)
    if after == before:
        return None
    decided = decided_categories(before, after)
    changed = {
        name: category
        for name, category in decided.items()
        if (name in before.granted, name in before.refused)
        != (name in after.granted, name in after.refused)
    }
    # What was taken back and given again is given anew, as of another day.
    return _record(exchange, before, after, changed or decided, Manner())


def record_choice(exchange: Exchange, manner: Manner) -> Future[Recorded] | None:
    """Start to record the choice that a visitor just made on all categories, be it the same as
    before; return as `begin_records` does."""
    before, after = _recorded_choice(exchange), exchange.choice
    decided = decided_categories(before, after)
    return _record(exchange, before, after, decided, manner) if decided else None


def settle_grant(exchange: Exchange, future: Future[Recorded]) -> bool:
    """Keep a grant that is stored by now; else take it back, so that the choice before it holds for
    the whole response. Return whether it is kept, True where another task settled it."""
    pending = exchange.pending_grant
    if pending is None or pending.future is not future:
        return True
    exchange.pending_grant = None
    if _is_stored(pending.future):
        exchange.recorded_choice = pending.after
        exchange.write_record(pending.decision.id.hex())
        return True
    exchange.settings.reporter.report(
        Reason.GRANT_NOT_RECORDED,
        Action.NOTE,
        path=exchange.path,
        detail=_failure_of(pending.future),
    )
    _take_back(exchange, pending)
    return False


def repeat_record(exchange: Exchange, record_id: str) -> None:
    """Take the choice for recorded under an id ("" for a refusal): it was sent twice, and is one
    decision."""
    exchange.recorded_choice = exchange.choice
    if record_id or exchange.came_in(RECORD_COOKIE):
        exchange.write_record(record_id)


def _recorded_choice(exchange: Exchange) -> Consent:
    """Return the choice up to which all is recorded."""
    recorded = exchange.recorded_choice
    return exchange.stored_choice.consent if recorded is None else recorded


def _record(
    exchange: Exchange,
    before: Consent,
    after: Consent,
    categories: Mapping[str, DecidedCategory],
    manner: Manner,
) -> Future[Recorded] | None:
    settings = exchange.settings
    assert settings.records is not None, "records are kept"
    kind = kind_of(categories, frozenset(settings.policy.optional_categories))
    # What was never granted is refused unlinked: nothing of the visitor's is left to be found.
    replaces = None if kind is DecisionKind.REFUSED else record_id_in(exchange)
    decision = Decision(
        id=new_id(),
        decided_at=settings.clock(),
        kind=kind,
        categories=categories,
        notice=manner.notice or settings.records.declaration,
        language=manner.language,
        method=manner.method,
        source=manner.source,
        gpc=exchange.sends_gpc,
        replaces=replaces,
        lifetime=lifetime_of(after, settings.policy.choice_lifetimes),
    )
    future = future_of(partial(settings.records.recorder.record, decision))
    if decision.grants:
        exchange.pending_grant = PendingGrant(before, after, manner, decision, future)
        return future
    exchange.recorded_choice = after
    if not after.granted and exchange.came_in(RECORD_COOKIE):
        exchange.write_record("")
    future.add_done_callback(partial(_report_if_lost, settings.reporter, exchange.path))
    return None


def _is_stored(future: Future[Recorded]) -> bool:
    # In one step, so that it is not stored in between: nobody waits for it any longer, and a
    # recorder that stores it later writes a void entry.
    if future.cancel() or not future.done():
        return False
    try:
        return future.result() is Recorded.STORED
    except Exception:  # noqa: BLE001 (cancelled, or whatever went wrong)
        return False


def _failure_of(future: Future[Recorded]) -> str:
    """Return in a word why a decision is not recorded."""
    if future.cancelled() or not future.done():
        return "no answer"
    error = future.exception()
    return future.result().value if error is None else type(error).__name__


def _take_back(exchange: Exchange, pending: PendingGrant) -> None:
    exchange.make_private()  # what the application rendered meanwhile is for nobody else
    before, after = pending.before, pending.after
    if exchange.choice != after:
        return  # the handler chose anew, which is recorded by itself
    exchange.new_choice = None if exchange.recorded_choice is None else before
    withdrawn = before.granted & after.refused
    if not withdrawn:
        return
    # To withdraw is never in vain, whatever was granted beside it (GDPR art. 7(3)).
    assert before.day is not None, "what was granted has its day"
    prints = {name: exchange.settings.fingerprints[name] for name in withdrawn}
    left = before.with_refused(prints, day=before.day)
    exchange.choose(left)
    decided = decided_categories(before, left)
    _record(exchange, before, left, {name: decided[name] for name in withdrawn}, pending.manner)


def _report_if_lost(reporter: Reporter, path: str, future: Future[Recorded]) -> None:
    """Report a refusal without a record. It runs in whatever thread answered, and must not keep the
    exchange alive."""
    if _is_lost(future):
        reporter.report(Reason.RECORD_LOST, Action.NOTE, path=path, detail=_failure_of(future))


def _is_lost(future: Future[Recorded]) -> bool:
    if future.cancelled() or future.exception() is not None:
        return True
    return future.result() is Recorded.LOST
