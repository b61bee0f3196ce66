"""Writes the declarations that a test run needs: what its applications set and nobody declared.

The same file comes out whatever the order of the tests, and from however many processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from consentgate.errors import ConfigurationError
from consentgate.gate.advice import Advice, Advisor, is_declarable, toml_of
from consentgate.gate.events import Reason
from consentgate.policy import Policy
from consentgate.testing.breaches import Breach, describe
from consentgate.testing.watching import Sighting

MARK = "# Written by pytest --consent-learn."
"""How a file of this kind begins: no other is overwritten."""

_HOW = (
    "Read each declaration, then add all of them to the end of the policy's TOML.",
    "Whoever reads the cookie charter reads their purposes.",
)


@dataclass(slots=True)
class Lessons:
    """What was seen in one process or in several: each different sighting once, under the test in
    which it was seen first (the first by name). Policies are told apart by what they declare."""

    gates: int = 0
    seen: dict[Sighting, str] = field(default_factory=dict)

    def count_gate(self) -> None:
        """Note that a gate was made."""
        self.gates += 1

    def add(self, sighting: Sighting, test: str) -> None:
        """Note a sighting in a test, if it is one of interest."""
        if sighting.breaches:
            self.seen[sighting] = min(test, self.seen.get(sighting, test))

    def merge(self, other: Lessons) -> None:
        """Note all that another process saw."""
        self.gates += other.gates
        for sighting, test in other.seen.items():
            self.add(sighting, test)

    def summary(self) -> str:
        """Return in a few words what was seen."""
        names = sorted({sighting.seen.name for sighting in self.seen if _is_undeclared(sighting)})
        if not names:
            return "every cookie that was set is declared"
        count = "1 cookie is" if len(names) == 1 else f"{len(names)} cookies are"
        return f"{count} not declared: {', '.join(map(ascii, names))}"

    def as_toml(self) -> str:
        """Return the file: the declarations, and as comments what is known of each."""
        lines = [MARK, *(f"# {text}" for text in _HOW)]
        by_policy: dict[Policy, list[Sighting]] = {}
        for sighting in sorted(self.seen, key=_order):
            by_policy.setdefault(sighting.policy, []).append(sighting)
        for number, (policy, seen) in enumerate(by_policy.items(), start=1):
            if len(by_policy) > 1:
                lines += ["", "", *_policy_lines(policy, number, of=len(by_policy))]
            lines += self._lines_for(policy, seen)
        if not by_policy:
            lines += ["", "# There is nothing to declare: every cookie that was set is declared."]
        return "\n".join(lines) + "\n"

    def _lines_for(self, policy: Policy, seen: list[Sighting]) -> Iterator[str]:
        undeclared = [sighting for sighting in seen if _is_undeclared(sighting)]
        for advice in Advisor(policy).advise_all(sighting.seen for sighting in undeclared):
            yield ""
            yield from _comment(f"{advice.text}:")
            yield from _comment(self._source_of(advice, undeclared))
            yield toml_of(advice.rule)
        others = [
            breach for sighting in seen for breach in sighting.breaches if not _is_covered(breach)
        ]
        if others:
            yield ""
            yield "# To be changed where it is declared, or where it is set:"
            yield "#"
            yield from _comment(describe(others, policy))

    def _source_of(self, advice: Advice, sightings: Iterable[Sighting]) -> str:
        sources = [
            (self.seen[sighting], sighting.where)
            for sighting in sightings
            if sighting.seen in advice.seen
        ]
        test, where = min(sources)
        return f"Seen in {test}, set by {where}."


def check_target(path: Path) -> None:
    """Raise ConfigurationError for a file that was not learned: it may be somebody's policy."""
    if not path.parent.is_dir():
        raise ConfigurationError(f"there is no folder {path.parent} for {path.name}")
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder: name a file in it")
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        raise ConfigurationError(
            f"{path} exists and was not written by --consent-learn: name another file"
        )


def _is_undeclared(sighting: Sighting) -> bool:
    return sighting.breaches[0].seen is not None


def _is_covered(breach: Breach) -> bool:
    """Return whether a declaration in the file mends this."""
    return breach.reason is Reason.UNDECLARED and is_declarable(breach.name)


def _order(sighting: Sighting) -> tuple[str, str, str, str]:
    policy, seen = sighting.policy, sighting.seen
    return policy.site, policy.to_toml(), f"{seen.name}\0{seen!r}", sighting.where


def _policy_lines(policy: Policy, number: int, *, of: int) -> Iterator[str]:
    site = f" of {policy.site}" if policy.site else ""
    declared = ", ".join([*policy.necessary, *(cookie.name for cookie in policy.cookies)][:5])
    yield f"# Policy {number} of {of}{site}; it declares {declared or 'presets or nothing'}."


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"# {line}".rstrip()
