"""Reports what is wrong with the store of records as events of the gate."""

from __future__ import annotations

from consentgate.gate.events import Action, Reason, Reporter
from consentgate.gate.recording import Recorder, ReportingRecorder, StoreTrouble

_REASONS = {
    StoreTrouble.UNREACHABLE: Reason.STORE_UNREACHABLE,
    StoreTrouble.SPOOLED: Reason.SPOOL_IN_USE,
    StoreTrouble.CLOCKS_APART: Reason.CLOCKS_APART,
}


def report_troubles(recorder: Recorder, reporter: Reporter) -> None:
    """Have the troubles of a recorder's store reported, if it is one that says them."""
    if not isinstance(recorder, ReportingRecorder):
        return

    def report(trouble: StoreTrouble, text: str) -> None:
        reporter.report(_REASONS[trouble], Action.NOTE, detail=text)

    recorder.report_to(report)
