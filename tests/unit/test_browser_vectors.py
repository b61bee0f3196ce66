"""The reader of Set-Cookie agrees with what Chromium was seen to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import pytest

from consentgate.http.cookie_writing import clamp_lifetime, delete_canonically
from consentgate.http.set_cookie import deletes_from, has_line_break, is_deletion, split_set_cookie

DATA = Path(__file__).parent.parent / "data"
NOW_S = datetime(2026, 11, 24, 16, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Vector:
    set_cookie: str
    effect: str
    names: tuple[str, ...]
    persistent: tuple[bool, ...]
    date: str | None

    @property
    def judged_name(self) -> str:
        return split_set_cookie(self.set_cookie)[0]


def load(file: str) -> list[Vector]:
    vectors = json.loads((DATA / file).read_text(encoding="utf-8"))["vectors"]
    return [
        Vector(
            set_cookie=vector["set_cookie"],
            effect=vector["effect"],
            names=tuple(vector["names"]),
            persistent=tuple(vector["persistent"]),
            date=vector.get("date"),
        )
        for vector in vectors
    ]


def readable(vector: Vector) -> str:
    return f"{ascii(vector.set_cookie)[:60]} of {len(vector.set_cookie)}"


RECORDED = load("browser_vectors.json")
ALL = [*RECORDED, *load("more_browser_vectors.json")]
# What the network layer cuts never reaches the cookie's reader as it was sent.
WHOLE = [vector for vector in ALL if not has_line_break(vector.set_cookie)]
STORING = [vector for vector in WHOLE if vector.effect == "stores"]
DELETING = [vector for vector in WHOLE if vector.effect == "deletes"]
STORING_IN_TIME = [vector for vector in STORING if vector.date is None]


def test_all_vectors_are_here() -> None:
    assert (len(RECORDED), len(ALL)) == (305, 654)


@pytest.mark.parametrize("vector", STORING, ids=readable)
def test_the_name_judged_is_the_name_stored(vector: Vector) -> None:
    assert vector.names == (vector.judged_name,)


@pytest.mark.parametrize("vector", STORING_IN_TIME, ids=readable)
def test_what_stores_is_no_deletion(vector: Vector) -> None:
    assert not is_deletion(vector.set_cookie, NOW_S)


@pytest.mark.parametrize("vector", DELETING, ids=readable)
def test_what_deletes_a_named_cookie_is_a_deletion(vector: Vector) -> None:
    is_named = vector.judged_name != ""

    assert is_deletion(vector.set_cookie, NOW_S) is is_named


@pytest.mark.parametrize("vector", STORING_IN_TIME, ids=readable)
def test_a_cookie_is_cut_to_the_session_exactly_when_it_outlives_it(vector: Vector) -> None:
    clamped = clamp_lifetime(vector.set_cookie, longest_s=None, now_s=NOW_S)

    assert ((clamped is not vector.set_cookie),) == vector.persistent


@pytest.mark.parametrize("vector", ALL, ids=readable)
def test_the_canonical_deletion_can_never_store(vector: Vector) -> None:
    canonical = delete_canonically(vector.set_cookie)

    assert deletes_from(split_set_cookie(canonical)[1]) == -inf
    assert not has_line_break(canonical)


@pytest.mark.parametrize("vector", DELETING, ids=readable)
def test_the_canonical_deletion_is_of_the_same_name(vector: Vector) -> None:
    assert split_set_cookie(delete_canonically(vector.set_cookie))[0] == vector.judged_name


@pytest.mark.parametrize(
    "vector", [vector for vector in STORING if vector.date is not None], ids=readable
)
def test_an_expires_that_a_false_date_revives_is_never_taken_for_a_sure_deletion(
    vector: Vector,
) -> None:
    assert deletes_from(split_set_cookie(vector.set_cookie)[1]) > -inf
