"""Ids and salts, drawn from the system many at a time."""

from __future__ import annotations

import os

import pytest

from consentgate.choice.randomness import LENGTH, random_bytes


def test_what_is_drawn_is_never_drawn_again() -> None:
    drawn = [random_bytes() for _ in range(1_000)]

    assert len({*drawn}) == 1_000
    assert {len(one) for one in drawn} == {LENGTH}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_draws_its_own() -> None:
    random_bytes()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover (the child is not measured)
        os.write(writing, random_bytes())
        os._exit(0)
    ours = random_bytes()

    os.waitpid(child, 0)
    theirs = os.read(reading, LENGTH)

    assert len(theirs) == LENGTH
    assert theirs != ours
