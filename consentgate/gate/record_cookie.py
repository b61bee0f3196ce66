"""The record cookie: the id of the record of a visitor's last grant, for the gate's own pages.

It is no tracker: it is set only after a grant and only where records are kept, changes with each
grant, goes with a refusal, and browsers send it to the visitor's pages only. By it a visitor gets
the receipt, and a withdrawal names the record that it ends (GDPR art. 7(1) and 7(3)).
"""

from __future__ import annotations

import re

from consentgate.gate.exchange import Exchange
from consentgate.http.cookie_header import cookie_values
from consentgate.policy import NECESSARY, Cookie, ExemptReason, Policy
from consentgate.policy.text import Translations

RECORD_COOKIE = "consent_record"

_ID = re.compile(r"[0-9a-f]{32}")

_PURPOSE = Translations(
    {
        "en": "Finds the record of the consent that you gave.",
        "fr": "Retrouver la preuve du consentement que vous avez donné.",
    }
)


def with_record_cookie(policy: Policy) -> Policy:
    """Return the policy with the record cookie declared. Raises PolicyError where the site declares
    a cookie of that name."""
    controller = policy.controller
    cookie = Cookie(
        RECORD_COOKIE,
        category=NECESSARY,
        exempt_reason=ExemptReason.CHOICE,
        provider=controller.name if controller else "",
        purpose=_PURPOSE,
        lifetime=max(policy.choice_lifetimes),
    )
    return policy.with_cookies(cookie)


def record_id_in(exchange: Exchange) -> bytes | None:
    """Return the id in the record cookie of a request; None where it has none, or several."""
    values = {
        value for value in cookie_values(exchange.cookie, RECORD_COOKIE) if _ID.fullmatch(value)
    }
    return bytes.fromhex(values.pop()) if len(values) == 1 else None
