"""What Chromium was seen to make of each value, and what of it the gate lets out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from consentgate import Action, Consent, Cookie, Gate, Policy
from tests.contract.exchange import NOW, SECRET
from tests.properties.browser import cookie_of

DATA = Path(__file__).parents[1] / "data" / "browser_vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))["vectors"]

POLICY = Policy(necessary=["sessionid"], cookies=[Cookie("_ga", category="statistics")])
GATE = Gate(POLICY, secret_key=SECRET, clock=lambda: NOW)
UNDECIDED = Consent.undecided()
GRANTED = GATE.consent_for("statistics")


def is_whole(vector: dict[str, Any]) -> bool:
    """Whether the value reached the browser's reader as it was sent."""
    return not any(character in vector["set_cookie"] for character in "\r\n\0")


def vectors(*effects: str, names: set[str], whole: bool = True) -> list[Any]:
    """The vectors of these effects whose value is for one of these names."""
    return [
        pytest.param(vector["set_cookie"], id=ascii(vector["set_cookie"])[:60])
        for vector in VECTORS
        if vector["effect"] in effects
        and cookie_of(vector["set_cookie"])[0] in names
        and is_whole(vector) is whole
    ]


ALL_NAMES = {cookie_of(vector["set_cookie"])[0] for vector in VECTORS}
OTHERS = ALL_NAMES - {"sessionid"}
EFFECTS = {vector["effect"] for vector in VECTORS}


def test_all_vectors_are_here() -> None:
    assert len(VECTORS) == 305


@pytest.mark.parametrize(
    "vector",
    [
        pytest.param(vector, id=ascii(vector["set_cookie"])[:60])
        for vector in VECTORS
        if vector["effect"] == "stores" and is_whole(vector)
    ],
)
def test_the_name_that_was_stored_is_the_name_that_is_judged(vector: dict[str, Any]) -> None:
    assert [GATE.judge(vector["set_cookie"], UNDECIDED).name] == vector["names"]


@pytest.mark.behaviour(1)
@pytest.mark.behaviour(4)
@pytest.mark.parametrize("value", vectors("stores", names=OTHERS))
def test_before_a_choice_nothing_that_a_browser_would_store_leaves(value: str) -> None:
    assert GATE.filter([value], UNDECIDED) == []


@pytest.mark.behaviour(1)
@pytest.mark.parametrize("value", vectors(*EFFECTS, names={"sessionid"}))
def test_what_is_necessary_leaves_byte_for_byte_whatever_a_browser_makes_of_it(value: str) -> None:
    assert GATE.filter([value], UNDECIDED) == [value]


@pytest.mark.parametrize("value", vectors(*EFFECTS, names={"_ga"}))
def test_what_is_granted_leaves_byte_for_byte_whatever_a_browser_makes_of_it(value: str) -> None:
    assert GATE.filter([value], GRANTED) == [value]


@pytest.mark.behaviour(3)
@pytest.mark.parametrize("value", vectors("deletes", names=OTHERS - {""}))
def test_before_a_choice_a_deletion_still_deletes_and_can_do_nothing_else(value: str) -> None:
    [left] = GATE.filter([value], UNDECIDED)

    assert cookie_of(left) == (cookie_of(value)[0], True)
    assert GATE.judge(value, UNDECIDED).action is Action.REWRITE


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("value", vectors(*EFFECTS, names={""}))
def test_what_has_no_name_neither_stores_nor_deletes(value: str) -> None:
    assert GATE.filter([value], UNDECIDED) == []


@pytest.mark.parametrize(
    "value",
    vectors("ignored", "ignored (no such cookie can exist)", names=OTHERS - {""}),
)
def test_of_what_a_browser_ignores_nothing_that_could_store_leaves(value: str) -> None:
    left = GATE.filter([value], UNDECIDED)

    assert [deletes for _, deletes in map(cookie_of, left)] == [True] * len(left)


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("consent", [UNDECIDED, GRANTED], ids=["undecided", "granted"])
@pytest.mark.parametrize("value", vectors(*EFFECTS, names=ALL_NAMES, whole=False))
def test_what_would_end_the_line_of_its_header_never_leaves(value: str, consent: Consent) -> None:
    assert GATE.filter([value], consent) == []
