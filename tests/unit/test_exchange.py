"""What the gate is asked outside of a request."""

from __future__ import annotations

from consentgate import Consent, Reason
from consentgate.gate.exchange import OfflineExchange
from tests.support.exchange import gate_of


def test_without_a_request_there_are_no_headers() -> None:
    exchange = OfflineExchange(gate_of().settings, Consent.undecided(), cookie="a=1")

    assert (exchange.header("host"), exchange.sent_among(("if-none-match",))) == ("", [])
    assert (exchange.method, exchange.path, exchange.secure) == ("GET", "", True)
    assert (exchange.cookie, exchange.sends_gpc) == ("a=1", False)


def test_without_a_request_the_consent_is_the_one_that_is_given() -> None:
    gate = gate_of()
    exchange = OfflineExchange(gate.settings, gate.consent_for("statistics"))

    assert exchange.choice == gate.consent_for("statistics")
    assert exchange.why_denied(("marketing",)) is Reason.REFUSED
