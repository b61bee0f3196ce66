"""The one memory: what it keeps, and that it never keeps more."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Hashable

import pytest

from consentgate._cache import ENTRY_BYTES, BoundedCache, weigh_nothing

PLENTY = 1 << 20


def cache_of(
    *, most_entries: int = 100, most_bytes: int = PLENTY, longest_key: int = 128
) -> BoundedCache[Hashable, object]:
    return BoundedCache(most_entries=most_entries, most_bytes=most_bytes, longest_key=longest_key)


def test_what_is_missing_is_found_once() -> None:
    asked: list[str] = []

    def find(key: str) -> int:
        asked.append(key)
        return len(key)

    cache = BoundedCache[str, int](find, most_entries=8, most_bytes=PLENTY)

    assert [cache["abc"], cache["abc"], cache.get("abc"), cache.get("x")] == [3, 3, 3, None]
    assert asked == ["abc"]


def test_bytes_are_found_as_text() -> None:
    cache = BoundedCache[bytes, str](str.upper, most_entries=8, most_bytes=PLENTY)

    assert cache[b"\xe9t"] == "\xc9T"
    assert dict(cache) == {b"\xe9t": "\xc9T"}


def test_nothing_is_found_without_a_way_to_find_it() -> None:
    with pytest.raises(KeyError, match="absent"):
        cache_of()["absent"]


def test_it_is_emptied_when_it_has_too_many_entries() -> None:
    cache = cache_of(most_entries=3)

    for number in range(4):
        cache.remember(number, "x")

    assert dict(cache) == {3: "x"}


def test_it_is_emptied_when_it_has_too_many_bytes() -> None:
    cache = cache_of(most_bytes=10_000)

    for number in range(4):
        cache.remember(number, b"", weight_bytes=3_000)
    assert dict(cache) == {3: b""}
    assert 3_000 + ENTRY_BYTES < cache.weight_bytes < 6_000


def test_what_is_too_heavy_alone_pushes_nothing_out() -> None:
    cache = cache_of(most_bytes=10_000)
    cache.remember("light", b"x")

    cache.remember("heavy", b"x" * 10_000)

    assert list(cache) == ["light"]


@pytest.mark.parametrize(
    ("key", "is_kept"),
    [
        ("x" * 8, True),
        ("x" * 9, False),
        (b"x" * 8, True),
        (b"x" * 9, False),
        (("x" * 4, b"x" * 4, 1), True),
        (("x" * 4, b"x" * 5, 1), False),
        ((("x" * 4,), ("x" * 5,)), False),
        ((), True),
        (1 << 62, True),
    ],
    ids=repr,
)
def test_a_long_key_is_not_remembered(key: Hashable, is_kept: bool) -> None:
    cache = cache_of(longest_key=8)

    cache.remember(key, None)

    assert (key in cache) is is_kept


def test_the_parts_of_a_key_weigh_too() -> None:
    whole, parts = cache_of(), cache_of()
    whole.remember("x" * 100, None)
    parts.remember(("x" * 50, "x" * 50), None)

    assert parts.weight_bytes > whole.weight_bytes > ENTRY_BYTES + 100


def test_values_that_exist_anyway_weigh_nothing() -> None:
    weighed = cache_of()
    shared = BoundedCache[Hashable, object](most_entries=8, most_bytes=PLENTY, weigh=weigh_nothing)
    for cache in (weighed, shared):
        cache.remember("key", b"x" * 1_000)

    assert weighed.weight_bytes - shared.weight_bytes > 1_000


def test_once_cleared_it_has_all_its_room_again() -> None:
    cache = cache_of()
    cache.remember("key", "value")

    cache.clear()

    assert (len(cache), cache.weight_bytes) == (0, 0)


def test_it_can_be_copied() -> None:
    cache = BoundedCache[str, int](len, most_entries=8, most_bytes=PLENTY)
    assert cache["abc"] == 3

    for twin in (copy.deepcopy(cache), pickle.loads(pickle.dumps(cache))):
        assert (twin["abc"], twin["ab"], cache.get("ab")) == (3, 2, None)
