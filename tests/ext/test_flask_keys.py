"""The gate's key in Flask: derived from the application's, older ones included, or its own."""

from __future__ import annotations

from typing import Any

from consentgate import Gate
from consentgate.ext.flask import ConsentGate
from consentgate.ext.flask.settings import read_settings
from tests.ext.flask_site import KEY, POLICY, left, make_app


def choice_under(settings: Any) -> str:
    """The Cookie header of a visitor who granted statistics at a gate of these settings."""
    gate = Gate(settings.policy, secret_key=settings.secret_key)
    return gate.preferences_for("statistics")


def test_a_choice_under_an_older_key_of_the_application_still_holds() -> None:
    old = choice_under(read_settings(make_app(SECRET_KEY="an older key of 30 characters"), POLICY))
    app = make_app(
        CONSENTGATE_POLICY=POLICY, SECRET_KEY_FALLBACKS=["an older key of 30 characters"]
    )
    ConsentGate(app)

    assert "visits" in left(app, old)


def test_the_gates_key_is_not_the_applications() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    assert "visits" not in left(app, Gate(POLICY, secret_key=KEY).preferences_for("statistics"))


def test_a_key_of_the_gates_own_is_used_as_it_is() -> None:
    newest = "a key of the gate alone, 32 characters"
    older = "the key of the gate before that, longer"
    app = make_app(
        CONSENTGATE_POLICY=POLICY, CONSENTGATE_SECRET_KEY=newest, CONSENTGATE_FALLBACK_KEYS=[older]
    )
    ConsentGate(app)

    choices = [
        Gate(POLICY, secret_key=key).preferences_for("statistics") for key in (newest, older)
    ]

    assert ["visits" in left(app, choice) for choice in choices] == [True, True]


def test_the_settings_show_no_key() -> None:
    shown = repr(read_settings(make_app(CONSENTGATE_SECRET_KEY=KEY), POLICY))

    assert KEY not in shown
