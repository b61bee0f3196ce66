"""The regimes: which there are, what the site's own may say, and what follows from one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import consentgate
from consentgate import Category, ConfigurationError, Controller, Cookie, Policy, PolicyError
from consentgate.policy import Basis, shipped_regimes
from consentgate.policy.regime import Asked, Signal, Status
from consentgate.policy.regime_file import load_regime
from consentgate.policy.terms import Assessment
from tests.support.regimes import LAW, SWISS
from tests.unit.policy.reported import ids, places

PRESETS = Path(consentgate.__file__).parent / "presets"
SITE = """\
name = "ch"
title = "Switzerland"
date = 2026-11-29
[asked]
how = "opt-out"
source = "Act"
status = "law"
[signal]
refuses = "none"
source = "Act"
status = "law"
[choice]
lifetime = "100 days"
source = "Act"
status = "law"
[ask_again]
after = "200 days"
source = "Act"
status = "law"
"""


def cookie(name: str = "_ga", *, category: str = "statistics", **fields: Any) -> Cookie:
    facts = {"provider": "P", "purpose": "p", "lifetime": "1 day"}
    return Cookie(name, category=category, **(facts | fields))


def policy_of(*cookies: Cookie, regime: Any = "fr", **options: Any) -> Policy:
    return Policy(cookies=cookies or [cookie()], regime=regime, **options)


def rule_in(policy: Policy, name: str) -> Cookie:
    rule = policy.rule_for(name)
    assert rule is not None
    return rule


# What is shipped


def test_the_shipped_regimes_are_listed_the_strictest_first() -> None:
    assert shipped_regimes() == ("eu", "fr", "uk", "us-ca")


@pytest.mark.parametrize("name", shipped_regimes())
def test_each_rule_of_a_shipped_regime_says_what_where_and_what_we_do(name: str) -> None:
    regime = load_regime(name)

    assert regime.date >= date(2026, 11, 29)
    for provision in regime.provisions:
        assert provision.text
        assert provision.source
        assert provision.does
        assert provision.status in Status


def test_the_default_is_the_french_one() -> None:
    assert Policy().regime is load_regime("fr")
    assert Policy() == Policy(regime=["fr"]) != Policy(regime="eu")


def test_a_proposal_is_called_one() -> None:
    omnibus = [one for one in load_regime("eu").provisions if "COM(2025) 837" in one.source]

    assert [one.status for one in omnibus] == [Status.PROPOSAL]


# The site's own


def test_a_table_is_a_regime() -> None:
    regime = Policy(regime=SWISS).regime

    assert (regime.name, regime.title, regime.date) == ("ch", "Switzerland", date(2026, 11, 29))
    assert (regime.asked, regime.signal) == (Asked.OPT_IN, ("statistics",))
    assert (regime.choice_lifetime, regime.ask_again) == (timedelta(100), timedelta(200))
    assert regime.provision("asked").paragraph == "art. 1"
    assert not regime.provision("choice").is_primary


def test_a_file_is_a_regime_found_from_the_file_of_the_policy(tmp_path: Path) -> None:
    (tmp_path / "ch.toml").write_text(SITE)
    (tmp_path / "consent.toml").write_text('regime = "ch.toml"\n')

    policy = Policy.from_toml(tmp_path / "consent.toml")

    assert (policy.regime.name, policy.regime.signal) == ("ch", Signal.NONE)
    assert policy == Policy(regime=tmp_path / "ch.toml")


@pytest.mark.parametrize("regime", ["uk", ["fr", "uk"], SWISS, ["fr", SWISS]], ids=str)
def test_a_policy_is_written_with_its_regimes(tmp_path: Path, regime: Any) -> None:
    policy = policy_of(regime=regime)
    path = tmp_path / "consent.toml"

    path.write_text(policy.to_toml())

    assert Policy.from_toml(path) == policy


def test_an_assessment_is_written_as_a_table() -> None:
    assessed = cookie(anonymous=True, assessment=(date(2026, 1, 10), "/a"))

    assert 'assessment = { date = 2026-01-10, address = "/a" }' in policy_of(assessed).to_toml()


def test_a_file_of_a_regime_is_written_as_its_path(tmp_path: Path) -> None:
    (tmp_path / "ch.toml").write_text(SITE)
    policy = Policy(regime=str(tmp_path / "ch.toml"))

    assert f'regime = "{tmp_path / "ch.toml"}"' in policy.to_toml()


def test_a_value_is_a_regime() -> None:
    assert Policy(regime=load_regime("uk")) == Policy(regime="uk")


@pytest.mark.parametrize(
    ("regime", "id_", "words"),
    [
        ("ukk", "CG013", "did you mean 'uk'?"),
        (["fr", "fr"], "CG004", "is there already"),
        ([], "CG007", "give one at least"),
        (5, "CG007", "give a list"),
        ([5], "CG007", "the name of a regime"),
        ("no.toml", "CG010", "give a TOML file"),
        (SWISS | {"colour": 1}, "CG006", "colour"),
        (SWISS | {"title": ""}, "CG013", "it has no title"),
        (SWISS | {"date": "soon"}, "CG007", "date cannot be 'soon'"),
        (SWISS | {"date": "2026-02-31"}, "CG007", "date cannot be"),
        (SWISS | {"asked": 1}, "CG007", "write [asked]"),
        (SWISS | {"words": 1}, "CG007", "write [words]"),
        (SWISS | {"show": 1}, "CG007", "write [[show]]"),
        (SWISS | {"show": [1]}, "CG007", "write [[show]]"),
        (SWISS | {"show": [{"what": "x", **LAW}]}, "CG007", "what cannot be 'x'"),
        (SWISS | {"signal": {"refuses": [1], **LAW}}, "CG007", "give a list of texts"),
        (SWISS | {"choice": {"lifetime": "1", **LAW}}, "CG007", "lifetime cannot be '1'"),
        (
            SWISS | {"exempt": [{"categories": ["a"], **LAW}]},
            "CG013",
            "write objection = true",
        ),
        (
            SWISS | {"exempt": [{"reasons": ["basket"], "renewal": True, **LAW}]},
            "CG013",
            "terms are for what is not necessary",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_a_regime_is_an_error(regime: Any, id_: str, words: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(regime=regime)

    assert ids(caught.value.findings) == [id_]
    assert words in str(caught.value)


def test_all_errors_of_a_regime_are_reported_at_once() -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(regime={"name": "x"})

    findings = caught.value.findings
    assert {finding.place.partition(":")[0] for finding in findings} == {"regime"}
    assert len(findings) == 6


# What follows from one


@pytest.mark.parametrize(
    ("regime", "basis"),
    [
        ("eu", Basis.CONSENT),
        ("fr", Basis.EXEMPT),
        ("uk", Basis.OBJECTABLE),
        ("us-ca", Basis.OPT_OUT),
        (["fr", "uk", "us-ca"], Basis.EXEMPT),
        (["uk", "eu"], Basis.CONSENT),
        (["us-ca", "uk"], Basis.OBJECTABLE),
    ],
    ids=str,
)
def test_of_several_regimes_the_strictest_counts_for_each_cookie(regime: Any, basis: Basis) -> None:
    rule = rule_in(policy_of(cookie(anonymous=True), regime=regime), "_ga")

    assert (rule.basis, rule.exempt) == (basis, basis is not Basis.CONSENT)


def test_the_terms_of_several_regimes_all_count() -> None:
    other = SWISS | {
        "exempt": [
            {
                "reasons": ["audience_measurement"],
                "objection": True,
                "lifetime": "30 days",
                "retention": "3 years",
                **LAW,
            }
        ]
    }
    policy = policy_of(cookie(anonymous=True), regime=["fr", other])

    terms = rule_in(policy, "_ga").terms
    assert terms is not None
    assert (terms.lifetime, terms.retention) == (timedelta(30), timedelta(760))
    assert (terms.renewal, terms.assessment) == (False, True)


def test_a_cookie_of_several_categories_is_exempt_where_all_are() -> None:
    presets = ["matomo", "google-analytics"]
    policy = Policy(presets=presets, cookies=[cookie("x", category="marketing")], regime="uk")

    assert policy.consent_categories == ("marketing",)
    assert policy.offered_categories == ("statistics", "marketing")
    assert policy.exempt_categories == {"statistics"}


def test_under_an_opt_out_nothing_is_asked_and_all_can_be_refused() -> None:
    policy = policy_of(categories=[Category("video")], regime="us-ca")

    assert policy.consent_categories == ()
    assert policy.open_categories == {"statistics", "marketing", "video"}
    assert policy.signalled == {"statistics", "video"}


def test_a_signal_can_name_what_it_refuses() -> None:
    cookies = cookie(), cookie("_fbp", category="marketing")

    assert policy_of(*cookies, regime=SWISS).signalled == {"statistics"}
    assert policy_of(*cookies, regime="fr").signalled == {"marketing"}
    assert policy_of(*cookies, regime=[SWISS, "fr"]).signalled == {"statistics", "marketing"}


@pytest.mark.parametrize(
    ("regime", "lifetimes"),
    [("fr", (182, 182)), ("us-ca", (365, 365)), (["fr", "us-ca"], (182, 182)), (SWISS, (100, 200))],
    ids=str,
)
@pytest.mark.law(7)
def test_a_choice_holds_as_long_as_the_regime_says(regime: Any, lifetimes: tuple[int, int]) -> None:
    policy = policy_of(regime=regime)

    assert policy.choice_lifetimes == tuple(map(timedelta, lifetimes))
    assert rule_in(policy, policy.preferences_cookie).lifetime == timedelta(max(lifetimes))


def test_a_policy_of_several_regimes_is_judged_by_one_of_them() -> None:
    policy = policy_of(regime=["fr", "uk"])
    picked = policy.under("uk")

    assert (policy.regime.name, picked.regime.name) == ("fr", "uk")
    assert picked.regimes == policy.regimes
    assert picked != policy
    assert rule_in(picked, "_ga").basis is Basis.OBJECTABLE
    with pytest.raises(ConfigurationError, match="no regime 'eu'"):
        policy.under("eu")


# Findings


@pytest.mark.law(31)
def test_without_an_assessment_the_french_exemption_is_a_finding() -> None:
    fields: dict[str, Any] = {"anonymous": True, "retention": "1 year"}
    bare, assessed = cookie(**fields), cookie(**fields, assessment=("2026-01-10", "/assessment"))

    assert places(policy_of(bare).findings()) == [("CG060", "cookies[0] ('_ga')")]
    assert policy_of(assessed).findings() == ()
    assert assessed.assessment == Assessment(date(2026, 1, 10), "/assessment")
    assert "CG060" not in ids(policy_of(bare, regime="uk").findings())


@pytest.mark.law(30)
def test_the_limits_of_the_french_exemption_are_for_no_other_regime() -> None:
    long = cookie(anonymous=True, lifetime="3 years", retention="9 years")

    assert policy_of(long, regime="uk", controller=Controller("Town")).findings() == ()


@pytest.mark.parametrize("regime", ["uk", "us-ca"])
@pytest.mark.law(30)
def test_what_visitors_can_object_to_is_explained(regime: str) -> None:
    policy = policy_of(cookie(purpose=""), regime=regime, controller=Controller("Town"))

    assert places(policy.findings()) == [("CG051", "cookies[0] ('_ga')")]


def test_a_reason_that_the_regime_does_not_have_is_a_finding() -> None:
    metered = cookie("meter", category="necessary", exempt_reason="paywall")

    assert ids(policy_of(metered, regime="eu").findings()) == ["CG061"]
    assert policy_of(metered).findings() == ()


def test_lengths_that_are_no_whole_months_are_named_in_days() -> None:
    terms = {"categories": ["statistics"], "objection": True, "lifetime": "10 days", **LAW}
    (finding,) = policy_of(
        cookie(lifetime="11 days"), regime=SWISS | {"exempt": [terms]}
    ).findings()

    assert (finding.id, finding.hint) == ("CG057", 'declare a lifetime of at most "10 days"')


@pytest.mark.parametrize(
    "name", ["matomo", "at-internet", "eulerian", "piwik-pro"], ids=lambda name: name
)
@pytest.mark.law(31)
def test_no_preset_speaks_of_a_list_of_the_cnil(name: str) -> None:
    text = PRESETS.joinpath(f"{name}.toml").read_text(encoding="utf-8")

    assert "cnil" not in text.lower()


def test_a_regime_is_a_value_and_not_empty() -> None:
    assert hash(Policy(regime=SWISS).regime) == hash(Policy(regime=SWISS).regime)


def test_an_empty_table_is_no_regime() -> None:
    with pytest.raises(PolicyError):
        Policy(regime={})
