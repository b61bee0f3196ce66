"""The reader of Set-Cookie agrees with what Chromium was seen to do."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

from consentgate.http.cookie_writing import clamp_lifetime, delete_canonically
from consentgate.http.set_cookie import deletes_from, has_line_break, is_deletion, split_set_cookie
from tests.support.browser_vectors import ALL, RECORDED, Vector
from tests.support.tables import check_rules

NOW_S = datetime(2026, 11, 24, 16, tzinfo=UTC).timestamp()

WHOLE = [vector for vector in ALL if vector.is_whole]
STORING = [vector for vector in WHOLE if vector.effect == "stores"]
DELETING = [vector for vector in WHOLE if vector.effect == "deletes"]
STORING_IN_TIME = [vector for vector in STORING if vector.date is None]
REVIVED = [vector for vector in STORING if vector.date is not None]


def test_all_vectors_are_here() -> None:
    assert (len(RECORDED), len(ALL)) == (305, 654)


def the_name_judged_is_the_name_stored(vector: Vector) -> None:
    assert vector.names == (vector.judged_name,)


def what_stores_is_no_deletion(vector: Vector) -> None:
    assert not is_deletion(vector.set_cookie, NOW_S)


def what_deletes_a_named_cookie_is_a_deletion(vector: Vector) -> None:
    is_named = vector.judged_name != ""

    assert is_deletion(vector.set_cookie, NOW_S) is is_named


def a_cookie_is_cut_to_the_session_exactly_when_it_outlives_it(vector: Vector) -> None:
    clamped = clamp_lifetime(vector.set_cookie, longest_s=None, now_s=NOW_S)

    assert ((clamped is not vector.set_cookie),) == vector.persistent


def the_canonical_deletion_can_never_store(vector: Vector) -> None:
    canonical = delete_canonically(vector.set_cookie)

    assert deletes_from(split_set_cookie(canonical)[1]) == -inf
    assert not has_line_break(canonical)


def the_canonical_deletion_is_of_the_same_name(vector: Vector) -> None:
    assert split_set_cookie(delete_canonically(vector.set_cookie))[0] == vector.judged_name


def an_expires_that_a_false_date_revives_is_never_taken_for_a_sure_deletion(
    vector: Vector,
) -> None:
    assert deletes_from(split_set_cookie(vector.set_cookie)[1]) > -inf


def test_each_vector_is_read_as_chromium_read_it() -> None:
    check_rules(
        (the_name_judged_is_the_name_stored, STORING),
        (what_stores_is_no_deletion, STORING_IN_TIME),
        (what_deletes_a_named_cookie_is_a_deletion, DELETING),
        (a_cookie_is_cut_to_the_session_exactly_when_it_outlives_it, STORING_IN_TIME),
        (the_canonical_deletion_can_never_store, ALL),
        (the_canonical_deletion_is_of_the_same_name, DELETING),
        (an_expires_that_a_false_date_revives_is_never_taken_for_a_sure_deletion, REVIVED),
    )
