"""How far a visitor lets a category go, and what an explicit grant does to an exempt cookie."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import (
    Action,
    Category,
    ConfigurationError,
    Consent,
    Cookie,
    Enforcement,
    Gate,
    Policy,
    Reason,
)
from consentgate.gate.visitor import answer_of
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import consent_of, visit_of

MEASURED = Cookie(
    "_pk_id.*",
    category="statistics",
    anonymous=True,
    lifetime="2 years",
    retention="25 months",
    assessment=("2026-01-10", "/assessment"),
)
POLICY = Policy(cookies=[MEASURED, Cookie("_fbp", category="marketing")])
SET = "_pk_id.1=new; Max-Age=63072000"
CAME = "_pk_id.1=old"
GPC = ("Sec-GPC", "1")


def gate(**options: Any) -> Gate:
    return gate_of(**{"policy": POLICY, **options})


# Exempt, then granted


@pytest.mark.law(32)
@pytest.mark.law(16)
def test_while_nothing_is_granted_the_limits_of_the_exemption_hold() -> None:
    first = gate().judge(SET, Consent.undecided())
    again = gate().judge(SET, Consent.undecided(), cookie=CAME)

    assert (first.action, first.value) == (Action.CLAMP, "_pk_id.1=new; Max-Age=34128000")
    assert (again.reason, again.value) == (Reason.NOT_RENEWED, None)


@pytest.mark.law(32)
def test_an_explicit_grant_makes_it_an_ordinary_cookie() -> None:
    granted = gate().consent_for("statistics")
    verdict = gate().judge(SET, granted, cookie=CAME)
    longer = gate().judge("_pk_id.1=new; Max-Age=99999999", granted)

    assert (verdict.action, verdict.reason, verdict.value) == (Action.KEEP, Reason.CONSENTED, SET)
    assert longer.value == SET  # for as long as it is declared


@pytest.mark.law(32)
def test_a_refusal_stops_it() -> None:
    assert gate().judge(SET, gate().consent_for()).reason is Reason.REFUSED


@pytest.mark.parametrize(("regime", "reason"), [("uk", Reason.OBJECTABLE), ("fr", Reason.CLAMPED)])
@pytest.mark.law(30)
def test_what_visitors_can_object_to_has_no_limits(regime: str, reason: Reason) -> None:
    policy = Policy(cookies=[MEASURED], regime=regime)

    assert gate(policy=policy).judge(SET, Consent.undecided()).reason is reason


@pytest.mark.law(37)
@pytest.mark.parametrize("clamp", [True, False])
def test_what_leaves_until_an_objection_is_clamped_to_what_is_declared(clamp: bool) -> None:
    policy = Policy(cookies=[Cookie("a", category="statistics", lifetime="1 day")], regime="uk")
    value = "a=1; Max-Age=999999"

    verdict = gate(policy=policy, clamp=clamp).judge(value, Consent.undecided())

    assert verdict.value == ("a=1; Max-Age=86400" if clamp else value)


def test_terms_that_allow_renewal_only_shorten() -> None:
    exempt = {"categories": ["statistics"], "objection": True, "lifetime": "1 day"}
    law = {"source": "Act", "status": "law"}
    regime = {
        "name": "own",
        "title": "Here",
        "date": "2026-11-29",
        "asked": {"how": "opt-in", **law},
        "exempt": [{**exempt, **law}],
        "signal": {"refuses": "none", **law},
        "choice": {"lifetime": "1 year", **law},
        "ask_again": {"after": "1 year", **law},
    }
    own = gate(policy=Policy(cookies=[Cookie("a", category="statistics")], regime=regime))

    verdict = own.judge("a=1; Max-Age=999999", Consent.undecided(), cookie="a=1")

    assert verdict.value == "a=1; Max-Age=86400"


# Levels


@pytest.mark.law(32)
@pytest.mark.parametrize(
    ("cookie", "level"),
    [
        ("", "exempt"),
        (preferences_for("statistics", policy=POLICY), "granted"),
        (preferences_for("marketing", policy=POLICY), "refused"),
    ],
    ids=["undecided", "granted", "refused"],
)
def test_a_template_learns_in_which_mode_a_tool_runs(cookie: str, level: str) -> None:
    consent = consent_of(gate(), cookie=cookie)

    assert consent.level("statistics") == level
    assert consent.level("necessary") == "exempt"


def test_a_level_makes_the_response_depend_on_the_choice() -> None:
    exchange = visit_of(gate())
    consent = consent_of(gate())
    consent.level("statistics")

    assert consent._exchange.varies_on_cookie
    assert not consent._exchange.varies_on_gpc
    assert not exchange.varies_on_cookie


@pytest.mark.law(34)
@pytest.mark.parametrize(("headers", "allows"), [((), True), ((GPC,), False)], ids=["-", "signal"])
def test_under_an_opt_out_a_category_is_allowed_until_it_is_refused(
    headers: tuple[tuple[str, str], ...], allows: bool
) -> None:
    policy = Policy(categories=[Category("video")], regime="us-ca")

    consent = consent_of(gate(policy=policy), headers=headers)

    assert consent.allows("video") is allows
    assert consent._exchange.varies_on_gpc
    assert consent.level("video") == ("exempt" if allows else "refused")


def test_where_no_consent_is_required_all_is_granted() -> None:
    consent = consent_of(gate(required=lambda _: Enforcement.NOT_REQUIRED))

    assert consent.level("marketing") == "granted"
    assert consent._exchange.is_private


def test_a_category_that_is_not_declared_has_no_level() -> None:
    with pytest.raises(ConfigurationError, match="no category 'ads'"):
        consent_of(gate()).level("ads")


def test_a_complete_choice_can_leave_a_category_as_it_is() -> None:
    consent = consent_of(gate())

    consent.save("marketing", leave=["statistics"])

    assert consent.level("statistics") == "exempt"
    assert consent.level("marketing") == "granted"


def test_no_answer_is_the_same_under_two_regimes() -> None:
    answers = {
        answer_of(visit_of(gate(policy=Policy(cookies=[MEASURED], regime=regime))))
        for regime in ("fr", "uk")
    }

    assert len(answers) == 2
