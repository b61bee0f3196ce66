"""After floods of made-up input each memory is within its bound and holds nothing private."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator

import pytest

from benchmarks.floods import ALL, PRIVATE, Servers, visits_of
from consentgate import Cookie
from consentgate._cache import BoundedCache

pytestmark = pytest.mark.behaviour(23)

SHARE = 0.02
HELD = (list, tuple, set, frozenset)


@pytest.fixture(scope="module")
def caches() -> list[BoundedCache[object, object]]:
    """All memories of the process after a little of each flood."""
    logging.getLogger("consentgate").addHandler(logging.NullHandler())
    servers = Servers()
    for visit in visits_of(ALL, share=SHARE):
        servers.serve(visit)
    return [one for one in gc.get_objects() if isinstance(one, BoundedCache)]


def reachable(holder: object) -> Iterator[str]:
    """The texts in a memory's keys and values, and in what these hold."""
    waiting, seen = [holder], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, str):
            yield one
        elif isinstance(one, bytes):
            yield one.decode("latin-1")
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, HELD) or type(one).__module__.startswith("consentgate."):
            waiting += gc.get_referents(one)


def test_each_memory_was_used(caches: list[BoundedCache[object, object]]) -> None:
    assert len([one for one in caches if len(one) > 1]) >= 4


def test_each_memory_is_within_its_bound(caches: list[BoundedCache[object, object]]) -> None:
    assert [one for one in caches if len(one) > one.most_entries] == []
    assert [one for one in caches if one.weight_bytes > one.most_bytes] == []


def test_nothing_of_a_query_a_value_or_a_page_is_in_a_memory(
    caches: list[BoundedCache[object, object]],
) -> None:
    # The memory itself refers to its functions too, and these to everything.
    texts = [text for one in caches for entry in one.items() for text in reachable(entry)]

    assert texts != []
    assert [text for text in texts if PRIVATE in text] == []


def test_what_is_private_would_be_found() -> None:
    rule = Cookie("e", category="f")
    found = [*reachable(["a", ("b", {"c": b"d"}), 1, "a", rule, rule])]

    assert {"a", "b", "c", "d", "e", "f"} <= set(found)
