"""The signed value of a preferences cookie, for tests that start with a choice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from consentgate.gate.gate import Gate
from consentgate.policy import Policy


def signed_preferences(
    policy: Policy,
    secret_key: str | bytes,
    *allowed: str,
    on: date | None = None,
    audience: str = "",
) -> str:
    """Return the value of the preferences cookie of a visitor who allowed these categories, and
    refused the others, on that day (UTC; today without one).

    The cookie's name is `policy.preferences_cookie`. Raises ConfigurationError for a category that
    the policy does not have.
    """
    day = datetime.now(UTC).date() if on is None else on
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    gate = Gate(policy, secret_key=secret_key, audience=audience, clock=lambda: noon)
    return gate.preferences_for(*allowed).partition("=")[2]
