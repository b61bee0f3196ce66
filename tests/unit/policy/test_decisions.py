"""What is said about whole sets of names, against the gate's own answer for each name of a few
letters."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consentgate import Category, Cookie, Policy, PolicyError
from consentgate.policy import decisions, name_patterns
from consentgate.policy.decisions import outcome_of
from consentgate.policy.difference import difference
from consentgate.policy.name_patterns import TooManyOverlapsError, matches, overlaps
from consentgate.policy.proof import find_counterexample
from consentgate.policy.writing import paste_toml

# "x" is in no declared name: it is what a star alone matches.
NAMES = [
    "".join(word) for length in range(1, 6) for word in itertools.product("abx", repeat=length)
]
CATEGORIES = ["necessary", "statistics", "video"]

patterns = st.from_regex(r"\*?[ab]{1,2}(\*[ab]{1,2}){0,2}\*?", fullmatch=True)
cookies = st.builds(
    lambda name, category, anonymous: Cookie(
        name, category=category, anonymous=True if anonymous and category != "necessary" else None
    ),
    patterns,
    st.sampled_from(CATEGORIES),
    st.booleans(),
)


@pytest.fixture(scope="module")
def preset_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("presets")


@st.composite
def policies(draw: st.DrawFn, folder: Path) -> Policy | None:
    """A policy of a site and two presets, or None where its declarations conflict."""
    presets = []
    for _ in range(2):
        tables = [
            paste_toml(cookie.name, cookie.category)
            for cookie in draw(st.lists(cookies, max_size=2, unique_by=lambda one: one.name))
        ]
        path = folder / f"{abs(hash(tuple(tables)))}.toml"
        path.write_text("\n".join(tables))
        presets.append(path)
    site = draw(st.lists(cookies, max_size=3, unique_by=lambda one: one.name))
    try:
        return Policy(cookies=site, categories=[Category("video")], presets=presets)
    except PolicyError:
        return None


def usual(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip


@usual(100)
@given(patterns, patterns)
def test_overlaps_have_exactly_the_names_of_both_patterns(first: str, second: str) -> None:
    found = list(overlaps(first, second))

    both = {name for name in NAMES if matches(first, name) and matches(second, name)}
    assert {name for name in NAMES if any(matches(one, name) for one in found)} == both


@usual(60)
@given(st.data())
def test_each_name_of_another_category_is_of_a_change_and_no_other_is(
    preset_folder: Path, data: st.DataObject
) -> None:
    before = data.draw(policies(preset_folder).filter(bool))
    after = data.draw(policies(preset_folder).filter(bool))
    assert before is not None
    assert after is not None

    changes = difference(before, after).names

    for change in changes:
        rules = before.rule_for(change.example), after.rule_for(change.example)
        assert rules == (change.before, change.after)
        assert outcome_of(rules[0]) != outcome_of(rules[1])
        assert matches(change.pattern, change.example)
    outcomes = {(outcome_of(one.before), outcome_of(one.after)) for one in changes}
    for name in NAMES:
        old, new = (outcome_of(policy.rule_for_text(name)) for policy in (before, after))
        if old != new:
            assert (old, new) in outcomes
            assert any(matches(change.pattern, name) for change in changes)


@usual(60)
@given(st.data(), st.one_of(patterns, st.just("*")), st.sampled_from(["statistics", "video"]))
def test_a_proof_has_no_exception_and_a_counterexample_is_one(
    preset_folder: Path, data: st.DataObject, never: str, without: str
) -> None:
    policy = data.draw(policies(preset_folder).filter(bool))
    assert policy is not None

    def leaves(name: str) -> bool:
        rule = policy.rule_for_text(name)
        return rule is not None and (rule.exempt or without not in rule.categories)

    found = find_counterexample(policy, never=never, without=without)

    if found is None:
        assert [name for name in NAMES if matches(never, name) and leaves(name)] == []
    else:
        assert matches(never, found.name)
        assert leaves(found.name)
        assert found.rule == policy.rule_for_text(found.name)


def test_what_cannot_be_looked_at_is_said_and_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_patterns, "MOST_OVERLAPS", 10)
    many = "*" + "*".join("abcdefgh") + "*"

    with pytest.raises(TooManyOverlapsError):
        list(overlaps(many, many.replace("a", "i")))


def test_too_many_contested_sets_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(paste_toml("a*", "statistics"))
    (tmp_path / "two.toml").write_text(paste_toml("*a", "marketing"))
    policy = Policy(presets=[tmp_path / "one.toml", tmp_path / "two.toml"])
    monkeypatch.setattr(decisions, "MOST_CLAIMS", 1)

    with pytest.raises(TooManyOverlapsError):
        decisions.Decisions(policy)


def test_too_many_pairs_of_globs_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Policy(cookies=[Cookie("a*", category="statistics")])
    after = Policy(cookies=[Cookie("*b", category="marketing")])
    monkeypatch.setattr("consentgate.policy.difference.MOST_PAIRS", 0)

    with pytest.raises(TooManyOverlapsError):
        difference(before, after)


def test_what_is_no_cookie_decides_about_no_name() -> None:
    stored = Cookie("a*", category="necessary", kind="local_storage")

    found = find_counterexample(Policy(cookies=[stored]), never="a*", without="statistics")

    assert found is None


def test_what_waits_for_its_own_consent_is_proved_to_wait() -> None:
    policy = Policy(
        cookies=[Cookie("a*", category="statistics"), Cookie("b", category="marketing")]
    )

    assert find_counterexample(policy, never="a*", without="statistics") is None


def test_an_example_is_as_plain_as_the_declarations_let_it_be() -> None:
    taken = [Cookie(f"a{end}", category="necessary") for end in ("x", "1", "abc")]
    policy = Policy(cookies=[Cookie("a*", category="statistics"), *taken])

    assert decisions.example_of("a*", decisions.Decisions(policy)) == "azq7"


def test_an_example_is_odd_where_every_plain_one_is_declared() -> None:
    taken = [Cookie(f"a{end}", category="necessary") for end in ("x", "1", "abc", "zq7")]
    policy = Policy(cookies=[Cookie("a*", category="statistics"), *taken])

    assert decisions.example_of("a*", decisions.Decisions(policy)) == "a\xe9"
