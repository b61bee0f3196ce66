"""After floods of made-up input each memory is within its bound and holds nothing private."""

from __future__ import annotations

import gc
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import consentgate
from benchmarks.flood_servers import PRIVATE, Servers
from benchmarks.floods import ALL, visits_of
from consentgate import Cookie, _cache
from consentgate._cache import BoundedCache

pytestmark = pytest.mark.behaviour(23)

SHARE = 0.02
HELD = (list, tuple, set, frozenset)
ROOMS = "consentgate."
ROW = re.compile(r"\| `([\w.]+)`[^|]*\|[^|]*\| ([\d,]+), (\d+) ([KM])iB \|")
UNIT_BYTES = {"K": 1 << 10, "M": 1 << 20}


class Row(NamedTuple):
    """One row of the table in the memory's docstring."""

    module: str
    most_entries: int
    most_bytes: int


class Holder(NamedTuple):
    """An object, or a module of the package, that holds memories; those of an object are made by
    the modules of its class and of its base classes."""

    modules: frozenset[str]
    caches: tuple[BoundedCache[object, object], ...]


TABLE = [
    Row(ROOMS + module, int(entries.replace(",", "")), int(size) * UNIT_BYTES[unit])
    for module, entries, size, unit in ROW.findall(_cache.__doc__ or "")
]


def holders() -> Iterator[Holder]:
    """All that hold memories in this process."""
    modules = ((frozenset({name}), module) for name, module in [*sys.modules.items()])
    objects = ((modules_of(type(one)), one) for one in gc.get_objects())
    for names, one in (*modules, *objects):
        own = frozenset(name for name in names if name.startswith(ROOMS))
        # A plain memory is no holder of itself.
        if own and own != {_cache.__name__}:
            caches = tuple(filter(is_memory, (one, *held_by(one))))
            if caches:
                yield Holder(own - {_cache.__name__}, caches)


def modules_of(kind: type[object]) -> frozenset[str]:
    """The modules of a class and of its base classes."""
    return frozenset(str(base.__module__) for base in type.mro(kind))


def is_memory(one: object) -> bool:
    # isinstance() would ask Django's lazy objects for their class, and these for their settings.
    return issubclass(type(one), BoundedCache)


def held_by(holder: object) -> Iterator[object]:
    """What an object refers to, in its attributes or in slots."""
    for one in gc.get_referents(holder):
        yield one
        if type(one) is dict:
            yield from one.values()


@pytest.fixture(scope="module")
def flooded() -> list[Holder]:
    """All holders of memories after a little of each flood."""
    logging.getLogger("consentgate").addHandler(logging.NullHandler())
    servers = Servers()
    for visit in visits_of(ALL, share=SHARE):
        servers.serve(visit)
    return [*holders()]


@pytest.fixture(scope="module")
def caches(flooded: list[Holder]) -> list[BoundedCache[object, object]]:
    """All memories of the process after a little of each flood."""
    return [cache for holder in flooded for cache in holder.caches]


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
        elif isinstance(one, HELD) or type(one).__module__.startswith(ROOMS):
            waiting += gc.get_referents(one)


def test_the_table_has_a_row_for_each_memory_that_the_package_makes() -> None:
    package = Path(consentgate.__file__).parent
    made = Counter[str]()
    for path in package.rglob("*.py"):
        name = ROOMS + ".".join(path.relative_to(package).with_suffix("").parts)
        made[name] = path.read_text(encoding="utf-8").count("most_entries=")

    assert Counter(row.module for row in TABLE) == +made


def test_each_memory_is_bounded_as_the_table_says_and_used(flooded: list[Holder]) -> None:
    bounds = {
        (modules, tuple(sorted((one.most_entries, one.most_bytes) for one in caches)))
        for modules, caches in flooded
        if all(caches)
    }

    expected = {
        (modules, tuple(sorted(row[1:] for row in TABLE if row.module in modules)))
        for modules, _ in bounds
    }
    assert bounds == expected
    assert {row.module for row in TABLE} == {one for modules, _ in bounds for one in modules} & {
        row.module for row in TABLE
    }


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
