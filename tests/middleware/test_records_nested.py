"""Of several gates around one another, one records a decision."""

from __future__ import annotations

import pytest

from tests.middleware.test_nested_gates import INNER, NESTS, OUTER, Nest, grant, names
from tests.support.recorders import MemoryRecorder


@NESTS
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_of_equal_gates_one_records(nest: Nest, depth: int) -> None:
    recorder = MemoryRecorder()

    left = nest(*[OUTER | {"records": recorder}] * depth, act=grant)

    assert len(recorder.decisions) == 1
    assert names(left)[:2] == ["cookies_preferences", "consent_record"]


@NESTS
def test_an_inner_gates_record_cookie_passes_the_outer_gate(nest: Nest) -> None:
    recorder = MemoryRecorder()

    left = nest(OUTER, INNER | {"records": recorder}, act=grant)

    assert len(recorder.decisions) == 1
    assert names(left) == ["inner_preferences", "consent_record", "session"]


@NESTS
def test_a_gate_that_records_and_one_that_does_not_are_two(nest: Nest) -> None:
    recorder = MemoryRecorder()
    bare = OUTER | {"prefix": None}

    nest(bare, bare | {"records": recorder}, act=grant)

    assert len(recorder.decisions) == 1
