"""Troubles of the store are events of the gate, once a minute for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from consentgate._middleware import GatesByPolicy
from consentgate.choice.clock import utc_now
from consentgate.gate.events import Action, Event, Reason
from consentgate.gate.recording import Recorded, Recorder
from consentgate.http.wire import TEXT
from consentgate.records.trouble_log import TroubleLog
from tests.support.exchange import POLICY, SECRET
from tests.support.scripted_store import FULL, Site, error_of, failing
from tests.support.waiting import wait_until


def events_of(recorder: Recorder) -> list[Event]:
    """The events of a middleware that keeps its records with this recorder, as they come."""
    events: list[Event] = []
    options = {"records": recorder, "on_event": events.append}
    GatesByPolicy(POLICY, secret_key=SECRET, options=options, wire=TEXT)  # type: ignore[arg-type]
    return events


def reasons(events: list[Event]) -> list[Reason]:
    return [event.reason for event in events]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level("WARNING", logger="consentgate"):
        yield caplog


def test_a_store_out_of_reach_and_a_spool_in_use_are_events(
    site: Site, log: pytest.LogCaptureFixture
) -> None:
    events = events_of(site.recorder)
    site.store.before += [failing(FULL)] * 99

    for _ in range(2):
        error_of(site.grant())
        assert site.refuse().result(10) is Recorded.SPOOLED

    wait_until(lambda: len(events) == 2)
    site.store.before.clear()
    assert reasons(events) == [Reason.STORE_UNREACHABLE, Reason.SPOOL_IN_USE]
    assert events[0].action is Action.NOTE
    assert "database or disk is full" in events[0].detail
    assert events[1].detail == "refusals that went into the spool so far: 1"
    assert [line[:5] for line in log.messages[1:]] == ["CG157", "CG158"]  # no controller: CG052


def test_a_store_that_does_not_answer_in_time_is_an_event(hasty_site: Site) -> None:
    events = events_of(hasty_site.recorder)
    hasty_site.store.before += [lambda: wait_until(lambda: bool(events))]

    error_of(hasty_site.grant())

    wait_until(lambda: bool(events))
    assert reasons(events) == [Reason.STORE_UNREACHABLE]
    assert "did not answer in time" in events[0].detail


def test_clocks_that_are_far_apart_are_an_event(sqlite_address: str, tmp_path: Path) -> None:
    site = Site(sqlite_address, tmp_path, clock=lambda: utc_now() - timedelta(minutes=6))
    events = events_of(site.recorder)

    site.grant().result(10)

    wait_until(lambda: bool(events))
    site.recorder.close()
    assert reasons(events) == [Reason.CLOCKS_APART]


def test_each_middleware_that_shares_a_recorder_hears_of_it(site: Site) -> None:
    both = events_of(site.recorder), events_of(site.recorder)
    site.store.before += [failing(FULL)]

    error_of(site.grant())

    wait_until(lambda: all(both))
    assert [reasons(events) for events in both] == [[Reason.STORE_UNREACHABLE]] * 2


def test_a_trouble_is_reported_again_after_a_minute(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    now_s = [0.0]
    monkeypatch.setattr("consentgate.records.trouble_log.time.monotonic", lambda: now_s[0])
    troubles = TroubleLog([lambda _, text: heard.append(text)])

    for now_s[0] in (0.0, 59.0, 60.0, 61.0):
        troubles.report("store", f"at {now_s[0]}")
        troubles.report("outbox", "webhooks wait")

    assert heard == ["at 0.0", "at 60.0"]
    assert log.messages == ["consentgate: webhooks wait"] * 2  # for the log alone
