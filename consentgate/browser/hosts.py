"""Which hosts the pages of one policy may contact, by what a visitor allowed.

Declarations on the same terms are one group, so that a visitor's state is a few flags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from consentgate.browser.addresses import Address, matches
from consentgate.gate.exchange import Exchange
from consentgate.policy import Cookie, Policy
from consentgate.policy.hosts import Hosts

State = tuple[bool, ...]
"""Whether the hosts of each group that needs a decision may be contacted."""


class _Group(NamedTuple):
    """Declarations on the same terms as `rule`, which is one of them."""

    rule: Cookie
    hosts: list[Hosts]


class DeclaredHosts:
    """The hosts that a policy declares. `least` is the state in which only those of necessary
    declarations are allowed; `is_same_for_all`: there are no others. `heeds_gpc`: what is allowed
    to the undecided can depend on the browser's Global Privacy Control signal."""

    def __init__(self, policy: Policy, *, signalled: frozenset[str] = frozenset()) -> None:
        self._rules = tuple(rule for rule in policy.rules if rule.hosts)
        self._always = [rule.hosts for rule in self._rules if rule.necessary]
        groups: dict[tuple[object, ...], _Group] = {}
        for rule in self._rules:
            if not rule.necessary:
                terms = (rule.exempt, rule.categories)
                groups.setdefault(terms, _Group(rule, [])).hosts.append(rule.hosts)
        self._groups = tuple(groups.values())
        self.least: State = (False,) * len(self._groups)
        self.is_same_for_all = not self._groups
        self.heeds_gpc = any(
            group.rule.exempt and not signalled.isdisjoint(group.rule.categories)
            for group in self._groups
        )

    def state_of(self, exchange: Exchange) -> State:
        """Return what holds for the visitor of an exchange, whose browser's signal counts, and for
        an embed that the visitor asked to see once."""
        if self.is_same_for_all:
            return self.least
        consent, once = exchange.choice_with_gpc, exchange.shown_once
        if once:
            consent = replace(
                consent, granted=consent.granted | once, refused=consent.refused - once
            )
        return tuple(exchange.permits(group.rule, consent) for group in self._groups)

    def allowed_in(self, state: State) -> Iterator[Hosts]:
        """Yield the hosts of each declaration that is allowed in a state."""
        yield from self._always
        for group, is_allowed in zip(self._groups, state, strict=True):
            if is_allowed:
                yield from group.hosts

    def allows(self, address: Address, state: State) -> bool:
        """Return whether an address may be contacted in a state, for whatever it is."""
        return any(_covers(hosts, address) for hosts in self.allowed_in(state))

    def rule_for(self, address: Address) -> Cookie | None:
        """Return a declaration of the host of an address, a necessary one first; None where it is
        not declared."""
        matching = [rule for rule in self._rules if _covers(rule.hosts, address)]
        return min(matching, key=lambda rule: not rule.necessary, default=None)


def _covers(hosts: Hosts, address: Address) -> bool:
    return any(matches(source, address) for sources in hosts.values() for source in sources)


def sources_of(hosts: Iterable[Hosts], *types: str) -> list[str]:
    """Return the hosts for these types of resources, sorted, each once."""
    return sorted({host for by_type in hosts for name in types for host in by_type.get(name, ())})
