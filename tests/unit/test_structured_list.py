"""Structured fields that are lists, read as RFC 9651 has them."""

from __future__ import annotations

from time import perf_counter

import pytest

from consentgate.http.structured_list import Member, read_list


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ("", []),
        ("  ", []),
        ("a", [Member("a", {})]),
        (' "a, b" ,c', [Member('"a, b"', {}), Member("c", {})]),
        ("1,\t-1.5 , :aGk=:", [Member("1", {}), Member("-1.5", {}), Member(":aGk=:", {})]),
        ("?1, @1", [Member("?1", {}), Member("@1", {})]),
        ("()", [Member("()", {})]),
        ("( a  b;q=1 )", [Member("( a  b;q=1 )", {})]),
        ('(a);path="/a";b;c=1;d=x', [Member('(a);path="/a";b;c=1;d=x', {"path": "/a"})]),
        ('(a); path="/a\\"\\\\"', [Member('(a); path="/a\\"\\\\"', {"path": '/a"\\'})]),
        ('a;p="1";p="2"', [Member('a;p="1";p="2"', {"p": "2"})]),
        ('a;p="1";p', [Member('a;p="1";p', {})]),
    ],
)  # fmt: skip
def test_its_members_and_their_texts_are_found(value: str, members: list[Member]) -> None:
    assert read_list(value) == members


@pytest.mark.parametrize(
    "value",
    [
        "a,",
        ",a",
        "a b",
        "(a",
        "(a b",
        "(a,b)",
        "(a(b))",
        '"a',
        '"\\a"',
        '"é"',
        "a;P=1",
        "a;p=",
        "a ;p",
        "-a",
        "1234567890123456",
        "a\n",
        "{}",
    ],
)
def test_what_is_no_list_has_no_members(value: str) -> None:
    assert read_list(value) is None


@pytest.mark.behaviour(23)
@pytest.mark.parametrize("unit", ["a,", "(", "( a", ' "a";p="b"', ";p=1", "\\", " ", "1", 'a;p="'])
def test_a_long_value_is_read_in_linear_time(unit: str) -> None:
    for value in (unit * 3000, f"({unit * 3000}", f"a{unit * 3000}"):
        began = perf_counter()
        read_list(value)

        assert perf_counter() - began < 1
