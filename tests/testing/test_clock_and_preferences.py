"""A fake clock, and a choice that a test begins with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from consentgate import ConfigurationError, Consent, ConsentGateError, Gate
from consentgate.testing import ConsentViolation, FakeClock, signed_preferences
from tests.testing.sites import POLICY, SECRET, use_starlette


def test_a_clock_starts_now() -> None:
    assert abs(FakeClock()() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_stands_still_until_it_is_moved() -> None:
    clock = FakeClock(datetime(2026, 5, 1, 12, tzinfo=UTC))

    assert clock() == clock() == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_clock_advances_by_parts_or_by_a_timedelta() -> None:
    clock = FakeClock(datetime(2026, 5, 1, tzinfo=UTC))
    clock.advance(days=1, hours=2)
    clock.advance(timedelta(minutes=3))

    assert clock() == datetime(2026, 5, 2, 2, 3, tzinfo=UTC)


def test_a_clock_is_set_to_a_moment_of_any_zone_and_tells_it_in_utc() -> None:
    clock = FakeClock()
    clock.set(datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))))

    assert clock() == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert clock().utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"write datetime\(2026, 5, 1, tzinfo=UTC\)"):
        FakeClock(datetime(2026, 5, 1))  # noqa: DTZ001


def read(value: str, clock: FakeClock | None = None, audience: str = "") -> Consent:
    """What a gate reads from a preferences cookie of this value."""
    gate = Gate(POLICY, secret_key=SECRET, audience=audience, clock=clock or FakeClock())
    return gate.settings.reader.read(f"{POLICY.preferences_cookie}={value}").consent


def test_a_signed_choice_is_read_by_a_gate_of_the_same_key() -> None:
    consent = read(signed_preferences(POLICY, SECRET, "statistics"))

    assert consent.granted == {"statistics"}
    assert consent.refused == {"marketing"}
    assert consent.day == datetime.now(UTC).date()


def test_a_choice_of_no_category_is_a_refusal() -> None:
    assert read(signed_preferences(POLICY, SECRET)).refused == {"statistics", "marketing"}


def test_a_choice_has_the_day_that_the_test_says() -> None:
    value = signed_preferences(POLICY, SECRET, "statistics", on=date(2026, 1, 1))
    clock = FakeClock(datetime(2026, 7, 2, tzinfo=UTC))
    on_the_last_day = read(value, clock)
    clock.advance(days=1)

    assert on_the_last_day.day == date(2026, 1, 1)
    assert read(value, clock) == Consent.undecided()


def test_a_choice_is_for_one_audience() -> None:
    value = signed_preferences(POLICY, SECRET, "statistics", audience="a portal")

    assert read(value) == Consent.undecided()
    assert read(value, audience="a portal").granted == {"statistics"}


def test_a_category_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="no category 'statistcs'"):
        signed_preferences(POLICY, SECRET, "statistcs")


def test_a_client_with_the_cookie_has_chosen() -> None:
    with use_starlette() as client:
        value = signed_preferences(POLICY, SECRET, "statistics")
        client.cookies.set(POLICY.preferences_cookie, value)

        assert "visits" in client.get("/").cookies


def test_a_violation_is_a_failure_to_test_runners() -> None:
    assert issubclass(ConsentViolation, AssertionError)
    assert issubclass(ConsentViolation, ConsentGateError)
