"""Presets: what they declare, and how the site's declarations override theirs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consentgate import Cookie, Policy
from consentgate.policy.merge import strictest
from tests.unit.policy.reported import ids, places, refusal


def preset_in(folder: Path, name: str, *cookies: str, top: str = "") -> str:
    file = folder / f"{name}.toml"
    tables = (f"[[cookies]]\n{cookie}\n" for cookie in cookies)
    file.write_text("\n".join((top, *tables)), encoding="utf-8")
    return str(file)


def rule_of(policy: Policy, name: str) -> Cookie:
    rule = policy.rule_for(name)
    assert rule is not None
    return rule


def test_an_unknown_preset_is_an_error_with_the_nearest_name() -> None:
    (error,) = refusal(lambda: Policy(presets=["djago"]))

    assert (error.id, error.place) == ("CG009", "presets")
    assert error.hint.startswith("did you mean 'django'? known: at-internet, cdn, ")


def test_the_site_overrides_the_preset_field_by_field() -> None:
    site = Cookie("sessionid", category="necessary", provider="Ville", lifetime="1 day")
    rule = rule_of(Policy(cookies=[site], presets=["django"]), "sessionid")

    assert (rule.provider, rule.lifetime) == ("Ville", timedelta(days=1))
    assert rule.service == "Django"
    assert rule.purpose == rule_of(Policy(presets=["django"]), "sessionid").purpose


def test_a_default_that_the_site_gives_overrides_the_preset(tmp_path: Path) -> None:
    preset = preset_in(
        tmp_path, "p", 'name = "a"\ncategory = "statistics"\nparty = "third"\nsecure = true'
    )
    without = Policy(cookies=[Cookie("a", category="statistics")], presets=[preset])
    site = Cookie("a", category="statistics", party="first", secure=False)
    explicit = Policy(cookies=[site], presets=[preset])

    assert (rule_of(without, "a").party, rule_of(without, "a").secure) == ("third", True)
    assert (rule_of(explicit, "a").party, rule_of(explicit, "a").secure) == ("first", False)
    assert without != explicit


def test_a_name_alone_keeps_all_fields_of_the_preset() -> None:
    rule = rule_of(Policy(["django_language"], presets=["django"]), "django_language")

    assert (rule.exempt_reason, rule.service, rule.lifetime) == ("interface", "Django", "session")


def test_a_reason_of_the_preset_does_not_exempt_another_category() -> None:
    site = Cookie("sessionid", category="statistics")
    rule = rule_of(Policy(cookies=[site], presets=["django"]), "sessionid")

    assert (rule.exempt, rule.exempt_reason, rule.service) == (False, None, "Django")


WORDED = """name = "a"
category = "statistics"
purpose = { en = "Counts visits.", fr = "Compte les visites." }
purpose_id = "visits"
"""


@pytest.mark.parametrize(
    ("fields", "purpose_id"),
    [
        ({}, "visits"),
        ({"purpose": {"en": "Counts visits.", "fr": "Compte les visites."}}, "visits"),
        ({"purpose": "Sells visits."}, ""),
        ({"purpose": "Sells visits.", "purpose_id": "visits"}, "visits"),
    ],
    ids=["none", "the same", "another", "another under the same id"],
)
def test_another_purpose_of_the_site_does_not_keep_the_presets_id(
    tmp_path: Path, fields: Any, purpose_id: str
) -> None:
    preset = preset_in(tmp_path, "p", WORDED)
    site = Cookie("a", category="statistics", **fields)

    assert rule_of(Policy(cookies=[site], presets=[preset]), "a").purpose_id == purpose_id


def test_another_kind_of_the_same_name_does_not_touch_the_preset() -> None:
    site = Cookie("session", category="statistics", kind="session_storage")

    assert rule_of(Policy(cookies=[site], presets=["flask"]), "session").necessary


def test_fields_that_contradict_a_preset_are_an_error_with_both_places(tmp_path: Path) -> None:
    preset = preset_in(tmp_path, "p", 'name = "a"\ncategory = "statistics"\nparty = "third"')
    site = Cookie("a", category="statistics", anonymous=True)

    assert places(refusal(lambda: Policy(cookies=[site], presets=[preset]))) == [
        ("CG008", f"cookies[0] ('a') over preset {preset!r}: cookies[0] ('a')")
    ]


def test_presets_that_declare_the_same_are_one(tmp_path: Path) -> None:
    one = preset_in(tmp_path, "one", 'name = "a"\ncategory = "necessary"')
    two = preset_in(tmp_path, "two", 'name = "a"\ncategory = "necessary"\nparty = "first"')
    policy = Policy(presets=[one, two])

    assert [rule.name for rule in policy.rules] == ["cookies_preferences", "a"]
    assert policy.findings() == ()


def test_a_preset_named_twice_counts_once() -> None:
    assert Policy(presets=["flask", "flask"]) == Policy(presets=["flask"])


NECESSARY, STATISTICS, MARKETING = (
    f'name = "a"\ncategory = "{name}"' for name in ("necessary", "statistics", "marketing")
)


@pytest.mark.parametrize(
    ("one", "two", "categories"),
    [
        (NECESSARY, STATISTICS, ("statistics",)),
        (STATISTICS, NECESSARY, ("statistics",)),
        (STATISTICS, MARKETING, ("statistics", "marketing")),
        (MARKETING, STATISTICS, ("marketing", "statistics")),
        (STATISTICS, STATISTICS + '\nparty = "third"', ("statistics",)),
    ],
)
def test_of_presets_that_differ_the_stricter_applies_and_all_consents_are_needed(
    tmp_path: Path, one: str, two: str, categories: tuple[str, ...]
) -> None:
    presets = [preset_in(tmp_path, "one", one), preset_in(tmp_path, "two", two)]
    policy = Policy(presets=presets)

    assert rule_of(policy, "a").categories == categories
    assert policy.consent_categories == tuple(sorted(categories, reverse=True))
    assert [finding.id for finding in policy.findings()].count("CG056") == 1


@pytest.mark.parametrize(
    ("weaker", "stricter"),
    [("necessary", "anonymous"), ("anonymous", "consent"), ("necessary", "consent")],
)
def test_necessary_is_less_strict_than_anonymous_and_that_less_than_consent(
    weaker: str, stricter: str
) -> None:
    rules = {
        "necessary": Cookie("a", category="necessary"),
        "anonymous": Cookie("a", category="statistics", anonymous=True),
        "consent": Cookie("a", category="marketing"),
    }

    assert strictest([rules[weaker], rules[stricter]]) is rules[stricter]
    assert strictest([rules[stricter], rules[weaker]]) is rules[stricter]


def test_a_finding_on_presets_that_differ_names_both() -> None:
    policy = Policy(presets=["flask", "starlette"])
    finding = policy.findings()[0]

    assert (finding.id, finding.place) == ("CG056", "preset 'flask': cookies[0] ('session')")
    assert "preset 'starlette': cookies[0] ('session')" in finding.message
    assert rule_of(policy, "session").service == "Flask"


def test_what_the_site_declares_settles_how_presets_differ() -> None:
    policy = Policy(["session"], presets=["flask", "starlette"])

    assert "CG056" not in ids(policy.findings())


def test_the_place_of_a_finding_is_that_of_the_stricter_preset(tmp_path: Path) -> None:
    presets = [preset_in(tmp_path, "one", NECESSARY), preset_in(tmp_path, "two", STATISTICS)]
    findings = Policy(presets=presets).findings()

    assert ("CG051", f"preset {presets[1]!r}: cookies[0] ('a')") in places(findings)


def test_all_errors_of_a_preset_are_reported_at_once(tmp_path: Path) -> None:
    preset = preset_in(
        tmp_path,
        "p",
        'name = "a"\ncategory = "social"',
        'name = "*"\ncategory = "statistics"\npurposes = "x"',
        'name = "c"\ncategory = "statistics"\nanonymous = true',
        top='necessary = ["x"]',
    )
    place = f"preset {preset!r}"

    assert places(refusal(lambda: Policy(presets=[preset]))) == [
        ("CG006", f"{place}: cookies[1] ('*')"),
        ("CG002", f"{place}: cookies[1] ('*')"),
        ("CG006", place),
        ("CG008", f"{place}: cookies[2] ('c')"),
    ]


def test_an_unknown_category_of_a_preset_is_an_error(tmp_path: Path) -> None:
    preset = preset_in(tmp_path, "p", 'name = "a"\ncategory = "social"')

    assert places(refusal(lambda: Policy(presets=[preset]))) == [
        ("CG003", f"preset {preset!r}: cookies[0] ('a')")
    ]


def test_the_path_of_a_preset_starts_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = preset_in(tmp_path, "shop", 'name = "a"\ncategory = "necessary"')
    monkeypatch.chdir(tmp_path)

    assert Policy(presets=["shop.toml"]).presets == (preset,)


def test_a_preset_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.toml")

    assert places(refusal(lambda: Policy(presets=[missing]))) == [("CG010", f"preset {missing!r}")]


CHOICE = 'name = "choice"\ncategory = "necessary"\nprovider = "Ville"'


def test_a_preset_may_explain_the_preferences_cookie(tmp_path: Path) -> None:
    preset = preset_in(tmp_path, "p", CHOICE + '\nlifetime = "6 months"')
    policy = Policy(presets=[preset], preferences_cookie="choice")

    (rule,) = policy.rules
    assert (rule.provider, rule.exempt_reason, rule.lifetime) == (
        "Ville",
        "choice",
        timedelta(days=182),
    )
    assert policy.findings() == ()


def test_the_site_explains_the_preferences_cookie_over_a_preset(tmp_path: Path) -> None:
    preset = preset_in(tmp_path, "p", CHOICE + '\nservice = "Cookies"')
    site = Cookie("choice", category="necessary", provider="Port")
    rule = rule_of(Policy(cookies=[site], presets=[preset], preferences_cookie="choice"), "choice")

    assert (rule.provider, rule.service) == ("Port", "Cookies")


def test_a_preset_cannot_change_the_preferences_cookie() -> None:
    errors = refusal(lambda: Policy(presets=["flask"], preferences_cookie="session"))

    assert places(errors) == [("CG011", "preset 'flask': cookies[0] ('session')")]


@pytest.mark.parametrize("presets", ["django", [7], None, {"django": 1}], ids=repr)
def test_presets_are_a_list_of_names_and_paths(presets: Any) -> None:
    assert ids(refusal(lambda: Policy(presets=presets))) == ["CG007"]
