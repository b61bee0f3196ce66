"""Reads what browsers report of the gate's Content-Security-Policy: which host, on which page.

Anybody can send a report of anything. So a body is bounded, few reports a minute are read, each
host is reported once, and of an address nothing is kept but the host and, for the page, the path:
queries hold what visitors typed (W3C CSP3 section 5.3 reports them).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from consentgate.browser.addresses import Address, address_of
from consentgate.browser.csp import DIRECTIVES
from consentgate.browser.hosts import DeclaredHosts
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.policy import Policy

LARGEST_BODY = 8192  # bytes: a report has the whole policy in it
MOST_IN_BODY = 20
MOST_A_MINUTE = 60
_MINUTE_S = 60.0

_TYPE_OF_URI = "application/csp-report"
_TYPE_OF_API = "application/reports+json"


class Contact(NamedTuple):
    """A contact with a host that browsers stopped, or would have: the host, the path of the page,
    and the directive, of those that the gate sends."""

    address: Address
    path: str
    directive: str


class ReportReceiver:
    """Receives the reports about pages of one policy, and reports each host once."""

    def __init__(self, policy: Policy) -> None:
        self._hosts = DeclaredHosts(policy)
        self._began_s = 0.0
        self._read = 0

    def receive(self, exchange: Exchange, *, content_type: str, body: bytes) -> int:
        """Take the body of one request, and return the status that answers it. Never raise."""
        essence = content_type.partition(";")[0].strip(" \t").lower()
        if essence not in (_TYPE_OF_URI, _TYPE_OF_API):
            return 415
        if len(body) > LARGEST_BODY:
            return 413
        if not self._may_read(exchange.settings.now_s()):
            return 204  # browsers send no report again, whatever they are answered
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        is_of_api = essence == _TYPE_OF_API
        for contact in _contacts_of_api(document) if is_of_api else _contacts_of_uri(document):
            self._report(exchange, contact)
        return 204

    def _may_read(self, now_s: float) -> bool:
        """Return whether this minute has room for one more. Threads that ask at once may each get
        the last place, which does no harm."""
        if not 0 <= now_s - self._began_s < _MINUTE_S:
            self._began_s, self._read = now_s, 0
        self._read += 1
        return self._read <= MOST_A_MINUTE

    def _report(self, exchange: Exchange, contact: Contact) -> None:
        rule = self._hosts.rule_for(contact.address)
        reason = Reason.HOST_UNDECLARED if rule is None else Reason.HOST_NOT_ALLOWED
        exchange.settings.reporter.report_once(
            reason,
            Action.NOTE,
            name=str(contact.address),
            path=contact.path,
            rule=rule,
            detail=contact.directive,
        )


# Any: a report is whatever was sent.
def _contacts_of_uri(document: Any) -> Iterator[Contact]:
    """Yield the contact of a report to a `report-uri` (W3C CSP3 section 5.3)."""
    report = document.get("csp-report") if isinstance(document, dict) else None
    if isinstance(report, dict):
        # Firefox had no effective-directive before 2024; the older name may hold the whole list.
        directive = report.get("effective-directive") or report.get("violated-directive")
        yield from _contact(report.get("blocked-uri"), report.get("document-uri"), directive)


def _contacts_of_api(document: Any) -> Iterator[Contact]:
    """Yield the contacts of what the Reporting API sends (W3C CSP3 section 5.4)."""
    for report in document[:MOST_IN_BODY] if isinstance(document, list) else ():
        body = report.get("body") if isinstance(report, dict) else None
        if isinstance(body, dict) and report.get("type") == "csp-violation":
            directive = body.get("effectiveDirective")
            yield from _contact(body.get("blockedURL"), body.get("documentURL"), directive)


def _contact(blocked: object, document: object, directive: object) -> Iterator[Contact]:
    if not (isinstance(blocked, str) and isinstance(document, str)):
        return
    address = address_of(blocked)
    # "inline", "eval": the gate's policy allows them. The page's own host: it redirected to another
    # one, which browsers do not name (CSP3 section 5.3).
    if address is None or address == address_of(document):
        return
    try:
        path = urlsplit(document).path
    except ValueError:
        return
    # script-src-elem and script-src-attr are parts of script-src.
    name = str(directive).partition(" ")[0].removesuffix("-elem").removesuffix("-attr")
    yield Contact(address, path, name if name in DIRECTIVES else "")
