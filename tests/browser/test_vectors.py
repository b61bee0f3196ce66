"""Whatever an application sends, only allowed cookies are in the browser's jar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from consentgate.http.set_cookie import has_line_break
from tests.browser.site import GRANTED, NEEDED, REFUSED, TRACKED, Answer
from tests.browser.stage import Jar, Play, Stage
from tests.browser.vectors import AHEAD, FAMILIES, VECTORS, Vector
from tests.support.tables import check_rules

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

    vector: Vector
    bare: Jar
    undecided: Jar
    refused: Jar
    granted: Jar

    @property
    def new(self) -> Jar:
        """What the vector brought without the gate."""
        return self.bare.without("seed")

    def __str__(self) -> str:
        return str(self.vector)


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
    return {
        vector: Jars(vector, *(next(found) for _ in group)) for vector, group in zip(VECTORS, plays)
    }


# What the network layer cuts is no longer the value that the application sent.
WHOLE = [one for one in VECTORS if not has_line_break(one.text)]
# With a Date ahead of time a browser takes a cookie that is to live for one that has ended. The
# gate, which doesn't, strips it, and so nothing changes.
IN_TIME = [one for one in WHOLE if one.date not in AHEAD]


def test_there_are_many_vectors_and_each_is_another() -> None:
    assert len(VECTORS) == len(set(VECTORS)) >= 400


def test_without_the_gate_the_vectors_store_and_delete_and_some_of_each_family_get_through(
    jars: dict[Vector, Jars],
) -> None:
    changing = {vector.family for vector in VECTORS if jars[vector].bare.values != {"seed"}}

    assert sum(bool(one.new.stored) for one in jars.values()) >= 300
    assert sum(not one.bare.stored for one in jars.values()) >= 100
    assert changing == set(FAMILIES)


def an_undecided_visitor_gets_no_tracker(jars: Jars) -> None:
    others = jars.undecided.without("seed")

    assert others == others.only(*NEEDED)


def a_needed_cookie_arrives_as_it_was_sent(jars: Jars) -> None:
    needed = jars.undecided.without("seed")
    sent = jars.new.only(*TRACKED).renamed("track", "login")

    assert needed == sent
    assert needed.ends == pytest.approx(sent.ends, abs=TIME_BETWEEN_PLAYS_S)


def a_visitor_who_refused_gets_no_tracker(jars: Jars) -> None:
    assert jars.refused.without("seed") == Jar()
    assert jars.refused.sent_names <= {jars.vector.seeded_name}


def a_visitor_who_granted_gets_what_the_browser_would_store(jars: Jars) -> None:
    granted = jars.granted.without("seed")
    sent = jars.new.only(*TRACKED, "glob_", "glob_1")

    assert granted == sent
    assert granted.ends == pytest.approx(sent.ends, abs=TIME_BETWEEN_PLAYS_S)


def what_deletes_a_named_cookie_still_deletes_it(jars: Jars) -> None:
    left_without_the_gate = jars.bare.names

    assert jars.undecided.names - {*NEEDED} <= left_without_the_gate
    assert jars.refused.names <= left_without_the_gate
    assert jars.granted.names <= left_without_the_gate


@pytest.mark.behaviour(1)
@pytest.mark.behaviour(3)
def test_of_each_vector_only_what_may_arrives_in_the_browser(jars: dict[Vector, Jars]) -> None:
    def played(vectors: Iterable[Vector]) -> list[Jars]:
        return [jars[vector] for vector in vectors]

    check_rules(
        (an_undecided_visitor_gets_no_tracker, played(VECTORS)),
        (a_needed_cookie_arrives_as_it_was_sent, played(WHOLE)),
        (a_visitor_who_refused_gets_no_tracker, played(VECTORS)),
        (a_visitor_who_granted_gets_what_the_browser_would_store, played(WHOLE)),
        (what_deletes_a_named_cookie_still_deletes_it, played(IN_TIME)),
    )
