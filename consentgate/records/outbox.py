"""Sends decisions to webhooks: at least once, by whichever process comes first.

A delivery is a row that was written with its record, so that it outlives the process. Whoever
sends it puts its next try off first, for longer than sending takes: two do not send it at the same
time, and what a killed process had begun is sent again later.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, bindparam, select, update

from consentgate.records.look_out import LookOut
from consentgate.records.schema import delivery, record
from consentgate.records.session import Session
from consentgate.records.store import reason_of
from consentgate.records.trouble_log import TroubleLog
from consentgate.records.webhook import Webhook

MOST_ATTEMPTS = 20
"""Then a delivery is given up; with the pauses between them that is almost a day."""

_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 3 * 3_600.0
_TIMEOUT_S = 10.0
_CLAIMED = 10  # deliveries at once
_CLAIM_S = 2 * _CLAIMED * _TIMEOUT_S
_ERASED = "the record was erased"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be sent to whom, and the how many-eth attempt it is."""

    record_id: bytes
    target: str
    attempt: int
    payload: bytes | None


class Outbox(LookOut):
    """The thread of one process that sends."""

    thread_name = "consentgate webhooks"
    between_looks_s = 5.0  # for what is due again, and what other processes left

    def __init__(self, session: Session, webhooks: Sequence[Webhook], troubles: TroubleLog) -> None:
        self._webhooks = {webhook.name: webhook for webhook in webhooks}
        super().__init__(session, troubles)

    def look(self) -> None:
        """Send what is due."""
        try:
            while not self._is_closed and self.deliver_due():
                pass
        except Exception as error:  # noqa: BLE001 (whatever fails, it is tried again)
            self._troubles.report("outbox", f"webhooks wait: {reason_of(error)}")

    def deliver_due(self) -> int:
        """Send what is due, a few at most; return how many were tried."""
        with self._session.transaction() as connection:
            claimed = _claim(connection, list(self._webhooks), _now_us())
        for due in claimed:
            if self._is_closed:
                break  # it is sent once the claim has ended
            error = self._send(due)
            with self._session.transaction() as connection:
                _note_result(connection, due, error)
        return len(claimed)

    def _send(self, due: Delivery) -> str:
        """Return what went wrong, "" if nothing did."""
        if due.payload is None:
            return ""
        error = _post(self._webhooks[due.target], due)
        if error:
            last = " for the last time" if due.attempt >= MOST_ATTEMPTS else ""
            self._troubles.report(
                f"webhook {due.target}", f"the webhook {due.target} failed{last}: {error}"
            )
        return error


def _claim(connection: Connection, targets: list[str], now_us: int) -> list[Delivery]:
    due = (
        select(delivery.c.record_id, delivery.c.target, delivery.c.attempts, record.c.payload)
        .join(
            record,
            and_(
                record.c.id == delivery.c.record_id,
                record.c.decided_at == delivery.c.decided_at,
            ),
        )
        .where(delivery.c.done_at.is_(None), delivery.c.next_at <= now_us)
        .where(delivery.c.target.in_(targets))
        .order_by(delivery.c.next_at)
        .limit(_CLAIMED)
        .with_for_update(skip_locked=True, of=delivery)
    )
    rows = connection.execute(due).all()
    if rows:
        connection.execute(
            _CHANGE.values(next_at=now_us + int(_CLAIM_S * 1e6), attempts=delivery.c.attempts + 1),
            [{"id": row.record_id, "to": row.target} for row in rows],
        )
    return [Delivery(row.record_id, row.target, row.attempts + 1, row.payload) for row in rows]


_CHANGE = update(delivery).where(
    delivery.c.record_id == bindparam("id"), delivery.c.target == bindparam("to")
)


def _note_result(connection: Connection, due: Delivery, error: str) -> None:
    now_us = _now_us()
    changed: dict[str, object] = {"done_at": now_us, "last_error": ""}
    if due.payload is None:
        changed["last_error"] = _ERASED
    elif error:
        is_last = due.attempt >= MOST_ATTEMPTS
        next_at = None if is_last else now_us + int(pause_after(due.attempt) * 1e6)
        changed = {"next_at": next_at, "last_error": error}
    connection.execute(_CHANGE.values(changed), {"id": due.record_id, "to": due.target})


def pause_after(attempt: int) -> float:
    """Return the seconds between an attempt that failed and the next: each is twice the last."""
    return min(_FIRST_PAUSE_S * 2.0 ** (attempt - 1), _LONGEST_PAUSE_S)


def _post(webhook: Webhook, due: Delivery) -> str:
    """Send one delivery; return what went wrong, "" if nothing did. No redirect is followed: a
    decision goes where the site said."""
    parts = urlsplit(webhook.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    body = due.payload or b""
    try:
        connection.request("POST", path, body, webhook.headers(due.record_id, body))
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"it answered {status}"


def _now_us() -> int:
    return time.time_ns() // 1_000
