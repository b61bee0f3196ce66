"""What OpenTelemetry gets of a site's gates: counts and spans, and nothing of a visitor."""

from __future__ import annotations

import importlib
import sys
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from consentgate import ConfigurationError, Consent, Cookie, Gate, Policy
from consentgate.choice.decision import Decision, DecisionKind, new_id
from consentgate.errors import RecordStoreError
from consentgate.ext.opentelemetry import MOST_SERIES, Telemetry
from consentgate.gate.events import Action, Event, Reason
from consentgate.gate.recording import Receipt, Recorded, ReportingRecorder, TroubleListener

KEY = "for tests only, of 32 characters"


class Site:
    """A site's telemetry, and what arrives of it."""

    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self._spans = InMemorySpanExporter()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.telemetry = Telemetry(
            meter_provider=MeterProvider([self._reader]), tracer_provider=tracers
        )

    def counts(self, name: str) -> dict[tuple[tuple[str, Any], ...], float]:
        """The counts of one counter, by attributes."""
        data = self._reader.get_metrics_data()
        return {
            tuple(sorted((point.attributes or {}).items())): point.value
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == f"consentgate.{name}"
            for point in metric.data.data_points
            if isinstance(point, NumberDataPoint)
        }

    def spans(self) -> list[tuple[str, dict[str, Any], bool]]:
        """The spans that ended: name, attributes, and whether they failed."""
        return [
            (span.name, dict(span.attributes or {}), not span.status.is_unset)
            for span in self._spans.get_finished_spans()
        ]


class Kept:
    """A recorder that does with each decision what it is told to do."""

    def __init__(self, outcome: Recorded | BaseException | None) -> None:
        self._outcome = outcome
        self.shown: list[tuple[str, str]] = []
        self.is_closed = False

    def record(self, decision: Decision) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        if self._outcome is None:
            future.cancel()
        elif isinstance(self._outcome, BaseException):
            future.set_exception(self._outcome)
        else:
            future.set_result(self._outcome)
        return future

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        future: Future[Receipt | None] = Future()
        future.set_result(Receipt(record_id, is_final=True))
        return future

    def count_shown(self, *, language: str, place: str) -> None:
        self.shown.append((language, place))

    def close(self) -> None:
        self.is_closed = True


DECISION = Decision(
    id=new_id(),
    decided_at=datetime(2026, 5, 1, tzinfo=UTC),
    kind=DecisionKind.GIVEN,
    categories={},
    notice=None,
    language="fr",
    method="accept",
    source="banner",
)


@pytest.fixture
def site() -> Site:
    return Site()


def test_what_a_gate_does_is_counted_by_reason_and_category(site: Site) -> None:
    policy = Policy(cookies=[Cookie("_pk_id.*", category="statistics")])
    gate = Gate(policy, secret_key=KEY, on_event=site.telemetry.on_event)

    for _ in range(3):
        gate.filter(["_pk_id.1=x", "_promo_id=7"], Consent.undecided())

    assert {
        (values["reason"], values["category"], count)
        for key, count in site.counts("events").items()
        if (values := dict(key))
    } == {("CG111", "statistics", 3), ("CG110", "", 3)}


def test_no_name_path_or_id_arrives(site: Site) -> None:
    site.telemetry.on_event(
        Event(Reason.UNDECLARED, Action.STRIP, name="a_name", path="/a_path", attributes="Path=/x")
    )
    site.telemetry.watch(Kept(Recorded.STORED)).record(DECISION)

    arrived = repr([site.counts(name) for name in ("events", "decisions", "records")])
    arrived += repr(site.spans())

    assert not [text for text in ("a_name", "a_path", DECISION.id.hex()) if text in arrived]


@pytest.mark.parametrize(
    ("outcome", "word", "failed"),
    [
        (Recorded.STORED, "stored", False),
        (Recorded.SPOOLED, "spooled", False),
        (Recorded.LOST, "lost", False),
        (RecordStoreError("the disk is full"), "failed", True),
        (None, "failed", True),
    ],
)
def test_what_becomes_of_a_record_is_counted_and_has_a_span(
    site: Site, outcome: Recorded | BaseException | None, word: str, failed: bool
) -> None:
    site.telemetry.watch(Kept(outcome)).record(DECISION)

    assert site.counts("records") == {(("outcome", word),): 1}
    assert site.spans() == [
        (
            "consentgate.record",
            {"consentgate.decision": "given", "consentgate.outcome": word},
            failed,
        )
    ]


def test_a_decision_is_counted_by_what_it_says(site: Site) -> None:
    site.telemetry.watch(Kept(Recorded.STORED)).record(DECISION)

    assert list(site.counts("decisions")) == [
        (("decision", "given"), ("language", "fr"), ("method", "accept"), ("source", "banner"))
    ]


def test_the_recorder_inside_is_told_all(site: Site) -> None:
    kept = Kept(Recorded.STORED)
    watched = site.telemetry.watch(kept)

    watched.count_shown(language="fr", place="banner")
    receipt = watched.receipt(b"id").result()
    watched.close()

    assert kept.shown == [("fr", "banner")]
    assert receipt == Receipt(b"id", is_final=True)
    assert kept.is_closed
    assert site.counts("shown") == {(("language", "fr"), ("place", "banner")): 1}


def test_the_recorder_inside_reports_the_troubles_of_its_store(site: Site) -> None:
    heard: list[TroubleListener] = []

    class Reporting(Kept):
        def report_to(self, listener: TroubleListener) -> None:
            heard.append(listener)

    listen = Mock()
    for kept in (Kept(Recorded.STORED), Reporting(Recorded.STORED)):
        watched = site.telemetry.watch(kept)
        assert isinstance(watched, ReportingRecorder)
        watched.report_to(listen)

    assert heard == [listen]


def test_there_are_at_most_so_many_series(site: Site) -> None:
    for number in range(2 * MOST_SERIES):
        site.telemetry.on_event(Event(Reason.REFUSED, Action.STRIP, category=f"c{number}"))
        site.telemetry.watch(Kept(Recorded.STORED)).count_shown(language=f"l{number}", place="x")

    events, shown = site.counts("events"), site.counts("shown")

    assert len(events) + len(shown) <= MOST_SERIES
    assert sum(events.values()) == sum(shown.values()) == 2 * MOST_SERIES


def test_without_opentelemetry_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "consentgate.ext.opentelemetry")

    with pytest.raises(ConfigurationError, match=r"consentgate\[otel\]"):
        importlib.import_module("consentgate.ext.opentelemetry")
