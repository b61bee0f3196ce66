"""Texts that visitors read, in one language or in several."""

from __future__ import annotations

import copy
import pickle

import pytest

from consentgate.policy import Cookie, Translations, text_in
from tests.unit.policy.reported import ids, refusal

BOTH = Translations({"fr": "Mesure les visites.", "en": "Counts visits."})


def purpose_of(purpose: object) -> object:
    return Cookie("_ga", category="statistics", purpose=purpose).purpose  # type: ignore[arg-type]


def test_a_text_may_be_given_alone() -> None:
    assert purpose_of("Counts visits.") == "Counts visits."


def test_a_text_per_language_is_kept_so_that_it_cannot_change() -> None:
    given = {"en": "Counts visits.", "pt-BR": "Conta visitas."}
    purpose = purpose_of(given)
    given["en"] = "Sells visits."

    assert purpose == {"en": "Counts visits.", "pt-BR": "Conta visitas."}
    assert isinstance(purpose, Translations)


@pytest.mark.parametrize(
    "purpose",
    [{}, {"english": "x"}, {"": "x"}, {"en": ""}, {"en": " "}, {"en": 1}, {1: "x"}, ["x"], 1],
    ids=repr,
)
def test_any_other_text_is_an_error(purpose: object) -> None:
    assert ids(refusal(lambda: purpose_of(purpose))) == ["CG007"]


@pytest.mark.parametrize(
    ("languages", "text"),
    [
        (("fr",), "Mesure les visites."),
        (("FR",), "Mesure les visites."),
        (("fr-CA",), "Mesure les visites."),
        (("de", "fr"), "Mesure les visites."),
        (("de",), "Counts visits."),
        ((), "Counts visits."),
    ],
)
def test_the_first_language_that_the_text_has_is_taken(
    languages: tuple[str, ...], text: str
) -> None:
    assert text_in(BOTH, *languages) == text


def test_a_regional_text_is_used_for_its_language() -> None:
    text = {"de": "Zählt.", "pt-BR": "Conta.", "pt-PT": "Contabiliza."}

    assert text_in(text, "pt") == "Conta."
    assert text_in(text, "pt-PT") == "Contabiliza."


def test_a_text_without_languages_is_returned_as_it_is() -> None:
    assert text_in("Counts visits.", "fr") == "Counts visits."


def test_translations_are_equal_and_hashed_by_their_values() -> None:
    again = Translations({"en": "Counts visits.", "fr": "Mesure les visites."})

    assert again == BOTH
    assert hash(BOTH) == hash(again)
    assert Translations({"en": "Counts visits."}) != BOTH


def test_translations_cannot_change() -> None:
    with pytest.raises(AttributeError, match="cannot change"):
        BOTH._entries = {}
    with pytest.raises(AttributeError, match="cannot change"):
        del BOTH._entries


def test_translations_are_shown_as_a_dictionary() -> None:
    assert repr(Translations({"en": "Counts visits."})) == "{'en': 'Counts visits.'}"


def test_translations_can_be_copied_and_sent() -> None:
    assert copy.deepcopy(BOTH) == BOTH
    assert pickle.loads(pickle.dumps(BOTH)) == BOTH
