"""Which rule a name has, and that finding it stays cheap and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate import Cookie, Policy
from consentgate.policy.lookup import LONGEST_NAME, MOST_NAMES, GlobIndex, RuleLookup
from consentgate.policy.names import Glob

GLOBS = st.lists(st.sampled_from(["", "a", "b", "ab", "ba"]), min_size=2, max_size=3).map("*".join)


def rules(*names: str) -> list[Cookie]:
    return [Cookie(name, category="statistics") for name in names]


def rule_named(policy: Policy, name: str) -> str | None:
    rule = policy.rule_for(name)
    return None if rule is None else rule.name


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("_session", "_session"),
        ("_s", "_s*"),
        ("_shop", "_s*"),
        ("_se", "_se*"),
        ("_sea_id", "_se*"),
        ("_sx_id", "_s*_id"),
        ("_Session", None),
        ("session", None),
        ("", None),
    ],
)
@pytest.mark.behaviour(8)
def test_the_exact_name_comes_first_and_then_the_most_literal_glob(
    name: str, rule: str | None
) -> None:
    cookies = rules("_s*", "_session", "_s*_id", "_se*", "_sea*__")
    policy = Policy(cookies=cookies)

    assert rule_named(policy, name) == {"_sea_id": "_s*_id"}.get(name, rule)


def test_an_exact_name_of_a_preset_comes_before_a_glob_of_the_site() -> None:
    policy = Policy(cookies=rules("session*"), presets=["flask"])

    assert rule_named(policy, "session") == "session"
    assert rule_named(policy, "sessionC1") == "session*"


def test_of_equally_literal_globs_the_one_of_the_site_comes_first() -> None:
    lookup = RuleLookup(rules("a*b"), rules("ab*"))

    assert lookup["abb"] == rules("a*b")[0]
    assert lookup["abc"] == rules("ab*")[0]


def test_a_longer_glob_of_a_preset_comes_before_a_shorter_one_of_the_site() -> None:
    lookup = RuleLookup(rules("_s*"), rules("_se*"))

    assert lookup["_sea"] == rules("_se*")[0]
    assert lookup["_sx"] == rules("_s*")[0]


def test_of_equally_literal_globs_of_presets_both_categories_are_needed() -> None:
    lookup = RuleLookup(
        [], [Cookie("a*b", category="statistics"), Cookie("ab*", category="marketing")]
    )

    assert lookup["acb"] == Cookie("a*b", category="statistics")
    assert lookup["abb"] != lookup["acb"]
    assert lookup["abb"] is not None
    assert lookup["abb"].categories == ("statistics", "marketing")


def test_of_equally_literal_globs_of_one_category_the_strictest_comes_first() -> None:
    anonymous = Cookie("a*b", category="statistics", anonymous=True)
    policy = Policy(cookies=[anonymous, Cookie("ab*", category="statistics")])

    assert rule_named(policy, "abb") == "ab*"
    assert rule_named(policy, "acb") == "a*b"


def test_only_cookies_are_found_by_name() -> None:
    policy = Policy(cookies=[Cookie("theme", category="statistics", kind="local_storage")])

    assert policy.rule_for("theme") is None


def test_the_preferences_cookie_has_a_rule() -> None:
    rule = Policy(preferences_cookie="__Host-choice").rule_for("__Host-choice")

    assert rule is not None
    assert (rule.necessary, rule.exempt_reason) == (True, "choice")


def test_a_preset_file_is_found_by_name_too(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('[[cookies]]\nname = "shop_*"\ncategory = "statistics"\n', encoding="utf-8")

    assert rule_named(Policy(presets=[file]), "shop_1") == "shop_*"


@given(globs=st.lists(GLOBS, max_size=8), name=st.text(alphabet="ab", max_size=8))
def test_the_index_finds_what_trying_each_glob_finds(globs: list[str], name: str) -> None:
    index = GlobIndex((Glob.of(glob), glob) for glob in globs)

    found = sorted(glob for _, glob in index.matching(name))

    assert found == sorted(glob for glob in globs if Glob.of(glob).matches(name))


def test_a_name_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    matches = Glob.matches

    def counted(glob: Glob, name: str) -> bool:
        tried.append(name)
        return matches(glob, name)

    monkeypatch.setattr(Glob, "matches", counted)
    lookup = RuleLookup(rules("_pk_id.*"), [])

    assert [lookup["_pk_id.1"], lookup["_pk_id.1"]] == rules("_pk_id.*") * 2
    assert tried == ["_pk_id.1"]


@pytest.mark.parametrize("shape", ["tracker_{}_*", "*_tracker_{}", "_t{}*id"])
def test_of_ten_thousand_globs_only_those_with_the_same_ends_are_tried(
    monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    tried: list[str] = []
    lookup = RuleLookup(rules(*(shape.format(number) for number in range(10_000))), [])
    monkeypatch.setattr(Glob, "matches", lambda _, name: tried.append(name))

    assert lookup["sessionid"] is None
    assert lookup["tracker_77_x_tracker_4242"] is None
    assert len(tried) <= 2


def test_the_names_of_visitors_do_not_pile_up() -> None:
    lookup = RuleLookup(rules("_ga", "_ga_*"), [])

    for number in range(3 * MOST_NAMES):
        assert lookup[f"x{number}"] is None
        assert len(lookup) <= MOST_NAMES
    assert lookup["_ga"] == rules("_ga")[0]


def test_long_names_of_visitors_are_not_kept() -> None:
    lookup = RuleLookup(rules("_ga_*"), [])

    assert lookup["_ga_" + "x" * LONGEST_NAME] == rules("_ga_*")[0]
    assert len(lookup) == 0
