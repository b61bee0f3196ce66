"""Keeps a site's decisions in a store: what `records=` makes of an address."""

from __future__ import annotations

import atexit
import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from consentgate.choice.clock import utc_now
from consentgate.choice.decision import Decision
from consentgate.gate.recording import Receipt, Recorded, TroubleListener
from consentgate.records.address import Backend, StoreAddress
from consentgate.records.opening import create_store
from consentgate.records.spool import Spool
from consentgate.records.trouble_log import Counts, TroubleLog
from consentgate.records.webhook import Webhook, as_webhooks

if TYPE_CHECKING:
    from consentgate.records.worker import Worker

DEADLINE_S = 5.0
"""How long a decision may take to be stored; a page that takes longer is lost anyway."""

MOST_WAITING = 10_000
"""Decisions of one process that wait for the store, some 10 MB."""


class StoreRecorder:
    """Records decisions in the store at an address; a `Recorder`.

    `spool` is the SQLite file, or the folder for it, that keeps refusals while the store is out of
    reach: by default beside an SQLite store, else in the working folder; False: there is none.
    `webhooks` get each decision, at least once; `on_decision` is called with it in this process,
    in a thread of its own, once it took effect. `signer_key` signs the checkpoints that receipts
    need; without it, one that is derived from the site's `secret_key`.

    Raises ConfigurationError where the address, a package, the tables or the spool are wrong.
    Threads and connections are made when they are first needed, in the process that needs them, so
    that a server may fork after it made the application.
    """

    def __init__(
        self,
        address: str,
        *,
        spool: str | os.PathLike[str] | bool = True,
        webhooks: Sequence[str | Webhook] = (),
        on_decision: Callable[[Decision], object] | None = None,
        signer_key: str | None = None,
        secret_key: str | bytes | None = None,
        clock: Callable[[], datetime] = utc_now,
        deadline_s: float = DEADLINE_S,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        checked = as_webhooks(webhooks)
        self.store = create_store(address)
        secret = secret_key.encode() if isinstance(secret_key, str) else secret_key
        self._options: dict[str, Any] = {  # Any: options of several types
            "spool": _spool(spool, self.store.address),
            "webhooks": checked,
            "on_decision": on_decision,
            "signing_key": _signing_key(signer_key, secret),
            "clock": clock,
            "deadline_s": deadline_s,
            "most_waiting": most_waiting,
        }
        self._workers: dict[int, Worker] = {}
        self._locks: dict[int, Lock] = {}
        self._listeners: list[TroubleListener] = []
        self._troubles = TroubleLog(self._listeners)
        atexit.register(self.close)

    @property
    def counts(self) -> Counts:
        """How many decisions of this process were stored, spooled, lost ..., so far."""
        return self._troubles.counts

    def record(self, decision: Decision) -> Future[Recorded]:
        """Start to record a decision; see `Recorder`."""
        return self._worker().record(decision)

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Start to make the receipt of a record; see `Recorder`."""
        return self._worker().receipt(record_id)

    def count_shown(self, *, language: str, place: str) -> None:
        """Count that a question was shown; it is stored within ten seconds."""
        self._worker().count_shown(language=language, place=place)

    def report_to(self, listener: TroubleListener) -> None:
        """Call a listener for each trouble of the store; see `ReportingRecorder`."""
        self._listeners.append(listener)

    def close(self) -> None:
        """Store what waits, and end the threads of this process."""
        worker = self._workers.pop(os.getpid(), None)
        if worker is not None:
            worker.close()

    def _worker(self) -> Worker:
        return self._workers.get(os.getpid()) or self._start_worker()

    def _start_worker(self) -> Worker:
        """Return the worker of this process, made once; a lock of the process before a fork may be
        held by a thread that is not there any more."""
        process = os.getpid()
        with self._locks.setdefault(process, Lock()):
            if process not in self._workers:
                # That of the process before a fork is kept: its connections are not to be closed.
                self._troubles = TroubleLog(self._listeners)
                module: Any = import_module("consentgate.records.worker")
                options = module.WorkerOptions(**self._options)
                self._workers[process] = module.Worker(self.store, options, self._troubles)
            return self._workers[process]


def _signing_key(signer_key: str | None, secret_key: bytes | None) -> Any:
    # It needs cryptography, which `create_store` has not asked for.
    module: Any = import_module("consentgate.records.receipts")
    key = module.SigningKey(signer_key, secret_key)
    key.check()
    return key


def _spool(given: str | os.PathLike[str] | bool, address: StoreAddress) -> Spool | None:  # noqa: FBT001
    if given is False:
        return None
    if given is True:
        is_sqlite = address.backend is Backend.SQLITE
        folder, name = (address.path.parent, address.path.name) if is_sqlite else (Path(), "")
    else:
        path = Path(given)
        if not path.is_dir():
            return Spool(path.absolute())
        folder, name = path, ""
    # Two sites may share a folder: each has the spool of its own store.
    name = name or f"consent-{hashlib.sha256(address.shown.encode()).hexdigest()[:8]}"
    return Spool((folder / f"{name}-spool").absolute())
