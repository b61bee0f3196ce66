"""What visitors read under each regime: consent, exemption or objection."""

from __future__ import annotations

import re
from typing import Any

import pytest

from consentgate import Cookie, Policy
from consentgate.pages.charter import charter_of
from consentgate.pages.charter_closing import closing
from consentgate.pages.charter_words import explanations
from consentgate.pages.choice_form import read_choice
from consentgate.pages.state import state_json
from consentgate.pages.texts import Texts
from tests.pages.html_elements import find
from tests.support.page_requests import ask, post_fields
from tests.support.pages import ENGLISH, FRENCH, pages_of, preferences_page

FACTS: dict[str, Any] = {"provider": "Us", "purpose": "Counts.", "lifetime": "1 day"}
COUNTED = Cookie("visits", category="statistics", **FACTS)
MEASURED = Cookie("tally", category="statistics", anonymous=True, **FACTS)
AD = Cookie("ad", category="marketing", **FACTS)
LAW = {"source": "Act", "status": "law"}
SWISS: dict[str, Any] = {
    "name": "ch",
    "title": "Switzerland",
    "date": "2026-11-29",
    "asked": {"how": "opt-in", **LAW},
    "signal": {"refuses": "none", **LAW},
    "choice": {"lifetime": "1 year", **LAW},
    "ask_again": {"after": "1 year", **LAW},
}
OBJECT = "These cookies need no consent, and you can object to them at any time."
NOT_OBJECTED = "You have not objected to any cookies."


def under(regime: Any, *cookies: Cookie) -> Policy:
    return Policy(cookies=cookies or (COUNTED, AD), regime=regime)


def prose(policy: Policy, texts: Texts = ENGLISH) -> str:
    """What the charter says of the law."""
    return str(explanations(charter_of(policy), texts))


# The charter


@pytest.mark.parametrize(
    ("regime", "words", "statistics"),
    [
        ("eu", "In the European Union", "This needs your consent."),
        ("fr", "In the European Union", "anonymous statistics can be exempt"),
        ("uk", "In the United Kingdom", "you can object at any time"),
        ("us-ca", "In California", "you can object at any time"),
        (["uk", "fr"], "In the European Union", "anonymous statistics can be exempt"),
        (SWISS | {"within": "uk"}, "In the United Kingdom", "you can object at any time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "several",
)
@pytest.mark.law(30)
def test_the_charter_speaks_of_the_law_of_the_regime(
    regime: Any, words: str, statistics: str
) -> None:
    text = prose(under(regime))

    assert words in text
    assert statistics in text
    assert ("In the European Union" in text) == (words == "In the European Union")


@pytest.mark.parametrize("regime", ["eu", "uk", "us-ca"])
@pytest.mark.law(17)
def test_the_french_limits_are_said_under_no_other_regime(regime: str) -> None:
    policy = under(regime, MEASURED)

    assert "13 months" in prose(under("fr", MEASURED))
    assert "13 months" not in prose(policy)


def test_where_statistics_leave_before_a_choice_nothing_else_is_said() -> None:
    without = "This site uses no statistics cookies without your consent."

    assert without in prose(under("eu"))
    assert without not in prose(under("uk"))


def test_a_regime_of_the_site_brings_its_own_words() -> None:
    words = {"consent": {"en": "In Switzerland ...", "fr": "En Suisse ..."}, "statistics": "All."}
    policy = under(SWISS | {"words": words})

    assert "In Switzerland ..." in prose(policy)
    assert "En Suisse ..." in prose(policy, FRENCH)
    assert "All." in prose(policy)


@pytest.mark.parametrize(
    ("how", "words"), [("opt-in", "This needs your consent."), ("opt-out", "you can object")]
)
def test_without_words_of_its_own_nothing_is_said_of_the_law(how: str, words: str) -> None:
    text = prose(under(SWISS | {"asked": {"how": how, **LAW}}))

    assert "When your consent is needed" not in text
    assert words in text


def test_a_regime_with_terms_of_its_own_says_what_is_exempt() -> None:
    terms = {"reasons": ["audience_measurement"], "objection": True, "renewal": False, **LAW}
    text = prose(under(SWISS | {"exempt": [terms]}, MEASURED))

    assert "This site uses such anonymous statistics" in text
    assert "CNIL" not in text


@pytest.mark.law(30)
def test_a_table_says_that_visitors_can_object() -> None:
    charter = pages_of(under("uk")).charter_fragment(ENGLISH)

    assert charter.count(OBJECT) == 1
    assert "Not needed: you can object" in charter
    assert "These cookies are used only with your consent." in charter


def test_the_signal_refuses_what_the_regime_says() -> None:
    said = "counts the signal as a refusal of: "
    texts = [
        str(closing(charter_of(under(name)), ENGLISH, settings="/")) for name in ("fr", "us-ca")
    ]

    assert f"{said}Marketing." in texts[0]
    assert f"{said}Statistics and Marketing." in texts[1]


# The preferences page


def boxes(html: str) -> dict[str, bool]:
    return {
        box.get("value"): "checked" in box.attributes
        for box in find(html, "input", type="checkbox", name="category")
    }


@pytest.mark.law(34)
def test_where_nothing_is_asked_the_page_speaks_of_objection() -> None:
    html = preferences_page(policy=under("us-ca"))

    assert boxes(html) == {"statistics": True, "marketing": True}
    assert NOT_OBJECTED in html
    assert "To object to all of them, choose" in html


@pytest.mark.law(30)
def test_what_needs_consent_beside_it_is_not_ticked() -> None:
    html = preferences_page(policy=under("uk"))

    assert boxes(html) == {"statistics": True, "marketing": False}
    assert NOT_OBJECTED not in html
    assert OBJECT in html


def test_a_choice_is_valid_for_as_long_as_the_regime_says() -> None:
    pages = [preferences_page(granted=(), policy=under(name)) for name in ("fr", "us-ca")]

    until = [re.search(r"valid until ([^.]*)\.", page)[1] for page in pages]  # type: ignore[index]
    assert until == ["25 May 2027", "24 November 2027"]


@pytest.mark.law(5)
@pytest.mark.law(32)
@pytest.mark.parametrize(("regime", "marked"), [("fr", ["statistics"]), ("us-ca", [])])
def test_a_box_that_is_ticked_for_an_exemption_is_marked(regime: str, marked: list[str]) -> None:
    html = preferences_page(policy=under(regime, MEASURED))

    assert [one.get("value") for one in find(html, "input", name="exempt")] == marked


@pytest.mark.law(5)
@pytest.mark.law(32)
def test_a_box_that_was_ticked_beforehand_grants_nothing() -> None:
    form = read_choice(
        post_fields(
            ("choice", "save"),
            ("category", "statistics"),
            ("category", "marketing"),
            ("exempt", "statistics"),
        ),
        under("fr"),
    )

    assert form.categories == {"statistics", "marketing"}
    assert form.exempt == {"statistics"}


# Scripts


@pytest.mark.law(33)
def test_a_page_for_everybody_knows_what_the_signal_refuses() -> None:
    html = pages_of(under("us-ca")).static_banner(ENGLISH, mount="").decode()

    assert 'data-gpc="statistics marketing"' in html


@pytest.mark.parametrize(("regime", "state"), [("uk", "exempt"), ("fr", "undecided")])
def test_scripts_learn_what_needs_no_consent(regime: str, state: str) -> None:
    text = state_json(ask(policy=under(regime)).exchange).decode()

    assert f'"statistics":"{state}"' in text
