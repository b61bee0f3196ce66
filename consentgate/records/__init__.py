"""Consent records: one append-only row for each explicit decision, in a log that shows tampering.

The gate and the pages know the protocol `consentgate.gate.recording.Recorder` only.
"""
