"""What each server does by itself with what it is given, as recorded in tests/data/servers.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).resolve().parents[1] / "data" / "servers.toml"

# From the most that a server lets out to the least.
OUTCOMES = ("leaks", "passes", "cleans", "refuses")


@dataclass(frozen=True, slots=True)
class Facts:
    """One server. `lacks` are the channels that it does not have; after the cases in `hangs` it
    leaves the connection open."""

    distribution: str
    version: str
    lacks: frozenset[str]
    hangs: frozenset[str]
    outcomes: Mapping[str, str]

    def outcome(self, case: str) -> str:
        """What it makes of a case; what is not recorded it refuses."""
        return self.outcomes.get(case, "refuses")

    def laxer(self, found: Mapping[str, str]) -> dict[str, str]:
        """The cases in which it was found to let out more than is recorded."""
        return {
            case: outcome
            for case, outcome in found.items()
            if OUTCOMES.index(outcome) < OUTCOMES.index(self.outcome(case))
        }


def _read_facts(table: Mapping[str, str]) -> Facts:
    words = {key: frozenset(table.get(key, "").split()) for key in ("lacks", "hangs")}
    outcomes = {case: key for key in OUTCOMES for case in table.get(key, "").split()}
    return Facts(
        distribution=table["distribution"], version=table["version"], outcomes=outcomes, **words
    )


FACTS: Mapping[str, Facts] = {
    name: _read_facts(table) for name, table in tomllib.loads(_FILE.read_text()).items()
}


def channels_of(server: str, channels: Iterable[str]) -> list[str]:
    """Those of the channels that the server has."""
    return [channel for channel in channels if channel not in FACTS[server].lacks]
