"""Reading the request's Cookie header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.http.cookie_header import cookie_spans, cookie_values

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
    return [name for name, _, _ in cookie_spans(header)]


def texts(header: str) -> list[str]:
    return [header[start:end] for _, start, end in cookie_spans(header)]


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

    assert cookie_spans(header) == [("a", 0, 3), ("b", 4, 7), ("c", 10, 13), ("d", 15, 16)]
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
    assert cookie_spans(header) == []


@pytest.mark.parametrize("blank", [" ", "\t", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0"])
def test_the_name_is_trimmed_as_the_most_liberal_server_does(blank: str) -> None:
    assert names(f"{blank}_ga{blank}=1{blank}; b=2") == ["_ga", "b"]


@given(header=LATIN_1 | COOKIE_LIKE)
def test_spans_lie_in_order_within_the_header(header: str) -> None:
    places = [place for _, start, end in cookie_spans(header) for place in (start, end)]

    assert places == sorted(places)
    assert all(0 <= place <= len(header) for place in places)


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
def test_a_hostile_header_is_read_to_its_end(header: str) -> None:
    assert cookie_values(f"{header}; choice=last", "choice")[-1] == "last"
    assert names(f"{header}; last=1")[-1] == "last"
