"""Compares a suite's runs with and without the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from upstream.results import Results
from upstream.run import Wrapping

FEWEST_BROKEN = 5
"""How many tests a gate that lets out nothing has to break, to prove that it is there at all.
In Werkzeug's suite a cookie passes through an application in seven tests only."""

Run = Callable[[Wrapping], Results]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the gate changed: `bare` and `gated` are the first runs, `differing` the ids whose
    outcome differed twice, `unsteady` those that did so once, `broken` those that only the gate
    that lets out nothing made fail."""

    bare: Results
    gated: Results
    differing: frozenset[str]
    unsteady: frozenset[str]
    broken: frozenset[str]

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the gate can't be called invisible, or can't be called present; empty if neither."""
        found = [f"{one}: differs behind the gate" for one in sorted(self.differing)]
        if self.bare.tests != self.gated.tests:
            found.append(f"{self.bare.tests} tests ran without the gate, {self.gated.tests} with")
        if len(self.broken) < FEWEST_BROKEN:
            found.append(f"a gate that lets out nothing broke {len(self.broken)} tests only")
        return tuple(found)


def compare(run: Run) -> Comparison:
    """Run a suite bare, behind a gate that lets out the undeclared, and behind one that lets out
    nothing. Where outcomes differ it is run again: a busy machine fails tests of its own."""
    bare, gated = run(Wrapping.BARE), run(Wrapping.REPORTING)
    first = second = bare.failing ^ gated.failing
    if first:
        second = run(Wrapping.BARE).failing ^ run(Wrapping.REPORTING).failing
    strict = run(Wrapping.STRICT)
    return Comparison(
        bare=bare,
        gated=gated,
        differing=first & second,
        unsteady=first - second,
        broken=strict.failing - bare.failing - gated.failing,
    )
