"""Compares a suite's runs with and without the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from upstream.results import Results
from upstream.run import Wrapping

FEWEST_BROKEN = 5
"""How many tests a gate that strips every cookie must break, to prove that it is there at all.
In Werkzeug's suite a cookie passes through an application in only seven tests."""

Run = Callable[[Wrapping], Results]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The effect of the gate on a suite.

    `bare` and `gated` are the first runs, `differing` the ids whose outcome differed twice,
    `unsteady` those that differed once, `broken` those that fail only if every cookie is stripped.
    """

    bare: Results
    gated: Results
    differing: frozenset[str]
    unsteady: frozenset[str]
    broken: frozenset[str]

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the gate shows in the results, or may not be there at all; empty if all is well."""
        found = [f"{one}: differs behind the gate" for one in sorted(self.differing)]
        if self.bare.tests != self.gated.tests:
            found.append(f"{self.bare.tests} tests ran without the gate, {self.gated.tests} with")
        if len(self.broken) < FEWEST_BROKEN:
            found.append(f"a gate that strips every cookie broke only {len(self.broken)} tests")
        return tuple(found)


def compare(run: Run) -> Comparison:
    """Run a suite bare, behind a gate that only reports undeclared cookies, and behind one that
    strips every cookie. If outcomes differ, run it again: tests can fail because a machine is
    busy."""
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
