"""What records the decisions of one process: its threads and connections, none of which a forked
process inherits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from consentgate.choice.decision import Decision
from consentgate.gate.recording import Receipt, Recorded
from consentgate.records.address import Backend
from consentgate.records.announcer import Announcer
from consentgate.records.chores import Chores
from consentgate.records.deadlines import Deadlines
from consentgate.records.integrator import Integrator
from consentgate.records.new_entries import decision_entry
from consentgate.records.outbox import Outbox
from consentgate.records.pending import PendingDecision
from consentgate.records.receipts import Receipts, SigningKey
from consentgate.records.spool import Spool
from consentgate.records.store import Store
from consentgate.records.tally import shown_key
from consentgate.records.trouble_log import TroubleLog
from consentgate.records.voids import Voids
from consentgate.records.webhook import Webhook
from consentgate.records.writer import Writer


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a site chose, checked."""

    spool: Spool | None
    webhooks: tuple[Webhook, ...]
    on_decision: Callable[[Decision], object] | None
    signing_key: SigningKey
    clock: Callable[[], datetime]
    deadline_s: float
    most_waiting: int


class Worker:
    """The recording of one process."""

    def __init__(self, store: Store, options: WorkerOptions, troubles: TroubleLog) -> None:
        self._options = options
        self._targets = tuple(webhook.name for webhook in options.webhooks)
        self._announcer = self._outbox = self._integrator = None
        spool_has_news = Event()
        spool, clock = options.spool, options.clock
        if options.on_decision is not None:
            self._announcer = Announcer(options.on_decision, troubles)
        if options.webhooks:
            self._outbox = Outbox(store.session(), options.webhooks, troubles)
        self._receipts = Receipts(store, options.signing_key, clock=clock, troubles=troubles)
        if store.address.backend is Backend.POSTGRESQL:
            self._integrator = Integrator(store.session(), troubles)
        self._deadlines = Deadlines(
            spool,
            clock=clock,
            announce=self._announce,
            troubles=troubles,
            spool_has_news=spool_has_news,
            most_waiting=options.most_waiting,
        )
        session = store.session()
        self._chores = Chores(
            session, spool=spool, spool_has_news=spool_has_news, clock=clock, troubles=troubles
        )
        self._writer = Writer(
            session,
            deadlines=self._deadlines,
            voids=Voids(spool, clock=clock, troubles=troubles),
            chores=self._chores,
            after_commit=self._after_commit,
            troubles=troubles,
            most_waiting=options.most_waiting,
            deadline_s=options.deadline_s,
        )

    def record(self, decision: Decision) -> Future[Recorded]:
        """Start to record a decision."""
        pending = PendingDecision(
            decision,
            decision_entry(decision, targets=self._targets),
            deadline_s=time.monotonic() + self._options.deadline_s,
        )
        self._writer.submit(pending)
        return pending.future

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Start to make the receipt of a record."""
        return self._receipts.make(record_id)

    def count_shown(self, *, language: str, place: str) -> None:
        """Count that a question was shown."""
        day = self._options.clock().date()
        self._chores.count(shown_key(day, language=language, place=place))

    def close(self) -> None:
        """Store what waits, and end all threads; what is stuck is left after the deadline."""
        longest_s = self._options.deadline_s + 1.0
        self._writer.close(longest_s)
        self._deadlines.close()
        self._receipts.close()
        for helper in (self._integrator, self._outbox, self._announcer):
            if helper is not None:
                helper.close(longest_s)

    def _after_commit(self, decisions: Sequence[Decision]) -> None:
        for waiting in (self._integrator, self._outbox):
            if waiting is not None:
                waiting.wake()
        for decision in decisions:
            self._announce(decision)

    def _announce(self, decision: Decision) -> None:
        if self._announcer is not None:
            self._announcer.announce(decision)
