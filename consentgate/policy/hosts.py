"""The hosts that a declaration contacts, by resource type, in the form of a host-source of CSP.

A host is `www.example.org`, or all subdomains of one (`*.example.org`), with a scheme before it and
a port behind it where that matters. Paths and keywords are errors: what a visitor allows is contact
with a host (W3C CSP3 section 2.3.1 has the grammar, of which this is a part).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from consentgate.policy.frozen_mapping import FrozenMapping
from consentgate.policy.problems import Problem, choose_from, invalid_value
from consentgate.policy.vocabulary import ResourceType

Hosts = FrozenMapping[tuple[str, ...]]
"""Hosts by resource type, sorted, each once."""

NO_HOSTS: Hosts = FrozenMapping({})

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# After the star two labels at least: `*.org` would be the hosts of half the world.
_HOST = re.compile(
    rf"(?:(?:https?|wss?)://)?(?:{_LABEL}|\*\.{_LABEL}\.{_LABEL})(?:\.{_LABEL})*(?::(?:[0-9]{{1,5}}|\*))?",
    re.IGNORECASE,
)

_FORM = "write hosts such as 'www.example.org' or '*.example.org', without a path"


def as_hosts(value: object, *, field: str, problems: list[Problem]) -> Hosts:
    """Return hosts by resource type, sorted, because their order has no meaning.

    One host, or several in a list, are for resources of any type.
    """
    by_type = value if isinstance(value, Mapping) else {ResourceType.ANY.value: value}
    hosts: dict[str, tuple[str, ...]] = {}
    for name, given in by_type.items():
        if name not in ResourceType.__members__.values():
            hint = choose_from(ResourceType, instead_of=str(name))
            problems.append(Problem("CG007", f"{field} has no type {name!r:.80}", hint))
        else:
            hosts[str(name)] = _sorted_hosts(given, field=field, problems=problems)
    return FrozenMapping(dict(sorted(hosts.items())))


def _sorted_hosts(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    hosts = texts_of(value)
    if not hosts:
        problems.append(invalid_value(field, value, 'give one host or several, such as "a.org"'))
        return ()
    wrong = [host for host in hosts if _HOST.fullmatch(host) is None]
    problems += [invalid_value(field, host, _FORM) for host in wrong]
    # Letter case means nothing in a host (RFC 3986 section 3.2.2).
    return tuple(sorted({host.lower() for host in hosts}))


def texts_of(value: object) -> tuple[str, ...] | None:
    """Return one text or several as a tuple, None where it is neither."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return None
    texts = tuple(value)
    return texts if all(isinstance(text, str) for text in texts) else None
