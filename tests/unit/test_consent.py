"""Consent is a frozen value; changing it gives another."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from consentgate import Consent

DAY = date(2026, 11, 24)
EARLIER = date(2026, 6, 1)
GRANTED = Consent.undecided().with_granted({"statistics": "s1"}, day=EARLIER)
REFUSED = Consent.undecided().with_refused({"statistics": "s1"}, day=DAY)


def test_an_undecided_visitor_allows_only_what_is_necessary() -> None:
    undecided = Consent.undecided()

    assert undecided.allows("necessary")
    assert not undecided.allows("statistics")
    assert undecided.day is None


def test_undecided_is_not_refused() -> None:
    assert Consent.undecided() != REFUSED


def test_a_granted_category_is_allowed_and_another_is_not() -> None:
    assert GRANTED.allows("statistics")
    assert not GRANTED.allows("marketing")


def test_a_refused_category_is_not_allowed() -> None:
    assert not REFUSED.allows("statistics")


def test_consent_can_not_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        GRANTED.granted = frozenset({"marketing"})  # type: ignore[misc]


def test_equal_choices_are_equal_and_can_be_keys() -> None:
    again = Consent.undecided().with_granted({"statistics": "s1"}, day=EARLIER)

    assert {GRANTED: 1}[again] == 1


def test_granting_what_was_refused_takes_it_out_of_the_refused() -> None:
    consent = REFUSED.with_granted({"statistics": "s2"}, day=DAY)

    assert (consent.granted, consent.refused) == (frozenset({"statistics"}), frozenset())
    assert consent.fingerprints == {("statistics", "s2")}


def test_refusing_what_was_granted_takes_it_out_of_the_granted() -> None:
    consent = GRANTED.with_refused({"statistics": "s2"}, day=DAY)

    assert (consent.granted, consent.refused) == (frozenset(), frozenset({"statistics"}))
    assert consent.fingerprints == {("statistics", "s2")}


def test_a_change_leaves_the_other_categories_and_their_fingerprints() -> None:
    consent = GRANTED.with_refused({"marketing": "m1"}, day=DAY)

    assert consent.granted == {"statistics"}
    assert consent.refused == {"marketing"}
    assert consent.fingerprints == {("statistics", "s1"), ("marketing", "m1")}
    assert consent.day == DAY


@pytest.mark.parametrize(
    ("one", "other", "granted", "refused"),
    [
        pytest.param(GRANTED, GRANTED, {"statistics"}, set(), id="both grant"),
        pytest.param(GRANTED, REFUSED, set(), {"statistics"}, id="one refuses"),
        pytest.param(GRANTED, Consent.undecided(), set(), set(), id="one is undecided"),
        pytest.param(REFUSED, Consent.undecided(), set(), {"statistics"}, id="a refusal stays"),
        pytest.param(Consent.undecided(), Consent.undecided(), set(), set(), id="both undecided"),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["in this order", "in the other"])
def test_an_intersection_grants_what_both_grant_and_refuses_what_either_refuses(
    one: Consent, other: Consent, granted: set[str], refused: set[str], order: int
) -> None:
    first, second = [one, other][::order]

    met = first.intersect(second)

    assert met.granted == granted
    assert met.refused == refused


def test_an_intersection_has_the_older_day() -> None:
    later = Consent.undecided().with_granted({"statistics": "s1"}, day=DAY)

    assert GRANTED.intersect(later).day == EARLIER


def test_an_intersection_without_any_decision_has_no_day_and_no_fingerprint() -> None:
    met = GRANTED.intersect(Consent.undecided().with_granted({"marketing": "m"}, day=DAY))

    assert met == Consent.undecided()
