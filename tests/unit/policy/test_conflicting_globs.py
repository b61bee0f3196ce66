"""Which globs conflict: they can match a common name, and the most literal one does not win."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.policy.checks import Claim, conflicts
from consentgate.policy.names import Glob

NAMES = ["".join(letters) for length in range(9) for letters in product("ab", repeat=length)]
GLOBS = st.lists(st.sampled_from(["", "a", "b", "ab", "ba"]), min_size=2, max_size=3).map("*".join)


def share_a_name(one: Glob, other: Glob) -> bool:
    return any(one.matches(name) and other.matches(name) for name in NAMES)


def can_overlap(one: Glob, other: Glob) -> bool:
    prefixes = one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
    return prefixes and (one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix))


def claims(*declared: tuple[str, str]) -> list[Claim]:
    return [
        Claim(number, Glob.of(name), category) for number, (name, category) in enumerate(declared)
    ]


@given(one=GLOBS, other=GLOBS)
def test_globs_overlap_exactly_where_trying_all_names_finds_one(one: str, other: str) -> None:
    first, second = Glob.of(one), Glob.of(other)

    # Two prefixes, two middles and two suffixes of at most 2 letters: 8 letters are enough.
    assert can_overlap(first, second) == share_a_name(first, second)


@given(declared=st.lists(st.tuples(GLOBS, st.sampled_from("xyz")), max_size=8))
def test_conflicts_are_found_exactly_where_comparing_all_pairs_finds_some(
    declared: list[tuple[str, str]],
) -> None:
    all_pairs = {
        (one.number, other.number)
        for one, other in combinations(claims(*declared), 2)
        if one.glob.literal_length == other.glob.literal_length
        and one.claimed != other.claimed
        and can_overlap(one.glob, other.glob)
    }

    found = conflicts(claims(*declared))

    assert all_pairs.issuperset(found)
    assert bool(found) == bool(all_pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ab*", "ab*"), ("ab*", "*cd"), ("ab*c", "a*bc"), ("*ab", "*ba*"), ("a*b", "a*b*")],
)
def test_equally_literal_globs_that_overlap_conflict(one: str, other: str) -> None:
    assert conflicts(claims((one, "x"), (other, "y"))) == [(0, 1)]
    assert conflicts(claims((other, "y"), (one, "x"))) == [(0, 1)]


@pytest.mark.parametrize(
    ("one", "other"), [("ab*", "ac*"), ("*ab", "*bb"), ("a*bc", "ab*d"), ("ab*", "abc*")]
)
def test_globs_do_not_conflict_without_an_overlap_or_with_different_lengths(
    one: str, other: str
) -> None:
    assert conflicts(claims((one, "x"), (other, "y"))) == []


def test_globs_that_claim_the_same_do_not_conflict() -> None:
    assert conflicts(claims(("ab*", "x"), ("*cd", "x"))) == []


def test_ten_thousand_globs_are_not_compared_pair_by_pair() -> None:
    heads = [Claim(number, Glob.of(f"{number:05}*"), "x") for number in range(5_000)]
    tails = [Claim(number, Glob.of(f"*{number:05}"), "x") for number in range(5_000, 10_000)]
    odd = Claim(10_000, Glob.of("0123*4"), "y")

    # 50 million comparisons would take minutes.
    found = conflicts([*heads, *tails, odd])

    assert found == [*((number, 10_000) for number in range(1230, 1240)), (5_004, 10_000)]
