"""Which names a declaration may have, and which names a glob matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.policy import Cookie
from consentgate.policy.names import Glob
from tests.unit.policy.reported import ids, refusal

GLOBS = st.text(alphabet="ab*", min_size=1, max_size=8).filter(lambda name: "*" in name)
NAMES = st.text(alphabet="ab", max_size=10)


@pytest.mark.parametrize(
    "name",
    [
        "session",
        "_ga",
        "__Host-session",
        "cart[items]",
        "_pk_id.1.a/b",
        "a:b|c{d}'e`f<g>@h(i)!#$%&+-.^~?",
        "sessionC*",
        "*_session",
        "a*b*c",
        "x" * 4000,
    ],
)
def test_visible_ascii_names_can_be_declared(name: str) -> None:
    assert Cookie(name, category="statistics").name == name


@pytest.mark.parametrize(
    "name",
    ["", "a b", 'a"b', "a,b", "a;b", "a=b", "a\\b", "a\tb", "a\nb", "a\x7f", "é", "a**b", 7, None],
    ids=repr,
)
def test_a_name_that_browsers_do_not_keep_as_it_is_is_an_error(name: str) -> None:
    assert ids(refusal(lambda: Cookie(name, category="statistics"))) == ["CG001"]


@pytest.mark.parametrize("name", ["*", "**", "***"])
@pytest.mark.behaviour(8)
def test_a_star_alone_is_an_error(name: str) -> None:
    assert ids(refusal(lambda: Cookie(name, category="statistics"))) == ["CG002"]


@pytest.mark.parametrize("name", ["my key", "ключ", "a=b", "https://www.example.org/embed/*?a=b"])
def test_other_kinds_than_cookies_have_any_name_on_one_line(name: str) -> None:
    assert Cookie(name, category="statistics", kind="local_storage").name == name


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\u2028b", "a\x85"], ids=repr)
def test_other_kinds_than_cookies_have_no_name_of_several_lines(name: str) -> None:
    assert ids(refusal(lambda: Cookie(name, category="statistics", kind="frame"))) == ["CG001"]


@pytest.mark.parametrize(
    ("glob", "name"),
    [
        ("_ga_*", "_ga_"),
        ("_ga_*", "_ga_1"),
        ("*_session", "my_session"),
        ("a*b", "ab"),
        ("a*b*c", "a-b-b-c"),
        ("*a*", "a"),
        ("*aa*a", "aaa"),
    ],
)
def test_a_star_matches_any_text(glob: str, name: str) -> None:
    assert Glob.of(glob).matches(name)


@pytest.mark.parametrize(
    ("glob", "name"),
    [
        ("_ga_*", "_ga"),
        ("_ga_*", "x_ga_1"),
        ("_s*", "S_s"),
        ("*_session", "_session_"),
        ("a*a", "a"),
        ("a*b*a", "aba_"),
        ("*ab*b", "ab"),
        ("a*bb*c", "abc"),
        ("A*", "a1"),
    ],
)
def test_all_else_in_a_glob_is_itself_in_its_letter_case(glob: str, name: str) -> None:
    assert not Glob.of(glob).matches(name)


@given(glob=GLOBS, name=NAMES)
def test_a_glob_matches_what_the_same_regular_expression_does(glob: str, name: str) -> None:
    expression = ".*".join(map(re.escape, glob.split("*")))

    assert Glob.of(glob).matches(name) == (re.fullmatch(expression, name) is not None)


def test_the_literal_length_does_not_count_stars() -> None:
    assert Glob.of("a*bb*ccc").literal_length == 6
