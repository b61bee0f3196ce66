"""The names that are declared, as the guard looks them up: as the gate would decide."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate import Cookie, Policy
from consentgate.browser import declared_names
from consentgate.browser.declared_names import Rule, rules_by_kind
from consentgate.policy.name_patterns import TooManyOverlapsError
from tests.support.exchange import POLICY


def first(policy: Policy, name: str, kind: str = "cookie") -> Rule | None:
    """The rule that the guard finds."""
    rules = rules_by_kind(policy).get(kind, [])
    return next((one for one in rules if re.search(one[0], name, re.DOTALL)), None)


def declaring(*cookies: Cookie) -> Policy:
    return Policy(necessary=["session"], cookies=cookies)


def test_only_the_server_writes_the_choice() -> None:
    found = first(POLICY, "cookies_preferences")

    assert found is not None
    assert found[1:] == ([""], 0)


def test_what_is_necessary_needs_no_category() -> None:
    found = first(POLICY, "session")

    assert found is not None
    assert found[1:] == ([], 1)


def test_an_exact_name_comes_before_globs_and_the_longer_glob_before_the_shorter() -> None:
    policy = declaring(
        Cookie("a*", category="statistics"),
        Cookie("ab*", category="marketing"),
        Cookie("abc", category="necessary"),
    )

    categories = [found[1] for name in ("ax", "abx", "abc") if (found := first(policy, name))]

    assert categories == [["statistics"], ["marketing"], []]


def test_equally_precise_globs_that_meet_must_all_be_allowed() -> None:
    policy = declaring(
        Cookie("a*", category="statistics", kind="local_storage", anonymous=True),
        Cookie("*a", category="marketing", kind="local_storage"),
    )

    found = first(policy, "aba", "local_storage")

    assert found is not None
    assert found[1:] == (["marketing", "statistics"], 0)


def test_globs_that_do_not_meet_are_apart() -> None:
    policy = declaring(
        Cookie("a*", category="statistics"),
        Cookie("b*", category="marketing"),
        Cookie("b*", category="statistics", kind="local_storage"),
    )

    found = first(policy, "b1")

    assert found is not None
    assert found[1] == ["marketing"]


def test_globs_of_which_too_many_overlaps_exist_are_taken_for_ones_that_meet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def overlaps(one: str, other: str) -> None:
        raise TooManyOverlapsError

    monkeypatch.setattr(declared_names, "overlaps", overlaps)
    policy = declaring(Cookie("a*", category="statistics"), Cookie("b*", category="marketing"))

    found = first(policy, "b1")

    assert found is not None
    assert found[1] == ["marketing", "statistics"]


def test_what_is_loaded_and_not_stored_by_name_is_left_out() -> None:
    policy = declaring(
        Cookie("a", category="statistics", kind="local_storage"),
        Cookie("b", category="statistics", kind="script"),
    )

    assert rules_by_kind(policy).keys() == {"cookie", "local_storage"}
    assert first(policy, "a", "session_storage") is None


# A busy machine may take longer for the first policy than for all others.
@settings(deadline=None)
@given(name=st.text(alphabet="a.*+?()[]{}|^$\\/- é", min_size=2, max_size=6))
def test_a_pattern_matches_its_own_name_whatever_characters_it_has(name: str) -> None:
    exact = name.replace("*", "x").strip() or "x"
    policy = declaring(Cookie(exact, category="statistics", kind="indexed_db"))

    assert first(policy, exact, "indexed_db") is not None
    assert first(policy, f"{exact}!", "indexed_db") is None
