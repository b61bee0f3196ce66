"""A visit without a request: for unit tests and for whoever asks the gate outside of one."""

from __future__ import annotations

from consentgate.consent import Consent
from consentgate.context import GateContext
from consentgate.visit import Visit


class DetachedVisit(Visit):
    """A GET over https by a visitor of the given consent."""

    method = "GET"
    path = ""
    secure = True

    def __init__(self, context: GateContext, consent: Consent, *, cookie: str = "") -> None:
        self.context = context
        self.request = {}
        self.original_cookie = cookie
        self.known = context.reader.settle(consent)

    def header(self, name: str) -> str:
        """No request, no headers."""
        return ""
