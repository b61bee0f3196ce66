"""`consentgate policy explain`: the rule of a name, why, and what the gate does with the cookie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from consentgate import Consent, Gate, Policy
from consentgate.policy.precedence import precedence_of
from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE

pytestmark = pytest.mark.cli

SEVERAL = """\
necessary = ["_pk_id.safe"]
presets = ["matomo", "one.toml", "two.toml"]

[[categories]]
name = "video"

[[cookies]]
name = "_pk_*"
category = "statistics"

[[cookies]]
name = "*kept"
category = "statistics"
anonymous = true
retention = "1 year"

[[cookies]]
name = "own_*"
category = "statistics"

[[cookies]]
name = "script"
category = "video"
kind = "local_storage"
"""
ONE = '[[cookies]]\nname = "tie*"\ncategory = "statistics"\n'
TWO = (
    '[[cookies]]\nname = "*tie"\ncategory = "marketing"\n\n'
    '[[cookies]]\nname = "*_own"\ncategory = "marketing"\n'
)


@pytest.fixture
def several(folder: Path) -> Path:
    (folder / "one.toml").write_text(ONE)
    (folder / "two.toml").write_text(TWO)
    (folder / "consent.toml").write_text(SEVERAL)
    return folder


def rule_of(run: Run, name: str) -> Any:
    ran = run("policy", "explain", name, "--json")
    assert (ran.code, ran.err) == (0, "")
    return ran.json["rule"]


def test_a_cookie_of_a_glob(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "explain", "_pk_id.1")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "name:            _pk_id.1\n"
        "category:        statistics\n"
        "rule:            _pk_id.*, at cookies[0]\n"
        "why this one:    no other rule matches\n"
        "needs consent:   yes\n"
        "regime:          fr: data protection act, law no. 78-17 of 6 January 1978, art.\n"
        "                 82 (law)\n"
        "provider:        Matomo\n"
        "purpose:         Tells visits apart.\n"
        "lifetime:        395 days\n"
        "before a choice: stripped (CG111: the visitor has not chosen)\n"
        "after a refusal: stripped (CG112: the visitor refused its category); the\n"
        "                 browser's copy is expired\n"
        "after a grant:   leaves (CG101)\n"
    )


def test_an_undeclared_cookie_with_the_lines_to_paste(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "explain", "_ga")

    assert (ran.code, ran.err) == (0, "")
    assert "category:        undeclared" in ran.out
    assert "after a grant:   stripped (CG110: it is not declared)" in ran.out
    assert ran.out.endswith('\n\n[[cookies]]\nname = "_ga"\ncategory = "statistics"\n')


@pytest.mark.parametrize("name", ["", "a=b", "a;b", " a", "a\n", "\udcff"])
def test_what_no_cookie_is_called_is_wrong_use(run: Run, folder: Path, name: str) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    ran = run("policy", "explain", name)

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "no cookie can be called" in ran.err


def test_a_name_that_cannot_be_declared_has_no_lines_to_paste(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    assert run("policy", "explain", "é", "--json").json["declare"] is None
    assert run("policy", "explain", "é").out.endswith("(CG110: it is not declared)\n")


@pytest.mark.parametrize(
    ("name", "rule", "why", "beaten"),
    [
        ("_pk_id.safe", "_pk_id.safe", "it has exactly this name", ["_pk_id.*", "_pk_*"]),
        ("cookies_preferences", "cookies_preferences", "it has this name", []),
        (
            "_pk_id.1",
            "_pk_id.*",
            "it has the most characters besides stars (7)",
            ["_pk_*"],
        ),
        ("_pk_none", "_pk_*", "no other rule matches", []),
        (
            "own_own",
            "own_*",
            "it is as literal as the next one, and the site's own comes before a preset's",
            ["*_own"],
        ),
        ("tie", "tie*", "of equally literal ones the stricter applies, or the first", ["*tie"]),
    ],
    ids=["exact", "alone and exact", "longest", "alone", "site", "stricter"],
)
@pytest.mark.behaviour(8)
def test_it_says_why_this_rule(
    run: Run, several: Path, name: str, rule: str, why: str, beaten: list[str]
) -> None:
    found = rule_of(run, name)

    assert (found["name"], found["why"], found["beaten"]) == (rule, why, beaten)


def test_it_says_where_the_rule_is_declared(run: Run, several: Path) -> None:
    assert rule_of(run, "_pk_id.1")["declared_at"] == "preset 'matomo': cookies[0]"
    assert rule_of(run, "_pk_none")["declared_at"] == "cookies[0]"
    assert rule_of(run, "_pk_id.safe")["declared_at"] == "necessary[0]"
    assert rule_of(run, "cookies_preferences")["declared_at"] == "consentgate[0]"


def test_each_rule_is_the_one_that_the_gate_finds(several: Path) -> None:
    policy = Policy.from_toml("consent.toml")

    for name in ("_pk_id.1", "_pk_none", "own_own", "tie", "tied", "own_kept", "script", "none"):
        assert precedence_of(policy, name).rule == policy.rule_for_text(name)


@pytest.mark.parametrize("name", ["_pk_id.1", "_pk_id.safe", "own_kept", "kept", "tie", "none"])
def test_what_becomes_of_it_is_what_the_gate_does(run: Run, several: Path, name: str) -> None:
    document = run("policy", "explain", name, "--json").json

    gate = Gate(Policy.from_toml("consent.toml"), secret_key="for tests only, of 32 characters")
    everything = gate.consent_for("statistics", "marketing")
    choices = {
        "before_choice": Consent.undecided(),
        "after_refusal": gate.consent_for(),
        "after_grant": everything,
    }
    assert {key: document[key]["leaves"] for key in choices} == {
        key: gate.filter([f"{name}=1"], consent) != [] for key, consent in choices.items()
    }


def test_json_has_each_fact(run: Run, folder: Path) -> None:
    (folder / "consent.toml").write_text(COMPLETE)

    assert run("policy", "explain", "_pk_id.1", "--json").json == {
        "format": 1,
        "name": "_pk_id.1",
        "regime": "fr",
        "rule": {
            "name": "_pk_id.*",
            "declared_at": "cookies[0]",
            "why": "no other rule matches",
            "beaten": [],
            "categories": ["statistics"],
            "needs_consent": True,
            "basis": "consent",
            "exempt_reason": None,
            "provider": "Matomo",
            "purpose": "Tells visits apart.",
            "lifetime": "395 days",
        },
        "before_choice": {"leaves": False, "reason": "CG111"},
        "after_refusal": {"leaves": False, "reason": "CG112"},
        "after_grant": {"leaves": True, "reason": "CG101"},
        "declare": None,
    }


def test_an_exempt_cookie_says_why_it_needs_no_consent(run: Run, several: Path) -> None:
    assert "needs consent:   no: audience_measurement" in run("policy", "explain", "kept").out


@pytest.mark.parametrize(
    ("regime", "basis"), [("uk", "objectable"), ("us-ca", "opt-out"), ("eu", "consent")]
)
def test_another_regime_has_another_answer(run: Run, folder: Path, regime: str, basis: str) -> None:
    (folder / "consent.toml").write_text(f'regime = "{regime}"\n{COMPLETE}')

    assert rule_of(run, "_pk_id.1")["basis"] == basis
    out = run("policy", "explain", "_pk_id.1").out
    assert f"regime:          {regime}: " in out
    assert f"needs consent:   {'yes' if basis == 'consent' else f'no: {basis}'}\n" in out


def test_a_rule_without_a_lifetime_shows_none(run: Run, several: Path) -> None:
    assert rule_of(run, "_pk_none")["lifetime"] is None
    assert "lifetime" not in run("policy", "explain", "_pk_none").out
