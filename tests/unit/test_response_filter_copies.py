"""Nothing that an application still holds can change what the filter of responses lets leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from consentgate.http.wire import BYTES, TEXT, WireFormat
from tests.support.exchange import gate_of
from tests.support.gate_exchange import visit_of
from tests.support.wire_headers import (
    GA,
    PLAIN,
    PRIVATE,
    SESSION,
    VARY,
    both_wires,
    decoded,
    encoded,
    filtered,
)

# Any: much of what is given is of a wrong type.


class LyingText(str):  # noqa: SLOT000 (as applications write them)
    """A header's text that says of itself, by each method that a gate may ask, to be another."""

    __hash__ = None  # type: ignore[assignment]

    def lie(self, *_: object) -> Any:
        return "x-harmless"

    lower = strip = partition = split = encode = casefold = __str__ = lie  # type: ignore[assignment]

    def __eq__(self, _: object) -> bool:
        return False

    def __contains__(self, _: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[str]:
        return iter("x-harmless")


class LyingBytes(bytes):
    """The same of bytes."""

    __hash__ = None  # type: ignore[assignment]

    def lie(self, *_: object) -> Any:
        return b"x-harmless"

    lower = strip = partition = split = decode = __bytes__ = lie  # type: ignore[assignment]

    def __eq__(self, _: object) -> bool:
        return False

    def __contains__(self, _: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[int]:
        return iter(b"x-harmless")


class Alternating(tuple[Any, ...]):  # noqa: SLOT001 (it counts its readings)
    """A pair that reads otherwise each time; `others` says how at the second, the fourth ..."""

    others: tuple[Any, ...] = ()
    read = 0

    def __iter__(self) -> Iterator[Any]:
        self.read += 1
        return iter(self.others) if self.read % 2 == 0 else super().__iter__()

    def __len__(self) -> int:
        return 2


class AlternatingList(list[Any]):
    """A list of headers that is empty at each second reading, and whose copies are itself."""

    read = 0

    def __iter__(self) -> Iterator[Any]:
        self.read += 1
        return iter(()) if self.read % 2 == 0 else super().__iter__()

    def __len__(self) -> int:
        return 0

    def copy(self) -> AlternatingList:
        return self


def lying(text: str | bytes) -> str | bytes:
    return LyingText(text) if isinstance(text, str) else LyingBytes(text)


CONTAINERS: dict[str, Callable[[list[Any]], Iterable[Any]]] = {
    "list": list,
    "tuple": tuple,
    "iterator": iter,
    "generator": lambda headers: (header for header in headers),
    "lying list": AlternatingList,
}
PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "tuple": lambda name, value: (name, value),
    "list": lambda name, value: [name, value],
    "tuple subclass": lambda name, value: Alternating((name, value)),
    "iterator": lambda name, value: iter((name, value)),
    "lying name": lambda name, value: (lying(name), value),
    "lying value": lambda name, value: (name, lying(value)),
}
BYTE_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "bytearray": lambda name, value: (bytearray(name), bytearray(value)),
    "memoryview": lambda name, value: (memoryview(name), memoryview(value)),
    "bytearray behind a view": lambda name, value: (name, memoryview(bytearray(value))),
}
CASES = [
    *(pytest.param(wire, pair, id=f"{wire_id} {name}") for wire_id, wire in
      [("bytes", BYTES), ("text", TEXT)] for name, pair in PAIRS.items()),
    *(pytest.param(BYTES, pair, id=name) for name, pair in BYTE_PAIRS.items()),
]  # fmt: skip


def with_others(header: Any, others: tuple[Any, Any]) -> Any:
    """The header; what reads otherwise at the second time reads as `others` then."""
    if isinstance(header, Alternating):
        header.others = others
    return header


@both_wires
def test_a_lying_text_passes_for_another_with_whoever_asks_it(wire: WireFormat[Any]) -> None:
    name, harmless = wire.encode("set-cookie"), wire.encode("x-harmless")
    liar: Any = lying(name)

    assert {liar.lower(), liar.strip(), liar.partition(name)} == {harmless}
    assert (name == liar, name[:3] in liar, len(liar)) == (False, False, 0)
    assert [*liar] == [*harmless]


def test_a_lying_container_is_another_at_each_second_reading() -> None:
    pair, headers = with_others(Alternating("ab"), ("c", "d")), AlternatingList("ab")

    assert ([*pair], [*pair], len(pair)) == (["a", "b"], ["c", "d"], 2)
    assert ([*headers], [*headers], len(headers)) == (["a", "b"], [], 0)
    assert headers.copy() is headers


@pytest.mark.behaviour(22)
@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
@pytest.mark.parametrize("changes", [False, True], ids=["untouched", "changed"])
@pytest.mark.parametrize(("wire", "pair"), CASES)
def test_what_leaves_is_of_plain_types_and_was_judged(
    wire: WireFormat[Any],
    pair: Callable[[Any, Any], Any],
    container: Callable[[list[Any]], Iterable[Any]],
    changes: bool,
) -> None:
    plain, cookie = encoded(wire, [PLAIN, GA if changes else SESSION])
    given = [with_others(pair(*plain), plain), with_others(pair(*cookie), cookie)]

    left = filtered(gate_of().response_filter(wire), visit_of(gate_of()), container(given))

    assert {type(header) for header in left} == {tuple}
    assert {type(text) for header in left for text in header} == {type(wire.equals)}
    expected = [PLAIN, PRIVATE, VARY] if changes else [PLAIN, SESSION]
    assert (type(left), decoded(wire, left)) == (list, expected)


@pytest.mark.behaviour(22)
@both_wires
@pytest.mark.parametrize("first", [PLAIN, SESSION, GA], ids=lambda header: header[1])
@pytest.mark.parametrize("second", [PLAIN, SESSION, GA], ids=lambda header: header[1])
def test_a_pair_that_reads_otherwise_each_time_leaves_as_it_was_judged(
    wire: WireFormat[Any], first: tuple[str, str], second: tuple[str, str]
) -> None:
    one, other = encoded(wire, [first, second])

    given = [with_others(Alternating(one), other)]
    left = filtered(gate_of().response_filter(wire), visit_of(gate_of()), given)

    assert GA not in decoded(wire, [*left, *left])


@pytest.mark.behaviour(22)
@both_wires
@pytest.mark.parametrize("pair", [tuple, list])
@pytest.mark.parametrize("cookie", [SESSION, GA], ids=["untouched", "changed"])
def test_what_the_application_does_to_its_headers_afterwards_changes_nothing(
    wire: WireFormat[Any], pair: Callable[[Any], Any], cookie: tuple[str, str]
) -> None:
    given = [pair(header) for header in encoded(wire, [PLAIN, cookie])]
    left = filtered(gate_of().response_filter(wire), visit_of(gate_of()), given)
    before = list(left)

    for header in given:
        if isinstance(header, list):
            header[:] = encoded(wire, [GA])[0]
    given[:] = encoded(wire, [GA, GA])

    assert left == before


@pytest.mark.behaviour(22)
def test_what_the_application_does_to_a_bytearray_afterwards_changes_nothing() -> None:
    name, value = bytearray(b"x-harmless"), bytearray(b"_ga=1; Max-Age=60")

    left = filtered(gate_of().response_filter(BYTES), visit_of(gate_of()), [(name, value)])
    name[:] = b"set-cookie"

    assert left == [(b"x-harmless", b"_ga=1; Max-Age=60")]


@pytest.mark.behaviour(12)
@both_wires
def test_with_nothing_to_change_the_texts_themselves_leave_in_another_list(
    wire: WireFormat[Any],
) -> None:
    given = encoded(wire, [PLAIN, SESSION, ("content-type", "text/html"), ("etag", "1")])

    left = filtered(gate_of().response_filter(wire), visit_of(gate_of()), given)

    assert left == given
    assert left is not given
    assert all(one is other for one, other in zip(left, given, strict=True))
