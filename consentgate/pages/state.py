"""The visitor's state for the scripts of a page, and the answer to Global Privacy Control."""

from __future__ import annotations

import json
from datetime import date

from consentgate.choice.codec import lifetime_of
from consentgate.choice.consent import NECESSARY, Consent
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Enforcement, Mode
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.http import Headers, Request, Response

EVENT = "consentgate:state"
"""The event on `document` whose `detail` is the state."""

# For this visitor only: no cache keeps it, no script of another site reads it (whatever the
# cookie's SameSite and the browser's age), and no browser runs the JSON as a script.
PRIVATE: Headers = (
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)

_JSON = ("content-type", "application/json")
_SCRIPT = ("content-type", "text/javascript; charset=utf-8")
_TEXT = ("content-type", "text/plain; charset=utf-8")


def state_response(request: Request) -> Response:
    """Return the state as JSON, for this visitor only."""
    return Response(200, (_JSON, *PRIVATE), state_json(request.exchange))


def state_script(request: Request) -> Response:
    """Return a script that gives the state to the page which loads it, on the same site only."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return Response(403, (_TEXT, *PRIVATE), b"This script is for pages of the same site.\n")
    state = state_json(request.exchange).decode("ascii")
    script = f'document.dispatchEvent(new CustomEvent("{EVENT}",{{detail:{state}}}));\n'
    return Response(200, (_SCRIPT, *PRIVATE), script.encode("ascii"))


def state_json(exchange: Exchange) -> bytes:
    """Return the state as JSON in ASCII.

    Its keys: `decided`; `banner`, true if the visitor is to be asked; the `day` of the choice and
    `until`, the last day on which it counts, both null if nothing was chosen; `signal`, true if
    the browser sends Global Privacy Control; `categories`, `necessary` first, each "granted",
    "refused" (by that signal too), "undecided" or "exempt" (no consent needed).
    """
    consent = VisitorConsent(exchange).value
    state = {
        "decided": VisitorConsent(exchange).decided,
        "banner": must_ask(exchange),
        "day": _iso(consent.day),
        "until": _iso(_last_day(consent, exchange)),
        "signal": exchange.sends_gpc,
        "categories": {
            name: _state_of(name, consent, exchange)
            for name in (NECESSARY, *exchange.settings.policy.optional_categories)
        },
    }
    return json.dumps(state, separators=(",", ":")).encode("ascii")


def must_ask(exchange: Exchange) -> bool:
    """Return True if the visitor is to be asked: some category needs a consent that was neither
    given nor refused, by the visitor or by the browser's signal (W3C Global Privacy Control)."""
    if exchange.enforcement is not Enforcement.ENFORCE or exchange.settings.mode is Mode.REPORT:
        return False
    consent = VisitorConsent(exchange).value
    answered = consent.granted | consent.refused
    return not answered.issuperset(exchange.settings.policy.consent_categories)


def gpc_json(updated: date) -> bytes:
    """Return the statement that the site honours the signal, with the day of its last change (W3C
    Global Privacy Control, "well-known resource")."""
    return json.dumps({"gpc": True, "lastUpdate": updated.isoformat()}).encode("ascii")


def _state_of(name: str, consent: Consent, exchange: Exchange) -> str:
    if name == NECESSARY or exchange.enforcement is Enforcement.NOT_REQUIRED:
        return "exempt"
    if name in consent.granted:
        return "granted"
    if name in consent.refused:
        return "refused"
    is_asked = name in exchange.settings.policy.consent_categories
    return "undecided" if is_asked else "exempt"


def _last_day(consent: Consent, exchange: Exchange) -> date | None:
    if consent.day is None:
        return None
    return consent.day + lifetime_of(consent, exchange.settings.policy.choice_lifetimes)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
