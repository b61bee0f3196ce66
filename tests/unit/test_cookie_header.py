"""Reading the request's Cookie header."""

from __future__ import annotations

from contextlib import suppress
from http.cookies import CookieError, SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import cookie_parser
from werkzeug.http import parse_cookie

from consentgate.http.cookie_header import (
    MOST_EQUALS_SIGNS,
    MOST_NAMES,
    cookie_spans,
    cookie_values,
)

LATIN_1 = st.text(st.characters(max_codepoint=255), max_size=200)
COOKIE_LIKE = st.text(st.sampled_from("ab=; \t\xa0\x85\x1f\"'"), max_size=60)
KIB_16 = 16 * 1024
HOSTILE = {
    "separators": ";" * KIB_16,
    "spaces": " " * KIB_16,
    "equals signs": "=" * KIB_16,
    "separated blanks": "; " * (KIB_16 // 2),
    "nameless": "=;" * (KIB_16 // 2),
    "short pairs": "a=;" * (KIB_16 // 3),
    "equals signs and blanks": "= " * (KIB_16 // 2),
    "the name again and again": "choice=1; " * (KIB_16 // 10),
    "the name without separators": "choice " * (KIB_16 // 7),
    "the name behind blanks": " " * (KIB_16 - 8) + "choice=1",
    "the name before blanks": "choice" + " " * (KIB_16 - 8) + "=1",
    "nearly the name": "choic" * (KIB_16 // 5),
}


def names(header: str) -> list[str]:
    return [name for name, *_ in cookie_spans(header)[0]]


def texts(header: str) -> list[str]:
    return [header[start:end] for _, start, end, _ in cookie_spans(header)[0]]


def inner(header: str) -> list[str]:
    return [name for *_, names in cookie_spans(header)[0] for name in names]


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("", []),
        ("a=1", []),
        ("choice=x", ["x"]),
        ("a=1; choice=x; b=2", ["x"]),
        ("choice=x; choice=y", ["x", "y"]),
        ("choice=x; a=1; choice=y; b=2; choice=", ["x", "y", ""]),
        ("choice=x=y", ["x=y"]),
        (" choice \t=\t x ", ["x"]),
        ('choice="x"', ['"x"']),
        ("choice", []),
        ("=choice", []),
        ("choices=x", []),
        ("mychoice=x", []),
        ("a=choice", []),
        ("a=choice=1", []),
        ("a=choice; choice=x", ["x"]),
        ("Choice=x", []),
        ("choice\xa0=x", []),
        ("a=1, choice=x", []),
        ("choice=choice", ["choice"]),
        ("choice;=x; choice=y", ["y"]),
    ],
)
def test_the_values_are_those_of_exactly_that_name(header: str, values: list[str]) -> None:
    assert cookie_values(header, "choice") == values


def test_the_spans_are_the_pairs_without_the_blanks_around_them() -> None:
    header = "a=1;b=2;  c=3 ;d ; \t"

    assert cookie_spans(header) == (
        [("a", 0, 3, ()), ("b", 4, 7, ()), ("c", 10, 13, ()), ("d", 15, 16, ())],
        len(header),
    )
    assert texts(header) == ["a=1", "b=2", "c=3", "d"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        (";; ;\t;", []),
        ("a=1; b=2", ["a", "b"]),
        ("a=1; a=2", ["a", "a"]),
        ("a b=1", ["a b"]),
        ('"a"=1', ['"a"']),
        ("a=1, b=2", ["a"]),
    ],
)
def test_each_pair_has_a_name_in_the_headers_order(header: str, found: list[str]) -> None:
    assert names(header) == found


@pytest.mark.parametrize("header", ["_ga", "=_ga", "=_ga=1", "= _ga=1", "==_ga", " = = _ga =1"])
def test_a_nameless_pair_poses_under_its_text(header: str) -> None:
    assert names(header) == ["_ga"]


@pytest.mark.parametrize("header", ["=", "==", " = ", "=;=; ="])
def test_a_pair_without_any_text_is_left_out(header: str) -> None:
    assert cookie_spans(header) == ([], len(header))


@pytest.mark.parametrize("blank", [" ", "\t", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0"])
def test_the_name_is_trimmed_as_the_most_liberal_server_does(blank: str) -> None:
    assert names(f"{blank}_ga{blank}=1{blank}; b=2") == ["_ga", "b"]


@given(header=LATIN_1 | COOKIE_LIKE)
def test_spans_lie_in_order_within_the_header(header: str) -> None:
    pairs, read_to = cookie_spans(header)
    places = [place for _, start, end, _ in pairs for place in (start, end)]

    assert places == sorted(places)
    assert all(0 <= place <= read_to <= len(header) for place in places)


@given(header=LATIN_1 | COOKIE_LIKE)
def test_a_span_is_a_whole_pair_without_blanks_around_it(header: str) -> None:
    pairs = [part.strip() for part in header.split(";")]

    assert [text for text in texts(header) if text not in pairs] == []


@given(header=st.text() | COOKIE_LIKE, name=st.text(max_size=5) | st.sampled_from(["a", "b", "ab"]))
def test_no_text_is_too_strange_to_read(header: str, name: str) -> None:
    assert set(cookie_values(header, name)) <= {
        pair.partition("=")[2].strip(" \t") for pair in header.split(";")
    }
    assert "" not in names(header)


@given(values=st.lists(st.sampled_from(["", "x", "y=z", '"q"']), max_size=6))
def test_every_value_written_is_read_back(values: list[str]) -> None:
    header = "; ".join(f"choice={value}" for value in values)

    assert cookie_values(header, "choice") == values
    assert names(header) == ["choice"] * len(values)


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE.keys())
def test_of_a_hostile_header_everything_is_a_pair_or_past_the_end(header: str) -> None:
    text = f"first=1; {header}; last=1"
    pairs, read_to = cookie_spans(text)

    assert len(pairs) <= MOST_NAMES
    assert "last" in names(text) or "last=1" in text[read_to:]


@pytest.mark.parametrize("spare", [0, 1])
def test_pairs_past_the_last_name_that_is_looked_at_are_left_out(spare: int) -> None:
    header = "; ".join(f"name{number}=1" for number in range(MOST_NAMES + spare))
    pairs, read_to = cookie_spans(header)

    assert len(pairs) == MOST_NAMES
    assert header[read_to:] == f"name{MOST_NAMES}=1" * spare


def test_names_inside_pairs_count_too() -> None:
    header = "a=1; b=" + ",x=1" * MOST_NAMES + "; c=1"

    pairs, read_to = cookie_spans(header)

    assert (names(header), pairs[0][1:3]) == (["a"], (0, 3))
    assert header[read_to:].startswith("b=,x=1")


def test_with_too_many_equals_signs_nothing_inside_pairs_is_looked_for() -> None:
    header = f"a=1{'=' * MOST_EQUALS_SIGNS}"

    assert names(header) == ["a"]
    assert cookie_spans(f"{header} ,") == ([], 0)


@pytest.mark.behaviour(25)
@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("a=1 _ga=2", ["_ga"]),
        ("a=1\t_ga =2; b=3", ["_ga"]),
        ("a=1,_ga=2, _gid=3", ["_ga", "_gid"]),
        ("a _ga=2", ["_ga"]),
        ('a="1"_ga=2', ["_ga"]),
        ('"_ga"=2', ["_ga"]),
        ("a=[_ga=2", ["_ga"]),
        ("a=\xe9_ga=2", ["_ga"]),
        ("a=1\x00_ga=2", ["_ga"]),
        ("a=1=_ga=2", []),
        ("a=1&_ga=2", []),
        ("a=1 _ga", []),
        ("a=1, =2", []),
        ("a=1; _ga=2", []),
    ],
)
def test_names_inside_a_pair_are_seen_where_some_reader_ends_it(
    header: str, found: list[str]
) -> None:
    assert inner(header) == found


@pytest.mark.behaviour(25)
@pytest.mark.parametrize(
    "blank", ["\xa0", "\x85", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000"]
)
@pytest.mark.parametrize("shape", ["{0}_ga=1", "_ga{0}=1", "a=1; {0}{0}_ga{0}=1", "=_ga{0}"])
def test_a_name_is_trimmed_as_readers_of_utf_8_do(blank: str, shape: str) -> None:
    header = shape.format(blank).encode().decode("latin-1")

    assert names(header)[-1] == "_ga"


@pytest.mark.behaviour(25)
@given(header=COOKIE_LIKE.map(lambda text: text.replace("'", ",")))
def test_every_name_that_http_cookies_reads_is_seen(header: str) -> None:
    read = SimpleCookie()
    with suppress(CookieError):  # it keeps what it read before
        read.load(header)

    assert set(read) - {*names(header), *inner(header)} == set()


@pytest.mark.behaviour(25)
@given(header=st.text(st.sampled_from('ab=; \t\xa0\u3000,"'), max_size=40))
def test_every_name_that_frameworks_read_is_seen(header: str) -> None:
    raw = header.encode().decode("latin-1")
    # With other letters around it none is a name that a policy declares.
    read = {name.strip() for name in (*cookie_parser(raw), *parse_cookie(raw)) if name.isascii()}

    assert read - {*names(raw), *inner(raw), ""} == set()


def test_of_a_name_again_and_again_no_more_values_are_read_than_a_browser_sends() -> None:
    header = "choice=1; " * (MOST_NAMES + 1)

    assert cookie_values(header, "choice") == ["1"] * MOST_NAMES
