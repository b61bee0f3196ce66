"""Finds the rule of a name: one dictionary access, whatever the number of rules.

Names come from visitors, so what is remembered of them is bounded in number and length.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from consentgate._cache import BoundedCache, weigh_nothing
from consentgate.policy.cookie import Cookie
from consentgate.policy.merge import strictest
from consentgate.policy.names import Glob
from consentgate.policy.vocabulary import Kind

MOST_NAMES = 1024
LONGEST_NAME = 128

Value = TypeVar("Value")

_BySuffix = dict[int, dict[str, list[tuple[Glob, Value]]]]


class GlobIndex(Generic[Value]):
    """The globs that match a name, found by their literal ends.

    A name is cut once per length that prefixes have, and once per length of the suffixes that
    go with one of its prefixes; only globs that share both ends are tried one by one.
    """

    def __init__(self, entries: Iterable[tuple[Glob, Value]]) -> None:
        # length of prefix -> prefix -> length of suffix -> suffix -> globs
        self._by_prefix: dict[int, dict[str, _BySuffix[Value]]] = {}
        for glob, value in entries:
            same_length = self._by_prefix.setdefault(len(glob.prefix), {})
            same_prefix = same_length.setdefault(glob.prefix, {})
            same_ends = same_prefix.setdefault(len(glob.suffix), {}).setdefault(glob.suffix, [])
            same_ends.append((glob, value))

    def matching(self, name: str) -> list[tuple[Glob, Value]]:
        """Return each glob that matches `name`, with its value."""
        return [
            entry
            for head, by_prefix in self._by_prefix.items()
            for tail, by_suffix in by_prefix.get(name[:head], {}).items()
            for entry in by_suffix.get(name[max(len(name) - tail, 0) :], ())
            if entry[0].matches(name)
        ]


class RuleLookup(BoundedCache[str, Cookie | None]):
    """The rules of cookies by name; each name is worked out once.

    `site` and `presets` are in the order of their declaration. An exact name comes first, then
    the most literal characters, then the site before presets.
    """

    __slots__ = ("_exact", "_globs")

    def __init__(self, site: Iterable[Cookie], presets: Iterable[Cookie]) -> None:
        globs: list[tuple[Glob, tuple[bool, Cookie]]] = []
        super().__init__(
            most_entries=MOST_NAMES,
            most_bytes=256 * 1024,
            longest_key=LONGEST_NAME,
            weigh=weigh_nothing,
        )
        self._exact: dict[str, Cookie] = {}
        cookie = Kind.COOKIE  # once: the access to an Enum's member costs more than the loop
        for is_site, rules in ((False, presets), (True, site)):
            for rule in rules:
                if rule.kind is not cookie:
                    continue
                if "*" in rule.name:
                    globs.append((Glob.of(rule.name), (is_site, rule)))
                else:
                    self._exact[rule.name] = rule
        self._globs = GlobIndex(globs)

    def __missing__(self, name: str) -> Cookie | None:
        rule = self.find(name)
        self.remember(name, rule)
        return rule

    def find(self, text: str) -> Cookie | None:
        """Return the rule without remembering it: for text that may be of a cookie's value."""
        return self._exact.get(text) or self._best(text)

    def _best(self, name: str) -> Cookie | None:
        matching = self._globs.matching(name)
        if len(matching) < 2:
            return matching[0][1][1] if matching else None
        ranked = [((glob.literal_length, is_site), rule) for glob, (is_site, rule) in matching]
        best = max(rank for rank, _ in ranked)
        return strictest([rule for rank, rule in ranked if rank == best])
