"""Counters and spans for OpenTelemetry: what gates did, and what became of decisions.

Nothing is about a visitor: no cookie's name or value, no path, no id of a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from threading import Lock

from consentgate.choice.decision import Decision
from consentgate.errors import ConfigurationError
from consentgate.gate.events import Event
from consentgate.gate.recording import (
    Receipt,
    Recorded,
    Recorder,
    ReportingRecorder,
    TroubleListener,
)

try:
    from opentelemetry import metrics, trace
except ImportError as error:
    raise ConfigurationError(
        'telemetry needs OpenTelemetry: pip install "consentgate[otel]"'
    ) from error

MOST_SERIES = 200
"""Combinations of attributes in all; what comes after these counts as "other"."""

_NAME = "consentgate"
_FAILED = "failed"

Attributes = Mapping[str, str]


class Telemetry:
    """Reports to OpenTelemetry what the gates of a site did: pass `on_event=telemetry.on_event` to
    a middleware, and `records=telemetry.watch(...)` around what keeps its records.

    Without providers, those that the application set globally report.
    """

    def __init__(
        self,
        *,
        meter_provider: metrics.MeterProvider | None = None,
        tracer_provider: trace.TracerProvider | None = None,
    ) -> None:
        meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self.tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        self._series: set[tuple[object, ...]] = set()
        self._lock = Lock()
        self._events = meter.create_counter(
            "consentgate.events", unit="{event}", description="What gates did, by reason and action"
        )
        self._decisions = meter.create_counter(
            "consentgate.decisions", unit="{decision}", description="Decisions, by what they say"
        )
        self._records = meter.create_counter(
            "consentgate.records",
            unit="{record}",
            description="Records, by what became of them: stored, spooled, lost or failed",
        )
        self._shown = meter.create_counter(
            "consentgate.shown", unit="{page}", description="Pages that asked for a choice"
        )

    def on_event(self, event: Event) -> None:
        """Count an event, under its reason, action, category and mode."""
        self._add(
            self._events,
            reason=event.reason.value,
            action=event.action.value,
            category=event.category,
            mode=event.mode.value,
        )

    def watch(self, recorder: Recorder) -> Recorder:
        """Return a recorder that reports what becomes of the decisions that this one keeps."""
        return _WatchedRecorder(recorder, self)

    def count_decision(self, decision: Decision) -> None:
        """Count a decision, by what it says and where it was made."""
        self._add(
            self._decisions,
            decision=decision.kind.value,
            source=decision.source,
            method=decision.method,
            language=decision.language,
        )

    def count_record(self, outcome: str) -> None:
        """Count a record by what became of it."""
        self._add(self._records, outcome=outcome)

    def count_shown(self, *, language: str, place: str) -> None:
        """Count a page that asked."""
        self._add(self._shown, language=language, place=place)

    def _add(self, counter: metrics.Counter, **attributes: str) -> None:
        key = (counter, *attributes.values())
        with self._lock:
            if key not in self._series:
                # One more for each counter, which has the rest.
                if len(self._series) >= MOST_SERIES - _COUNTERS:
                    attributes = dict.fromkeys(attributes, "other")
                else:
                    self._series.add(key)
        counter.add(1, attributes)


_COUNTERS = 4


class _WatchedRecorder:
    """Keeps decisions as another recorder does, with a span from each decision to its record."""

    def __init__(self, recorder: Recorder, telemetry: Telemetry) -> None:
        self._recorder = recorder
        self._telemetry = telemetry

    def record(self, decision: Decision) -> Future[Recorded]:
        """Record a decision, and report when that is done."""
        telemetry = self._telemetry
        telemetry.count_decision(decision)
        span = telemetry.tracer.start_span(
            "consentgate.record", attributes={"consentgate.decision": decision.kind.value}
        )
        future = self._recorder.record(decision)

        def finish(done: Future[Recorded]) -> None:
            failed = done.cancelled() or done.exception() is not None
            outcome = _FAILED if failed else done.result().value
            span.set_attribute("consentgate.outcome", outcome)
            if failed:
                span.set_status(trace.StatusCode.ERROR)
            span.end()
            telemetry.count_record(outcome)

        future.add_done_callback(finish)
        return future

    def receipt(self, record_id: bytes) -> Future[Receipt | None]:
        """Make a receipt as the recorder does."""
        return self._recorder.receipt(record_id)

    def count_shown(self, *, language: str, place: str) -> None:
        """Count a page that asked, here and in the store."""
        self._telemetry.count_shown(language=language, place=place)
        self._recorder.count_shown(language=language, place=place)

    def report_to(self, listener: TroubleListener) -> None:
        """Have the recorder report its troubles, if it does."""
        if isinstance(self._recorder, ReportingRecorder):
            self._recorder.report_to(listener)

    def close(self) -> None:
        """Close the recorder."""
        self._recorder.close()
