"""The matrix of the regimes: what leaves under each, in which state, and by which of its rules."""

from __future__ import annotations

from itertools import product

import pytest

from consentgate import Consent, Gate, VisitorConsent
from consentgate.gate.exchange import OfflineExchange
from consentgate.policy import shipped_regimes
from tests.support.exchange import SECRET
from tools.law import KINDS, PAGE, STATES, SignallingExchange, outcomes, page, policy_under

YES, NO, TERMS = "leaves", "stripped", "leaves on terms"

# What leaves before a choice, after a grant, after a refusal or objection, and with Sec-GPC; and
# the provision of the regime that says so.
ALWAYS = (YES, YES, YES, YES)
ASKED = (NO, YES, NO, NO)
OBJECTABLE = (YES, YES, NO, YES)
MATRIX = {
    ("eu", "necessary"): (ALWAYS, "exempt.choice"),
    ("eu", "anonymous statistics"): (ASKED, "asked"),
    ("eu", "statistics"): (ASKED, "asked"),
    ("eu", "appearance"): (ASKED, "asked"),
    ("eu", "marketing"): (ASKED, "asked"),
    ("fr", "necessary"): (ALWAYS, "exempt.choice"),
    ("fr", "anonymous statistics"): ((TERMS, YES, NO, TERMS), "exempt.audience_measurement"),
    ("fr", "statistics"): (ASKED, "asked"),
    ("fr", "appearance"): (ASKED, "asked"),
    ("fr", "marketing"): (ASKED, "asked"),
    ("uk", "necessary"): (ALWAYS, "exempt.choice"),
    ("uk", "anonymous statistics"): (OBJECTABLE, "exempt.audience_measurement"),
    ("uk", "statistics"): (OBJECTABLE, "exempt.audience_measurement"),
    ("uk", "appearance"): (OBJECTABLE, "exempt.appearance"),
    ("uk", "marketing"): (ASKED, "asked"),
    ("us-ca", "necessary"): (ALWAYS, "exempt.choice"),
    ("us-ca", "anonymous statistics"): ((YES, YES, NO, NO), "asked"),
    ("us-ca", "statistics"): ((YES, YES, NO, NO), "asked"),
    ("us-ca", "appearance"): ((YES, YES, NO, NO), "asked"),
    ("us-ca", "marketing"): ((YES, YES, NO, NO), "asked"),
}

# How far a visitor lets a category go, in the same states.
FULL = ("refused", "granted", "refused", "refused")
OPEN = ("exempt", "granted", "refused", "exempt")
STOPS = ("exempt", "granted", "refused", "refused")
LEVELS = {
    ("eu", "statistics"): FULL,
    ("eu", "marketing"): FULL,
    ("fr", "statistics"): OPEN,  # part of it is exempt
    ("fr", "marketing"): FULL,
    ("uk", "statistics"): OPEN,
    ("uk", "appearance"): OPEN,
    ("uk", "marketing"): FULL,
    ("us-ca", "statistics"): STOPS,
    ("us-ca", "marketing"): STOPS,
}


def gate_under(regime: str) -> Gate:
    return Gate(policy_under(regime), secret_key=SECRET)


def test_the_matrix_is_complete() -> None:
    assert set(MATRIX) == set(product(shipped_regimes(), KINDS))


@pytest.mark.parametrize(("regime", "kind"), MATRIX)
@pytest.mark.law(30)
@pytest.mark.law(34)
def test_a_cookie_of_each_kind_leaves_as_the_regime_has_it(regime: str, kind: str) -> None:
    gate = gate_under(regime)
    expected, provision = MATRIX[regime, kind]

    cookie = gate.policy.rule_for(KINDS[kind].name)

    assert cookie is not None
    assert dict(zip(STATES, outcomes(gate, cookie), strict=True)) == dict(
        zip(STATES, expected, strict=True)
    )
    assert gate.policy.regime.provision_of(cookie).id == provision


@pytest.mark.parametrize("regime", shipped_regimes())
@pytest.mark.law(34)
def test_under_each_regime_the_undeclared_does_not_leave(regime: str) -> None:
    gate = gate_under(regime)

    assert gate.filter(["new=1"], gate.consent_for(*gate.policy.optional_categories)) == []


@pytest.mark.parametrize(("regime", "category"), LEVELS)
@pytest.mark.law(32)
def test_a_category_goes_as_far_as_the_visitor_lets_it(regime: str, category: str) -> None:
    gate = gate_under(regime)
    exchanges = (
        OfflineExchange(gate.settings, Consent.undecided()),
        OfflineExchange(gate.settings, gate.consent_for(category)),
        OfflineExchange(gate.settings, gate.consent_for()),
        SignallingExchange(gate.settings, Consent.undecided()),
    )

    levels = tuple(VisitorConsent(exchange).level(category) for exchange in exchanges)

    assert levels == LEVELS[regime, category]


def test_the_page_is_made_from_the_regimes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python tools/law.py"


def test_each_line_of_the_page_is_law_a_recommendation_or_a_proposal() -> None:
    rules = page().partition("## European Union")[2]
    rows = [line.split(" | ") for line in rules.splitlines() if line.startswith("| ")]

    assert {row[1] for row in rows if row[1] != "Status"} == {"law", "recommendation", "proposal"}


@pytest.mark.parametrize("source", ["ICO, guidance", "PECR", "CCPA", "AB 566"])
def test_what_was_not_read_itself_is_said_to_be_secondary(source: str) -> None:
    rows = [line for line in page().splitlines() if f" | {source}" in line]

    assert rows
    assert all("*secondary*" in row for row in rows)
