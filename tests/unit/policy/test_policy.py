"""The policy as a whole: its contents, and the errors that refuse it."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from datetime import timedelta
from typing import Any

import pytest

from consentgate import Category, Controller, Cookie, Policy
from tests.unit.policy.reported import ids, places, refusal


def test_an_empty_policy_declares_the_preferences_cookie_alone() -> None:
    (rule,) = Policy().rules

    assert (rule.name, rule.category, rule.exempt_reason) == (
        "cookies_preferences",
        "necessary",
        "choice",
    )
    assert rule.lifetime == timedelta(days=182)


def test_the_controller_provides_the_preferences_cookie() -> None:
    assert Policy(controller=Controller("Ville")).rules[0].provider == "Ville"


def test_rules_are_in_the_order_of_their_declaration() -> None:
    whole = Cookie("lang", category="necessary", exempt_reason="interface")
    policy = Policy(
        ["session", whole], [Cookie("_ga", category="statistics")], presets=["flask", "django"]
    )

    assert policy.necessary == ("session",)
    assert [cookie.name for cookie in policy.cookies] == ["lang", "_ga"]
    assert [rule.name for rule in policy.rules] == [
        "cookies_preferences",
        "session",
        "lang",
        "_ga",
        "remember_token",
        "sessionid",
        "csrftoken",
        "django_language",
        "messages",
    ]


def test_categories_are_optional_once_something_is_declared_in_them() -> None:
    policy = Policy(
        cookies=[
            Cookie("fb", category="social", kind="frame"),
            Cookie("_pk_id.*", category="statistics", anonymous=True),
        ],
        categories=[Category("social"), Category("unused")],
    )

    assert policy.optional_categories == ("statistics", "social")
    assert policy.consent_categories == ("social",)


def test_with_necessary_cookies_alone_there_is_nothing_to_ask() -> None:
    policy = Policy(["session"], presets=["django"])

    assert (policy.optional_categories, policy.consent_categories) == ((), ())


def test_a_policy_cannot_change() -> None:
    policy = Policy()

    with pytest.raises(FrozenInstanceError):
        policy.site = "https://example.org"  # type: ignore[misc]


ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"necessary": ["session"]},
    {"cookies": [Cookie("_ga", category="statistics")]},
    {"cookies": [Cookie("_ga", category="statistics", secure=True)]},
    {"categories": [Category("social")]},
    {"presets": ["flask"]},
    {"site": "https://example.org"},
    {"site_name": "Example"},
    {"site_name": {"en": "Example", "fr": "Exemple"}},
    {"controller": Controller("Ville")},
    {"preferences_cookie": "__Host-choice"},
    {"default_language": "fr"},
    {"accept_fingerprints": ["AAAAAAAA"]},
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=repr)
def test_policies_are_equal_and_hashed_by_their_values(arguments: dict[str, Any]) -> None:
    assert Policy(**arguments) == Policy(**arguments)
    assert hash(Policy(**arguments)) == hash(Policy(**arguments))


def test_different_policies_are_not_equal() -> None:
    policies = [Policy(**arguments) for arguments in ARGUMENTS]

    assert len(set(policies)) == len(ARGUMENTS)


def test_a_policy_can_be_copied_and_sent() -> None:
    policy = Policy(["session"], [Cookie("_pk_id.*", category="statistics")], presets=["django"])

    assert copy.deepcopy(policy) == policy
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert pickle.loads(pickle.dumps(policy)).rule_for("_pk_id.1") == policy.rule_for("_pk_id.1")


def test_any_iterable_is_accepted_as_a_list() -> None:
    names = (name for name in ["session", "cart"])

    assert Policy(names) == Policy(("session", "cart"))


def test_an_unknown_category_is_an_error_with_the_nearest_name() -> None:
    (error,) = refusal(lambda: Policy(cookies=[Cookie("_ga", category="statistic")]))

    assert (error.id, error.place) == ("CG003", "cookies[0] ('_ga')")
    assert error.hint == "did you mean 'statistics'? known: necessary, statistics, marketing"


@pytest.mark.parametrize(
    ("necessary", "cookies", "place"),
    [
        (["a", "a"], [], "necessary[1] ('a')"),
        (["a"], [Cookie("a", category="necessary")], "cookies[0] ('a')"),
        ([], [Cookie("a*", category="marketing")] * 2, "cookies[1] ('a*')"),
        (["a", Cookie("a", category="necessary")], [], "necessary[1] ('a')"),
    ],
)
def test_a_cookie_declared_twice_by_the_site_is_an_error(
    necessary: list[str], cookies: list[Cookie], place: str
) -> None:
    errors = refusal(lambda: Policy(necessary, cookies))

    assert places(errors) == [("CG004", place)]


def test_kinds_and_letter_case_distinguish_names() -> None:
    cookies = [
        Cookie("a", category="statistics"),
        Cookie("A", category="statistics"),
        Cookie("a", category="statistics", kind="local_storage"),
        Cookie("a", category="statistics", kind="session_storage"),
    ]

    assert len(Policy(cookies=cookies).rules) == 5


@pytest.mark.behaviour(8)
def test_globs_between_which_nothing_decides_are_an_error() -> None:
    cookies = [
        Cookie("x*", category="statistics"),
        Cookie("ab*", category="statistics"),
        Cookie("a*b", category="marketing"),
    ]
    (error,) = refusal(lambda: Policy(cookies=cookies))

    assert (error.id, error.place) == ("CG005", "cookies[2] ('a*b')")
    assert "'ab*' at cookies[1]" in error.message


def test_a_necessary_glob_and_another_between_which_nothing_decides_are_an_error() -> None:
    errors = refusal(lambda: Policy(["s*"], [Cookie("*s", category="statistics")]))

    assert places(errors) == [("CG005", "cookies[0] ('*s')")]


@pytest.mark.parametrize(
    "cookies",
    [
        [Cookie("ab*", category="statistics"), Cookie("a*b", category="statistics")],
        [Cookie("ab*", category="statistics"), Cookie("a*", category="marketing")],
        [Cookie("ab*", category="statistics"), Cookie("cd*", category="marketing")],
        [Cookie("ab*", category="statistics"), Cookie("a*b", category="marketing", kind="frame")],
    ],
    ids=["one category", "one longer", "no common name", "another kind"],
)
def test_globs_between_which_something_decides_are_not(cookies: list[Cookie]) -> None:
    assert len(Policy(cookies=cookies).rules) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"provider": "Ville"},
        {"service": "Portal", "location": "Every page"},
        {"purpose": {"de": "Merkt sich Ihre Wahl."}},
        {"exempt_reason": "choice", "lifetime": "6 months", "kind": "cookie", "path": "/"},
    ],
    ids=repr,
)
def test_a_site_may_explain_the_preferences_cookie(fields: dict[str, Any]) -> None:
    cookie = Cookie("cookies_preferences", category="necessary", **fields)
    policy = Policy(cookies=[cookie])
    (rule,) = policy.rules

    assert rule.exempt_reason == "choice"
    assert all(getattr(rule, key) == getattr(cookie, key) for key in fields)


def test_the_name_of_the_preferences_cookie_may_be_among_the_necessary() -> None:
    assert Policy(["cookies_preferences"]).rules == Policy().rules


@pytest.mark.parametrize(
    "cookie",
    [
        Cookie("cookies_preferences", category="statistics"),
        Cookie("cookies_preferences", category="necessary", lifetime="1 year"),
        Cookie("cookies_preferences", category="necessary", exempt_reason="interface"),
        Cookie("cookies_preferences", category="necessary", path="/shop"),
    ],
    ids=repr,
)
def test_a_site_cannot_declare_the_preferences_cookie_otherwise(cookie: Cookie) -> None:
    errors = refusal(lambda: Policy(cookies=[cookie]))

    assert places(errors) == [("CG011", "cookies[0] ('cookies_preferences')")]


def test_the_preferences_cookie_explained_twice_is_an_error() -> None:
    errors = refusal(lambda: Policy(["cookies_preferences", "cookies_preferences"]))

    assert places(errors) == [("CG004", "necessary[1] ('cookies_preferences')")]


@pytest.mark.parametrize("name", ["", "a b", "choice*", "*", None, 7], ids=repr)
def test_the_preferences_cookie_has_one_exact_name(name: str) -> None:
    errors = refusal(lambda: Policy(preferences_cookie=name))

    assert places(errors) == [("CG011", "preferences_cookie")]


@pytest.mark.parametrize("site", ["", "https://data.example.org", "http://localhost:8000/fr/"])
def test_a_site_has_an_address(site: str) -> None:
    assert Policy(site=site).site == site


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"site": "data.example.org"}, "site"),
        ({"site": "https://"}, "site"),
        ({"site": None}, "site"),
        ({"site_name": None}, "site_name"),
        ({"site_name": {}}, "site_name"),
        ({"controller": "Ville"}, "controller"),
        ({"default_language": "english"}, "default_language"),
        ({"default_language": None}, "default_language"),
        ({"necessary": "session"}, "necessary"),
        ({"necessary": [7]}, "necessary[0]"),
        ({"necessary": {"session": 1}}, "necessary"),
        ({"necessary": [Cookie("_ga", category="statistics")]}, "necessary[0] ('_ga')"),
        ({"cookies": Cookie("_ga", category="statistics")}, "cookies"),
        ({"cookies": ["_ga"]}, "cookies[0]"),
        ({"categories": ["social"]}, "categories[0]"),
        ({"categories": None}, "categories"),
        ({"accept_fingerprints": "AAAAAAAA"}, "accept_fingerprints"),
    ],
    ids=repr,
)
def test_an_argument_that_cannot_be_used_is_an_error(arguments: dict[str, Any], place: str) -> None:
    assert places(refusal(lambda: Policy(**arguments))) == [("CG007", place)]


def test_all_errors_of_a_policy_are_reported_at_once() -> None:
    errors = refusal(
        lambda: Policy(
            ["a b", "session", "session"],
            [Cookie("_ga", category="social"), Cookie("a*", category="marketing"), 7],  # type: ignore[list-item]
            categories=[Category("necessary")],
            presets=["nothing"],
            site="x",
            controller=1,  # type: ignore[arg-type]
            preferences_cookie="*",
            default_language="",
            accept_fingerprints=["x"],
        )
    )

    assert ids(errors) == [
        "CG001",
        "CG007",
        "CG012",
        "CG007",
        "CG007",
        "CG011",
        "CG007",
        "CG007",
        "CG009",
        "CG003",
        "CG004",
    ]


def test_an_error_reads_as_what_where_and_hint() -> None:
    (error,) = refusal(lambda: Policy(["a", "a"]))

    assert str(error) == "CG004 at necessary[1] ('a'): declared already at necessary[0]; keep one"
