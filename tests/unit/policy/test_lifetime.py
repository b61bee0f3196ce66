"""How lifetimes and retention are written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.policy import SESSION, Cookie, Lifetime, lifetime_text
from tests.unit.policy.reported import ids, refusal


def cookie_of(lifetime: object) -> Cookie:
    return Cookie("_ga", category="statistics", lifetime=lifetime)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "lifetime"),
    [
        ("session", SESSION),
        ("6 months", timedelta(days=182)),
        ("13 months", timedelta(days=395)),
        ("25 months", timedelta(days=760)),
        ("1 month", timedelta(days=30)),
        ("1 year", timedelta(days=365)),
        ("2 years", timedelta(days=730)),
        ("2 weeks", timedelta(days=14)),
        ("1 day", timedelta(days=1)),
        ("30 days", timedelta(days=30)),
        ("2 hours", timedelta(hours=2)),
        ("90 minutes", timedelta(minutes=90)),
        ("45 seconds", timedelta(seconds=45)),
        (" 13 Months ", timedelta(days=395)),
        ("30days", timedelta(days=30)),
    ],
)
@pytest.mark.law(16)
def test_a_lifetime_is_session_or_a_number_and_a_unit(text: str, lifetime: Lifetime) -> None:
    assert cookie_of(text).lifetime == lifetime


def test_a_lifetime_may_be_a_timedelta() -> None:
    assert cookie_of(timedelta(days=3)).lifetime == timedelta(days=3)


@pytest.mark.parametrize(
    "lifetime",
    [
        "",
        "0 days",
        "-1 days",
        "1.5 days",
        "13",
        "months",
        "13 moons",
        "9999999 years",
        "١٣ days",
        "Session",
        3600,
        timedelta(0),
        timedelta(days=-1),
        timedelta(milliseconds=1500),
    ],
    ids=repr,
)
def test_any_other_lifetime_is_an_error(lifetime: object) -> None:
    assert ids(refusal(lambda: cookie_of(lifetime))) == ["CG007"]


def test_a_retention_is_a_duration() -> None:
    cookie = Cookie("_ga", category="statistics", retention="25 months")

    assert cookie.retention == timedelta(days=760)


@pytest.mark.parametrize("retention", ["session", "for ever", 7], ids=repr)
def test_any_other_retention_is_an_error(retention: object) -> None:
    errors = refusal(lambda: Cookie("_ga", category="statistics", retention=retention))  # type: ignore[arg-type]

    assert ids(errors) == ["CG007"]


@pytest.mark.parametrize(
    ("lifetime", "text"),
    [
        (SESSION, "session"),
        (timedelta(days=395), "395 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=1), "1 second"),
    ],
)
def test_a_lifetime_is_written_in_its_largest_whole_unit(lifetime: Lifetime, text: str) -> None:
    assert lifetime_text(lifetime) == text


@given(seconds=st.integers(min_value=1, max_value=timedelta.max.days * 86_400))
def test_what_is_written_reads_back_as_the_same_lifetime(seconds: int) -> None:
    lifetime = timedelta(seconds=seconds)

    assert cookie_of(lifetime_text(lifetime)).lifetime == lifetime
