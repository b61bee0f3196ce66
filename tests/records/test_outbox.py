"""Webhooks get each decision at least once, however often they fail."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from consentgate.errors import ConfigurationError
from consentgate.records.new_entries import decision_entry
from consentgate.records.opening import open_store
from consentgate.records.outbox import MOST_ATTEMPTS, Outbox, pause_after
from consentgate.records.recorder import StoreRecorder
from consentgate.records.schema import delivery
from consentgate.records.store import Store
from consentgate.records.trouble_log import TroubleLog
from consentgate.records.webhook import SIGNATURE_HEADER, Webhook
from tests.support.records import decision, entries, write
from tests.support.webhook_receiver import Receiver

SECRET = "a secret of the site and the receiver"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def outbox_of(store: Store) -> Iterator[Callable[..., Outbox]]:
    """A function that makes an outbox which does only what a test asks for."""
    made: list[Outbox] = []

    def make(*webhooks: Webhook) -> Outbox:
        outbox = Outbox.__new__(Outbox)
        outbox._session = store.session()
        outbox._webhooks = {webhook.name: webhook for webhook in webhooks}
        outbox._troubles = TroubleLog()
        outbox._is_closed = False
        made.append(outbox)
        return outbox

    yield make
    for outbox in made:
        outbox._session.close()


def rows(store: Store) -> list[Any]:
    session = store.session()
    with session.transaction() as connection:
        found = list(connection.execute(delivery.select().order_by(delivery.c.record_id)))
    session.close()
    return found


def make_due(store: Store, **changed: object) -> None:
    session = store.session()
    with session.transaction() as connection:
        connection.execute(update(delivery).values(next_at=0, **changed))
    session.close()


@pytest.mark.law(36)
def test_a_decision_is_sent_once_it_is_stored(
    address: str, tmp_path: Path, receiver: Receiver
) -> None:
    recorder = StoreRecorder(address, spool=tmp_path, webhooks=[receiver.url])
    made = decision()

    recorder.record(made).result(10)
    request = receiver.wait_for(1)[0]

    recorder.close()
    assert request.headers["Idempotency-Key"] == made.id.hex()
    assert request.headers["Content-Type"] == "application/json"
    assert SIGNATURE_HEADER not in request.headers
    assert request.body == made.payload()
    assert (request.method, request.path) == ("POST", "/hook?site=1")
    assert json.loads(request.body)["decision"] == "given"


def test_with_a_secret_the_body_is_signed(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    webhook = Webhook(receiver.url, secret=SECRET, name="crm")
    write(store, [decision_entry(decision(), targets=("crm",))])

    outbox_of(webhook).deliver_due()

    (request,) = receiver.requests
    expected = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers[SIGNATURE_HEADER] == f"sha256={expected}"


def test_each_target_gets_each_decision(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    first, second = Webhook(receiver.url, name="first"), Webhook(receiver.url, name="second")
    write(store, [decision_entry(decision(), targets=("first", "second")) for _ in range(2)])

    outbox = outbox_of(first, second)

    assert outbox.deliver_due() == 4
    assert outbox.deliver_due() == 0
    assert len(receiver.requests) == 4
    with store.read() as reading:
        assert reading.backlog().deliveries == 0


def test_what_is_for_a_target_that_nobody_knows_waits(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    write(store, [decision_entry(decision(), targets=("gone",))])

    assert outbox_of(Webhook(receiver.url)).deliver_due() == 0

    with store.read() as reading:
        assert reading.backlog().deliveries == 1


def test_a_failure_is_tried_again_later(
    store: Store,
    receiver: Receiver,
    outbox_of: Callable[..., Outbox],
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.statuses += [503]
    outbox = outbox_of(Webhook(receiver.url, name="crm"))
    write(store, [decision_entry(decision(), targets=("crm",))])

    outbox.deliver_due()
    at_once = outbox.deliver_due()
    (row,) = rows(store)
    make_due(store)
    outbox.deliver_due()

    assert at_once == 0
    assert (row.attempts, row.last_error, row.done_at) == (1, "it answered 503", None)
    assert row.next_at > time.time() * 1e6
    (row,) = rows(store)
    assert (row.attempts, row.last_error) == (2, "")
    assert row.done_at is not None
    assert caplog.messages == ["consentgate: the webhook crm failed: it answered 503"]


def test_a_redirect_is_not_followed(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    receiver.statuses += [307]
    write(store, [decision_entry(decision(), targets=("crm",))])

    outbox_of(Webhook(receiver.url, name="crm")).deliver_due()

    assert rows(store)[0].last_error == "it answered 307"


def test_a_receiver_out_of_reach_is_tried_again(
    store: Store, outbox_of: Callable[..., Outbox]
) -> None:
    write(store, [decision_entry(decision(), targets=("crm",))])

    outbox_of(Webhook("http://127.0.0.1:9", name="crm")).deliver_due()

    assert "refused" in rows(store)[0].last_error


def test_a_delivery_is_given_up_in_the_end(
    store: Store,
    receiver: Receiver,
    outbox_of: Callable[..., Outbox],
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.statuses += [500]
    write(store, [decision_entry(decision(), targets=("crm",))])
    make_due(store, attempts=MOST_ATTEMPTS - 1)

    outbox_of(Webhook(receiver.url, name="crm")).deliver_due()

    (row,) = rows(store)
    assert (row.next_at, row.done_at) == (None, None)
    with store.read() as reading:
        assert (reading.backlog().deliveries, reading.backlog().given_up) == (0, 1)
    assert "failed for the last time" in caplog.text


def test_pauses_double_up_to_three_hours() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]

    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == 3 * 3_600
    assert 20 < sum(pauses) / 3_600 < 24


def test_what_was_erased_is_not_sent(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    entry = decision_entry(decision(), targets=("crm",))
    write(store, [entry])
    store.erase(entry.id)

    outbox_of(Webhook(receiver.url, name="crm")).deliver_due()

    assert receiver.requests == []
    assert rows(store)[0].last_error == "the record was erased"


def test_two_processes_do_not_send_the_same_at_the_same_time(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    webhook = Webhook(receiver.url, name="crm")
    outboxes = [outbox_of(webhook), outbox_of(webhook)]
    write(store, [decision_entry(decision(), targets=("crm",)) for _ in range(40)])

    def deliver_all(outbox: Outbox) -> None:
        while outbox.deliver_due():
            pass

    threads = [threading.Thread(target=deliver_all, args=[outbox]) for outbox in outboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    keys = [request.headers["Idempotency-Key"] for request in receiver.requests]
    assert len(keys) == len(set(keys)) == 40


def test_what_a_closed_outbox_claimed_is_left_for_later(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    outbox = outbox_of(Webhook(receiver.url, name="crm"))
    write(store, [decision_entry(decision(), targets=("crm",)) for _ in range(3)])
    receiver.on_request = lambda: setattr(outbox, "_is_closed", True)

    outbox.deliver_due()

    assert len(receiver.requests) == 1
    with store.read() as reading:
        assert reading.backlog().deliveries == 2


def test_a_failing_store_does_not_end_the_outbox(
    sqlite_address: str, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(sqlite_address)
    session = store.session()
    transaction = session.transaction
    fails = [True]

    def fail_once() -> Any:
        if fails:
            raise OSError(fails.pop() and "no lock file")
        return transaction()

    session.transaction = fail_once  # type: ignore[method-assign]
    outbox = Outbox(session, [Webhook(receiver.url, name="crm")], TroubleLog())
    write(store, [decision_entry(decision(), targets=("crm",))])

    outbox.wake()

    receiver.wait_for(1)
    outbox.close(10)
    assert "webhooks wait: no lock file" in caplog.text


def test_a_webhook_is_named_by_its_host_and_path() -> None:
    assert Webhook("https://crm.example.org/hook?token=s3cret").name == "crm.example.org/hook"
    assert "s3cret" not in repr(Webhook("https://crm.example.org/hook?token=s3cret"))


def test_two_webhooks_of_one_name_are_refused(sqlite_address: str) -> None:
    with pytest.raises(ConfigurationError, match="a name of its own"):
        StoreRecorder(sqlite_address, webhooks=["https://a.example/h?1", "https://a.example/h?2"])


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="shorter than 16"):
        Webhook("https://crm.example.org/", secret="short")


def test_https_is_spoken_where_the_address_says_so(
    store: Store, receiver: Receiver, outbox_of: Callable[..., Outbox]
) -> None:
    write(store, [decision_entry(decision(), targets=("crm",))])

    outbox_of(Webhook(receiver.url.replace("http:", "https:"), name="crm")).deliver_due()

    assert receiver.requests == []
    assert "SSL" in rows(store)[0].last_error


def test_entries_without_targets_make_no_delivery(store: Store) -> None:
    write(store, entries(2))

    assert rows(store) == []
