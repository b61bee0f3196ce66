"""The caching headers that a response leaves with, held against tables."""

from __future__ import annotations

import pytest

from consentgate.http.caching import (
    COOKIE,
    NOTHING,
    Header,
    is_caching,
    is_shareable,
    keep_private,
)


@pytest.mark.parametrize(
    ("name", "caching"),
    [
        ("cache-control", True),
        ("cdn-cache-control", True),
        ("cloudflare-cdn-cache-control", True),
        ("surrogate-control", True),
        ("edge-control", True),
        ("x-accel-expires", True),
        ("vary", True),
        ("surrogate-key", False),
        ("expires", False),
        ("etag", False),
        ("pragma", False),
    ],
)
def test_a_header_is_of_caching_or_none_of_the_gates_business(name: str, caching: bool) -> None:
    assert is_caching(name) is caching


@pytest.mark.parametrize(
    ("headers", "shareable"),
    [
        ([], False),
        ([("cache-control", "max-age=60")], False),
        ([("cache-control", "private")], False),
        ([("cache-control", "public")], True),
        ([("cache-control", "max-age=1, PUBLIC")], True),
        ([("cache-control", "s-maxage = 60")], True),
        ([("cache-control", "max-age=9,immutable")], True),
        ([("cache-control", "no-cache"), ("cache-control", "public")], True),
        ([("cache-control", 'private="public"')], False),
        ([("cache-control", 'ext="a, public, b"')], False),
        ([("cache-control", "publicity")], False),
        ([("vary", "public")], False),
    ],
)
def test_a_shared_cache_may_keep_what_says_so(headers: list[Header], shareable: bool) -> None:
    assert is_shareable(headers) is shareable


@pytest.mark.parametrize(
    ("value", "private"),
    [
        ("", "private"),
        (" , ,", "private"),
        ("public", "private"),
        ("PRIVATE", "PRIVATE"),
        ("no-cache, private", "no-cache, private"),
        ("max-age=60, proxy-revalidate", "private, max-age=60"),
        ('private="set-cookie", max-age=1', "private, max-age=1"),
        ('private="x", private', 'private="x", private'),
        ('ext="a, public"', 'private, ext="a, public"'),
        ('ext="a\\", public", public', 'private, ext="a\\", public"'),
        ('ext="unclosed, public', 'private, ext="unclosed, public'),
        ("max-age=60;public", "private, max-age=60;public"),
    ],
)
def test_a_cache_control_becomes_private_and_keeps_what_does_not_widen_it(
    value: str, private: str
) -> None:
    kept, appended = keep_private([("cache-control", value)], private=True, vary=NOTHING)

    assert (kept, appended) == ([private], [])


def test_several_cache_controls_become_one() -> None:
    headers = [("cache-control", "max-age=1"), ("vary", "a"), ("cache-control", "public, no-store")]

    kept, appended = keep_private(headers, private=True, vary=NOTHING)

    assert (kept, appended) == (["private, max-age=1, no-store", "a", None], [])


def test_without_cache_control_one_is_appended() -> None:
    kept, appended = keep_private([("cdn-cache-control", "max-age=9")], private=True, vary=NOTHING)

    assert (kept, appended) == ([None], [("cache-control", "private")])


@pytest.mark.parametrize(
    ("values", "kept", "appended"),
    [
        ([], [], [("vary", "Cookie")]),
        (["Accept"], ["Accept, Cookie"], []),
        (["Accept", "Origin"], [None, "Accept, Origin, Cookie"], []),
        (["cookie", "Origin"], [None, "cookie, Origin"], []),
        (["Accept,Origin , cookie"], ["Accept,Origin , cookie"], []),
        (["*"], ["*"], []),
        (["Accept, *"], ["Accept, *, Cookie"], []),
        (["Cookies"], ["Cookies, Cookie"], []),
        ([""], ["Cookie"], []),
        (["Accept, "], ["Accept, Cookie"], []),
    ],
)
def test_a_response_that_depends_on_the_choice_varies_on_the_cookie(
    values: list[str], kept: list[str | None], appended: list[Header]
) -> None:
    headers = [("vary", value) for value in values]

    assert keep_private(headers, private=False, vary=COOKIE) == (kept, appended)


def test_where_nothing_is_to_be_said_all_stays() -> None:
    headers = [("cache-control", "public"), ("vary", "Accept")]

    assert keep_private(headers, private=False, vary=NOTHING) == (["public", "Accept"], [])


def test_a_hostile_cache_control_is_read_in_linear_time() -> None:
    value = '"' * 20_001 + "," * 20_000 + '\\"' * 20_000

    kept, _ = keep_private([("cache-control", value)], private=True, vary=NOTHING)

    assert (kept[0] or "").startswith("private")


REVALIDATED = [
    pytest.param([], "private, no-cache", id="nothing"),
    pytest.param(["max-age=60"], "private, no-cache", id="max-age"),
    pytest.param(["no-store"], "private, no-cache, no-store", id="no-store"),
    pytest.param(["no-cache"], "private, no-cache", id="no-cache"),
    pytest.param(["private"], "private, no-cache", id="private"),
    pytest.param(['private="x"'], "private, no-cache", id="private-for-a-field"),
    pytest.param(['no-cache="x"'], "private, no-cache", id="no-cache-for-a-field"),
    pytest.param(["public, s-maxage=9, immutable"], "private, no-cache", id="shared"),
    pytest.param(
        ["max-age=9, stale-while-revalidate=9, stale-if-error=9"], "private, no-cache", id="stale"
    ),
    pytest.param(["Max-Age=9", "No-Store"], "private, no-cache, No-Store", id="two-lines"),
    pytest.param(
        ["must-revalidate, no-transform"],
        "private, no-cache, must-revalidate, no-transform",
        id="others",
    ),
]


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(("values", "kept"), REVALIDATED)
def test_a_page_of_one_visitor_is_kept_by_no_one_else_and_shown_by_no_one_unasked(
    values: list[str], kept: str
) -> None:
    present = [("cache-control", value) for value in values]

    left, appended = keep_private(present, private=True, vary=COOKIE, revalidate=True)

    lines = [("cache-control", value) for value in left if value is not None]
    assert [*lines, *appended] == [("cache-control", kept), ("vary", "Cookie")]


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    "header",
    [
        ("x-accel-expires", "60"),
        ("surrogate-control", "max-age=60"),
        ("cdn-cache-control", "public"),
        ("edge-control", "max-age=60"),
    ],
    ids=str,
)
def test_nor_by_a_cache_that_listens_to_another_header(header: Header) -> None:
    present = [header, ("cache-control", "private, no-cache"), ("vary", "Accept")]

    assert keep_private(present, private=True, vary=COOKIE, revalidate=True) == (
        [None, "private, no-cache", "Accept, Cookie"],
        [],
    )
