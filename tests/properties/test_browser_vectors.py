"""What Chromium was seen to make of each value, and what of it the gate lets out."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from consentgate import Action, Consent, Cookie, Gate, Policy
from tests.properties.browser_reading import cookie_of
from tests.support.browser_vectors import RECORDED, Vector
from tests.support.exchange import NOW, SECRET
from tests.support.tables import check_rules

POLICY = Policy(necessary=["sessionid"], cookies=[Cookie("_ga", category="statistics")])
GATE = Gate(POLICY, secret_key=SECRET, clock=lambda: NOW)
UNDECIDED = Consent.undecided()
GRANTED = GATE.consent_for("statistics")


def name_of(vector: Vector) -> str:
    return cookie_of(vector.set_cookie)[0]


# Told by the text alone and not by the package, which is judged here.
BROKEN = [one for one in RECORDED if any(character in one.set_cookie for character in "\r\n\0")]
WHOLE = [one for one in RECORDED if one not in BROKEN]
STORING = [one for one in WHOLE if one.effect == "stores"]
NAMED = {name_of(one) for one in RECORDED} - {""}
IGNORED = {"ignored", "ignored (no such cookie can exist)"}


def of(names: Collection[str], *, effects: Collection[str] = ()) -> list[Vector]:
    """The whole vectors for one of these names, of these effects or of any."""
    named = [one for one in WHOLE if name_of(one) in names]
    return [one for one in named if not effects or one.effect in effects]


def the_name_that_was_stored_is_the_name_that_is_judged(vector: Vector) -> None:
    assert (GATE.judge(vector.set_cookie, UNDECIDED).name,) == vector.names


def before_a_choice_nothing_that_a_browser_would_store_leaves(vector: Vector) -> None:
    assert GATE.filter([vector.set_cookie], UNDECIDED) == []


def what_is_necessary_leaves_byte_for_byte_whatever_a_browser_makes_of_it(vector: Vector) -> None:
    assert GATE.filter([vector.set_cookie], UNDECIDED) == [vector.set_cookie]


def what_is_granted_leaves_byte_for_byte_whatever_a_browser_makes_of_it(vector: Vector) -> None:
    assert GATE.filter([vector.set_cookie], GRANTED) == [vector.set_cookie]


def before_a_choice_a_deletion_still_deletes_and_can_do_nothing_else(vector: Vector) -> None:
    [left] = GATE.filter([vector.set_cookie], UNDECIDED)

    assert cookie_of(left) == (name_of(vector), True)
    assert GATE.judge(vector.set_cookie, UNDECIDED).action is Action.REWRITE


def what_has_no_name_neither_stores_nor_deletes(vector: Vector) -> None:
    assert GATE.filter([vector.set_cookie], UNDECIDED) == []


def of_what_a_browser_ignores_nothing_that_could_store_leaves(vector: Vector) -> None:
    left = GATE.filter([vector.set_cookie], UNDECIDED)

    assert [deletes for _, deletes in map(cookie_of, left)] == [True] * len(left)


def what_would_end_the_line_of_its_header_never_leaves(vector: Vector) -> None:
    assert GATE.filter([vector.set_cookie], UNDECIDED) == []
    assert GATE.filter([vector.set_cookie], GRANTED) == []


@pytest.mark.behaviour(1)
@pytest.mark.behaviour(3)
@pytest.mark.behaviour(4)
def test_of_each_vector_leaves_what_may_and_nothing_else() -> None:
    others = NAMED - {"sessionid"}
    check_rules(
        (the_name_that_was_stored_is_the_name_that_is_judged, STORING),
        (
            before_a_choice_nothing_that_a_browser_would_store_leaves,
            of(others | {""}, effects={"stores"}),
        ),
        (what_is_necessary_leaves_byte_for_byte_whatever_a_browser_makes_of_it, of({"sessionid"})),
        (what_is_granted_leaves_byte_for_byte_whatever_a_browser_makes_of_it, of({"_ga"})),
        (
            before_a_choice_a_deletion_still_deletes_and_can_do_nothing_else,
            of(others, effects={"deletes"}),
        ),
        (what_has_no_name_neither_stores_nor_deletes, of({""})),
        (
            of_what_a_browser_ignores_nothing_that_could_store_leaves,
            of(others, effects=IGNORED),
        ),
        (what_would_end_the_line_of_its_header_never_leaves, BROKEN),
    )
