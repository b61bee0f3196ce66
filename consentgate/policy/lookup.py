"""Finds the rule of a name: one dictionary access, whatever the number of rules.

Names come from visitors, so what is remembered of them is bounded in number and length.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

from consentgate.policy.cookie import Cookie
from consentgate.policy.merge import strictest
from consentgate.policy.names import Glob
from consentgate.policy.vocabulary import Kind

REMEMBERED_NAMES = 1024
REMEMBERED_LENGTH = 128

Value = TypeVar("Value")


class GlobIndex(Generic[Value]):
    """The globs that match a name, found by their literal ends.

    A name is cut once per pair of lengths that some glob's ends have, not once per glob; only
    globs that share both ends are tried one by one.
    """

    def __init__(self, entries: Iterable[tuple[Glob, Value]]) -> None:
        self._by_shape: dict[tuple[int, int], dict[tuple[str, str], list[tuple[Glob, Value]]]] = {}
        for glob, value in entries:
            shape = (len(glob.prefix), len(glob.suffix))
            same_shape = self._by_shape.setdefault(shape, {})
            same_shape.setdefault((glob.prefix, glob.suffix), []).append((glob, value))

    def matching(self, name: str) -> list[tuple[Glob, Value]]:
        """Return each glob that matches `name`, with its value."""
        return [
            entry
            for (head, tail), globs in self._by_shape.items()
            for entry in globs.get((name[:head], name[max(len(name) - tail, 0) :]), ())
            if entry[0].matches(name)
        ]


class RuleLookup(dict[str, Cookie | None]):
    """The rules of cookies by name; a name that only globs match is worked out once.

    `site` and `presets` are in the order of their declaration. An exact name comes first, then
    the most literal characters, then the site before presets.
    """

    def __init__(self, site: Iterable[Cookie], presets: Iterable[Cookie]) -> None:
        globs: list[tuple[Glob, tuple[bool, Cookie]]] = []
        super().__init__()
        cookie = Kind.COOKIE  # once: the access to an Enum's member costs more than the loop
        for is_site, rules in ((False, presets), (True, site)):
            for rule in rules:
                if rule.kind is not cookie:
                    continue
                if "*" in rule.name:
                    globs.append((Glob.of(rule.name), (is_site, rule)))
                else:
                    self[rule.name] = rule
        self._globs = GlobIndex(globs)
        self._remembered: deque[str] = deque()

    def __missing__(self, name: str) -> Cookie | None:
        rule = self._best(name)
        if len(name) <= REMEMBERED_LENGTH:
            self._remember(name, rule)
        return rule

    def _best(self, name: str) -> Cookie | None:
        ranked = [
            ((glob.literal_length, is_site), rule)
            for glob, (is_site, rule) in self._globs.matching(name)
        ]
        if not ranked:
            return None
        best = max(rank for rank, _ in ranked)
        return strictest([rule for rank, rule in ranked if rank == best])

    def _remember(self, name: str, rule: Cookie | None) -> None:
        self[name] = rule
        self._remembered.append(name)
        while len(self._remembered) > REMEMBERED_NAMES:
            # Two threads may have remembered one name twice, so it can be gone already.
            self.pop(self._remembered.popleft(), None)
