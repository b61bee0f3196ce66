"""What is suggested for all undeclared cookies of a test run at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate import Controller, Policy
from consentgate.gate.advice import Advice, Advisor, Seen, is_declarable

pytestmark = pytest.mark.behaviour(44)

EMPTY = Policy(controller=Controller("Example Town"))
NAMES = st.one_of(
    st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=126),
        min_size=1,
        max_size=64,
    ),
    st.from_regex(
        r"(_ga|session|csrf|cart|lang|poll|__Host-|li_)[_.-]?[a-z0-9]{0,12}", fullmatch=True
    ),
)


def advised(*seen: Seen, policy: Policy = EMPTY) -> list[Advice]:
    return Advisor(policy).advise_all(seen)


DAY = timedelta(days=1)


def test_cookies_of_several_places_have_one_declaration_with_the_longest_lifetime() -> None:
    (advice,) = advised(
        Seen("new", "session"),
        Seen("new", 2 * DAY, path="/shop"),
        Seen("new", DAY, path="/shop", domain="example.org"),
    )

    assert (advice.rule.lifetime, advice.rule.path) == (2 * DAY, ("/", "/shop"))
    assert advice.rule.domain == ("", "example.org")


def test_a_cookie_of_one_usual_place_is_declared_without_a_place() -> None:
    (advice,) = advised(Seen("new", "session"), Seen("new", "session", partitioned=True))

    assert {"path", "domain"}.isdisjoint(advice.rule.given)
    assert advice.rule.partitioned


@pytest.mark.parametrize("order", [1, -1])
def test_numbered_names_are_one_glob_whatever_their_order(order: int) -> None:
    names = ["poll1", "poll2", "poll3", "oauth2"][::order]

    assert [one.rule.name for one in advised(*(Seen(name, DAY) for name in names))] == [
        "oauth2",
        "poll*",
    ]


def test_a_glob_takes_no_name_of_another_category_that_was_seen_with_it() -> None:
    names = [one.rule.name for one in advised(Seen("cart_1", DAY), Seen("cart_uid", DAY))]

    assert names == ["cart_*", "cart_uid"]


def test_what_no_declaration_can_hold_is_left_out() -> None:
    assert advised(Seen("", DAY), Seen("a b", DAY)) == []


@settings(deadline=None)
@given(seen=st.lists(NAMES.map(lambda name: Seen(name, DAY)), min_size=1, max_size=6))
def test_all_that_was_seen_can_be_declared_at_once(seen: list[Seen]) -> None:
    rules = [advice.rule for advice in advised(*seen)]

    policy = EMPTY.with_cookies(*rules)

    assert policy.findings() == ()
    assert [
        one.name for one in seen if is_declarable(one.name) and policy.rule_for(one.name) is None
    ] == []


@pytest.mark.parametrize("name", ["*s", "a*", "_ga_*", "*"])
def test_a_star_of_a_cookies_own_is_suggested_as_no_glob(name: str) -> None:
    assert not is_declarable(name)
    assert advised(Seen(name, DAY)) == []


def test_a_name_that_was_cut_is_suggested_by_its_beginning() -> None:
    name = "n" * 64 + "*"

    assert [advice.rule.name for advice in advised(Seen(name, DAY))] == [name]
