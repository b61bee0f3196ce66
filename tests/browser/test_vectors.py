"""Whatever an application sends, only allowed cookies are in the browser's jar."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from consentgate.http.set_cookie import has_line_break
from tests.browser.site import GRANTED, NEEDED, REFUSED, TRACKED, Answer
from tests.browser.stage import Jar, Play, Stage
from tests.browser.vectors import AHEAD, FAMILIES, VECTORS, Vector

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BARE = ""
TIME_BETWEEN_PLAYS_S = 120


@dataclass(frozen=True, slots=True)
class Jars:
    """What the browser held after each play of one vector, with a tracker's cookie in the jar
    before.

    `bare`: without the gate. `undecided`: behind the gate, once as the tracker and once as a
    needed cookie. `refused` and `granted`: behind the gate, as the tracker.
    """

    bare: Jar
    undecided: Jar
    refused: Jar
    granted: Jar

    @property
    def new(self) -> Jar:
        """What the vector brought without the gate."""
        return self.bare.without("seed")


def plays_of(vector: Vector) -> list[Play]:
    """The plays of one vector, in the order of `Jars`."""
    tracker, needed = answer_of(vector, name="track"), answer_of(vector, name="login")
    seed = (vector.seed.replace("NAME", "track"),)
    return [
        Play((tracker,), BARE, before=seed),
        Play((tracker, needed), before=seed),
        Play((tracker,), before=seed, choice=REFUSED),
        Play((tracker,), before=seed, choice=GRANTED),
    ]


def answer_of(vector: Vector, *, name: str) -> Answer:
    date = ((b"Date", vector.date.encode()),) if vector.date else ()
    # What is left of a broken head would be read as the next response.
    close = ((b"Connection", b"close"),) if has_line_break(vector.text) else ()
    return Answer(cookies=(vector.text.replace("NAME", name),), headers=(*date, *close))


@pytest.fixture(scope="module")
def jars(stage: Stage) -> dict[Vector, Jars]:
    """What the browser held after each play of each vector."""
    plays = [plays_of(vector) for vector in VECTORS]
    found = iter(stage.play_all([play for group in plays for play in group]))
    return {vector: Jars(*(next(found) for _ in group)) for vector, group in zip(VECTORS, plays)}


every_vector = pytest.mark.parametrize("vector", VECTORS, ids=str)
# What the network layer cuts is no longer the value that the application sent.
WHOLE = [one for one in VECTORS if not has_line_break(one.text)]
every_whole_vector = pytest.mark.parametrize("vector", WHOLE, ids=str)


def test_there_are_many_vectors_and_each_is_another() -> None:
    assert len(VECTORS) == len(set(VECTORS)) >= 400


def test_without_the_gate_most_vectors_store_a_cookie(jars: dict[Vector, Jars]) -> None:
    assert sum(bool(one.new.stored) for one in jars.values()) >= 300


def test_without_the_gate_many_vectors_delete_a_cookie(jars: dict[Vector, Jars]) -> None:
    assert sum(not one.bare.stored for one in jars.values()) >= 100


@pytest.mark.parametrize("family", FAMILIES)
def test_without_the_gate_something_of_each_family_gets_through(
    jars: dict[Vector, Jars], family: str
) -> None:
    held = [jars[vector].bare for vector in VECTORS if vector.family == family]

    assert any(jar.values != {"seed"} for jar in held)


@pytest.mark.behaviour(1)
@every_vector
def test_an_undecided_visitor_gets_no_tracker(jars: dict[Vector, Jars], vector: Vector) -> None:
    others = jars[vector].undecided.without("seed")

    assert others == others.only(*NEEDED)


@every_whole_vector
def test_a_needed_cookie_arrives_as_it_was_sent(jars: dict[Vector, Jars], vector: Vector) -> None:
    needed = jars[vector].undecided.without("seed")
    sent = jars[vector].new.only(*TRACKED).renamed("track", "login")

    assert needed == sent
    assert needed.ends == pytest.approx(sent.ends, abs=TIME_BETWEEN_PLAYS_S)


@every_vector
def test_a_visitor_who_refused_gets_no_tracker(jars: dict[Vector, Jars], vector: Vector) -> None:
    refused = jars[vector].refused

    assert refused.without("seed") == Jar()
    assert refused.sent_names <= {vector.seeded_name}


@every_whole_vector
def test_who_granted_gets_what_the_browser_would_store(
    jars: dict[Vector, Jars], vector: Vector
) -> None:
    granted = jars[vector].granted.without("seed")
    sent = jars[vector].new.only(*TRACKED, "glob_", "glob_1")

    assert granted == sent
    assert granted.ends == pytest.approx(sent.ends, abs=TIME_BETWEEN_PLAYS_S)


# With a Date ahead of time a browser takes a cookie that is to live for one that has ended. The
# gate, which doesn't, strips it, and so nothing changes.
@pytest.mark.behaviour(3)
@pytest.mark.parametrize("vector", [one for one in WHOLE if one.date not in AHEAD], ids=str)
def test_what_deletes_a_named_cookie_still_deletes_it(
    jars: dict[Vector, Jars], vector: Vector
) -> None:
    left_without_the_gate = jars[vector].bare.names

    assert jars[vector].undecided.names - {*NEEDED} <= left_without_the_gate
    assert jars[vector].refused.names <= left_without_the_gate
    assert jars[vector].granted.names <= left_without_the_gate
