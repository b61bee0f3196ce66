"""What needs no consent, and for which reasons."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Cookie, Policy
from consentgate.policy import ExemptReason
from tests.unit.policy.reported import ids, refusal


@pytest.mark.law(14)
def test_a_necessary_cookie_is_exempt_for_a_reason() -> None:
    cookie = Cookie("sid", category="necessary", exempt_reason="basket")

    assert (cookie.necessary, cookie.exempt) == (True, True)
    assert cookie.exempt_reason is ExemptReason.BASKET


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("session", ExemptReason.AUTHENTICATION),
        ("anything", ExemptReason.AUTHENTICATION),
        ("csrftoken", ExemptReason.AUTHENTICATION),
        ("django_language", ExemptReason.INTERFACE),
        ("Locale", ExemptReason.INTERFACE),
        ("cart", ExemptReason.BASKET),
        ("AWSALB", ExemptReason.LOAD_BALANCING),
        ("cookies_preferences", ExemptReason.CHOICE),
    ],
)
@pytest.mark.law(14)
def test_a_necessary_cookie_has_a_default_reason(name: str, reason: ExemptReason) -> None:
    assert Cookie(name, category="necessary").exempt_reason is reason


@pytest.mark.law(16)
def test_anonymous_audience_measurement_is_exempt_but_not_necessary() -> None:
    cookie = Cookie("_pk_id.*", category="statistics", anonymous=True)

    assert (cookie.necessary, cookie.exempt) == (False, True)
    assert cookie.exempt_reason is ExemptReason.AUDIENCE_MEASUREMENT


@pytest.mark.law(15)
def test_what_is_exempt_is_among_the_rules_with_its_reason() -> None:
    policy = Policy(["session"], [Cookie("_pk_id.*", category="statistics", anonymous=True)])

    assert [(rule.name, rule.exempt_reason) for rule in policy.rules if rule.exempt] == [
        ("cookies_preferences", "choice"),
        ("session", "authentication"),
        ("_pk_id.*", "audience_measurement"),
    ]


def test_any_other_cookie_is_not_exempt() -> None:
    cookie = Cookie("_ga", category="statistics")

    assert (cookie.exempt, cookie.exempt_reason) == (False, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"category": "necessary", "exempt_reason": "audience_measurement"},
        {"category": "statistics", "exempt_reason": "authentication"},
        {"category": "statistics", "exempt_reason": "audience_measurement"},
        {"category": "marketing", "anonymous": True},
        {"category": "statistics", "anonymous": True, "party": "third"},
        {"category": "statistics", "anonymous": True, "exempt_reason": "interface"},
    ],
    ids=repr,
)
@pytest.mark.law(14)
def test_an_exemption_that_the_law_does_not_have_is_an_error(fields: dict[str, Any]) -> None:
    assert ids(refusal(lambda: Cookie("_pk_id.*", **fields))) == ["CG008"]


@pytest.mark.law(14)
def test_anonymous_measurement_is_never_necessary() -> None:
    errors = refusal(lambda: Cookie("_pk_id.*", category="necessary", anonymous=True))

    assert ids(errors) == ["CG008"]


@pytest.mark.law(14)
def test_no_other_reason_than_those_of_the_list_exists() -> None:
    reason: Any = "business"
    errors = refusal(lambda: Cookie("sid", category="necessary", exempt_reason=reason))

    assert ids(errors) == ["CG007"]


@pytest.mark.parametrize(
    "fields",
    [
        {"anonymous": False},
        {"anonymous": True, "exempt_reason": "audience_measurement"},
        {"anonymous": True, "party": "first", "retention": "25 months"},
    ],
    ids=repr,
)
def test_fields_that_agree_are_accepted(fields: dict[str, Any]) -> None:
    assert Cookie("_pk_id.*", category="statistics", **fields).category == "statistics"
