"""Ask the application for a page that can be read: its own bytes, neither compressed nor left for
the server to send.

Only requests for a page change. What scripts, frames and style sheets ask for is compressed as
before; pages are for what is outside of the gate to compress.
"""

from __future__ import annotations

from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange

FILES = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
"""The messages by which the server sends a file itself, and the extensions that offer them."""

ACCEPT_ENCODING = "HTTP_ACCEPT_ENCODING"
"""The key of an environ that goes."""


def report_file(exchange: Exchange) -> None:
    """Report, once, that the server sends a page from a file all the same."""
    reporter = exchange.settings.reporter
    reporter.report_once(Reason.BANNER_FILE, Action.NOTE, name="", path=exchange.path)
