"""What the name of a cookie decides by itself, and what it leaves to the verdict on a value."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Action, Consent, Cookie, Policy, Reason
from consentgate.choice.consent import NECESSARY
from consentgate.gate.judge import ASK_JUDGE, MAY_OUTLIVE, UNDECLARED, Judge
from consentgate.policy.cookie import requiring
from tests.support.exchange import gate_of

VALUES = ["=1", "=", "=1; Path=/; Max-Age=60", "==", '="a;b"']


def judge_of(**options: Any) -> Judge:
    return Judge(gate_of(**options).settings)


def categories_of(*cookies: Cookie, **options: Any) -> dict[str, str]:
    judge = judge_of(policy=Policy(cookies=cookies), **options)
    found = {cookie.name: judge.category_by_name(cookie.name) for cookie in cookies}
    return {name: category for name, category in found.items() if category != ASK_JUDGE}


def test_exact_names_of_one_category_are_decided_by_it_alone() -> None:
    cookies = [Cookie("a", category="necessary"), Cookie("b", category="statistics")]

    assert categories_of(*cookies) == {"a": "necessary", "b": "statistics"}


@pytest.mark.parametrize(
    "cookie",
    [
        pytest.param(Cookie("a", category="necessary", secure=True), id="secure"),
        pytest.param(Cookie("a", category="necessary", http_only=True), id="http only"),
        pytest.param(Cookie("a", category="necessary", same_site="Lax"), id="same site"),
        pytest.param(Cookie("a", category="statistics", anonymous=True), id="anonymous"),
        pytest.param(Cookie("cookies_preferences", category="necessary"), id="the choice"),
    ],
)
def test_what_needs_more_than_its_category_is_left_to_the_judge(cookie: Cookie) -> None:
    assert categories_of(cookie) == {}


def test_a_cookie_that_serves_two_categories_is_left_to_the_judge() -> None:
    both = requiring(Cookie("both", category="statistics"), "statistics", "marketing")

    assert categories_of(both) == {}


@pytest.mark.parametrize("name", ["app_", "app_x", "app_.1"])
def test_names_of_a_glob_are_decided_by_its_category_too(name: str) -> None:
    judge = judge_of(policy=Policy(necessary=["app_*"]))

    assert judge.category_by_name(name) == NECESSARY


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("text", [" app_x", "app_x\t", "\t app_x "])
def test_blanks_around_a_name_are_none_of_it(text: str) -> None:
    judge = judge_of(policy=Policy(necessary=["app_*"]))

    assert judge.category_by_name(text) == NECESSARY


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("text", ["app_x;y", "app_;", ";app_x", "", " ", "\t"])
def test_what_a_browser_would_not_read_as_that_name_is_left_to_the_judge(text: str) -> None:
    judge = judge_of(policy=Policy(necessary=["app_*"]))

    assert judge.category_by_name(text) == ASK_JUDGE


@pytest.mark.parametrize(
    "policy",
    [
        Policy(necessary=["app_*"]),
        Policy(cookies=[Cookie("other", category="statistics", kind="local_storage")]),
    ],
    ids=["another name", "another storage"],
)
def test_a_name_that_is_not_declared_as_a_cookie_is_undeclared(policy: Policy) -> None:
    assert judge_of(policy=policy).category_by_name("other") == UNDECLARED


def test_a_declared_lifetime_is_marked() -> None:
    cookies = [
        Cookie("a", category="statistics", lifetime="1 day"),
        Cookie("b", category="statistics"),
        Cookie("c", category="necessary", lifetime="1 day"),
    ]

    assert categories_of(*cookies) == {
        "a": f"{MAY_OUTLIVE}statistics",
        "b": "statistics",
        "c": "necessary",
    }
    assert categories_of(*cookies, clamp=False)["a"] == "statistics"


@pytest.mark.parametrize(
    "options",
    [{"mode": "report"}, {"mode": "block"}, {"required": lambda _: "enforce"}],
    ids=["report", "block", "required"],
)
def test_where_more_than_consent_decides_only_the_necessary_is_decided_by_name(
    options: dict[str, Any],
) -> None:
    cookies = [Cookie("a", category="necessary"), Cookie("b", category="statistics")]

    assert categories_of(*cookies, **options) == {"a": "necessary"}


@pytest.mark.parametrize(
    "options", [{"mode": "report"}, {"mode": "block"}, {"unknown": "report"}], ids=str
)
def test_an_undeclared_name_is_left_to_the_judge_where_it_may_leave_or_blocks(
    options: dict[str, Any],
) -> None:
    assert judge_of(**options).category_by_name("other") == ASK_JUDGE


@pytest.mark.parametrize("granted", [(), ("statistics",), ("statistics", "marketing")], ids=str)
@pytest.mark.parametrize("name", ["session", "app_x", "_ga", " _pk_id.1", "_fbp\t", "other"])
@pytest.mark.parametrize("end", VALUES)
def test_a_name_decides_what_the_judge_decides(
    name: str, end: str, granted: tuple[str, ...]
) -> None:
    gate = gate_of()
    category = judge_of().category_by_name(name).removeprefix(MAY_OUTLIVE)

    verdict = gate.judge(name + end, gate.consent_for(*granted))

    allowed = category == NECESSARY or category in granted
    assert verdict.value == (name + end if allowed else None)


@pytest.mark.parametrize("name", ["a", "", " "])
@pytest.mark.parametrize("unknown", ["strip", "report"])
def test_what_is_undeclared_is_worth_an_event_even_where_it_leaves(name: str, unknown: str) -> None:
    verdict = gate_of(unknown=unknown).judge(f"{name}=1", Consent.undecided())

    assert verdict.action is (Action.STRIP if unknown == "strip" else Action.KEEP)
    assert verdict.reason is (Reason.UNDECLARED if name.strip() else Reason.NAMELESS)
    assert not verdict.is_unremarkable


def test_what_is_kept_by_a_declaration_is_worth_no_event() -> None:
    assert gate_of().judge("session=1", Consent.undecided()).is_unremarkable
