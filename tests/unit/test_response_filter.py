"""What the sieve and its memories keep, and what they never keep."""

from __future__ import annotations

import logging

import pytest

from consentgate import Gate, Policy
from consentgate.gate.response_filter import Alphabet, ResponseFilter
from consentgate.http.header_names import (
    LONGEST_REMEMBERED,
    MOST_REMEMBERED,
    Remembered,
    header_kind,
)
from tests.support.gate_exchange import visit_of

BYTES = Alphabet(
    equals=b"=",
    semicolon=b";",
    breaks=(10, 13, 0),
    private=(b"cache-control", b"private"),
    vary=(b"vary", b"Cookie"),
)
PRIVATE = [(b"cache-control", b"private")]


def sieve_of(gate: Gate) -> ResponseFilter[bytes]:
    kinds = Remembered[bytes, str](header_kind, wanted=lambda kind: kind == "")
    return ResponseFilter[bytes](gate, kinds=kinds, alphabet=BYTES)


def test_a_stripped_cookie_is_logged_once_however_often_it_is_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate(Policy(), secret_key="a secret of tests, 32 characters")
    response_filter = sieve_of(gate)
    caplog.clear()

    with caplog.at_level(logging.INFO, "consentgate"):
        left = [
            response_filter.sift(visit_of(gate), [(b"set-cookie", b"plugin=1")]) for _ in range(3)
        ]

    assert (left, len(caplog.records)) == ([PRIVATE] * 3, 1)


def test_names_of_necessary_cookies_are_gathered_without_their_values() -> None:
    gate = Gate(Policy(necessary=["session"]), secret_key="a secret of tests, 32 characters")
    response_filter = sieve_of(gate)

    response_filter.sift(
        visit_of(gate), [(b"set-cookie", b"session=the-value"), (b"set-cookie", b"x=1")]
    )

    assert response_filter.always == {b"session"}


def test_a_memory_is_emptied_when_it_is_full() -> None:
    remembered = Remembered[str, int](len, wanted=lambda length: length == 1)

    for number in range(MOST_REMEMBERED + 1):
        assert remembered[str(number)] == len(str(number))

    assert (len(remembered), remembered.gathered) == (1, set())


def test_a_long_name_is_not_remembered() -> None:
    remembered = Remembered[str, int](len, wanted=bool)

    assert remembered["x" * (LONGEST_REMEMBERED + 1)] == LONGEST_REMEMBERED + 1
    assert (len(remembered), remembered.gathered) == (0, set())
