"""The cookie charter as a value: what a site declares, in the order in which visitors read it.

Each text is there in all its languages; which one is said is decided where it is shown. What is
exempt from consent stands in it too (CNIL deliberation 2020-091, art. 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from consentgate.policy import (
    NECESSARY,
    Category,
    Controller,
    Cookie,
    ExemptReason,
    Kind,
    Lifetime,
    Party,
    Policy,
    Text,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What visitors are told of one declared cookie, before they choose (CJEU C-673/17)."""

    name: str
    """A name, or a glob in which `*` is any text."""
    kind: Kind
    provider: Text
    service: Text
    location: Text
    purpose: Text
    lifetime: Lifetime | None
    party: Party
    anonymous: bool
    """True for audience measurement that needs no consent, and can be refused."""
    exempt_reason: ExemptReason | None
    """Why it needs no consent; None where it needs it."""
    retention: timedelta | None
    """How long what it measures is kept."""
    categories: tuple[str, ...]
    """The categories that must all be allowed; nearly always one."""

    @property
    def exempt(self) -> bool:
        """True where it needs no consent."""
        return self.exempt_reason is not None


@dataclass(frozen=True, slots=True)
class Section:
    """One category and what is declared in it."""

    category: Category
    entries: tuple[Entry, ...]

    @property
    def necessary(self) -> bool:
        """True where nothing can be refused."""
        return self.category.name == NECESSARY

    @property
    def exempt(self) -> bool:
        """True where nothing in it needs consent: what is necessary, or anonymous statistics."""
        return all(entry.exempt for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Charter:
    """What a site tells of its cookies."""

    site: str
    """Its address, "" where none is declared."""
    controller: Controller | None
    default_language: str
    """The language of texts that name none."""
    preferences: Entry
    """The cookie that keeps the visitor's choice; it stands in the first section too."""
    sections: tuple[Section, ...]
    """The categories in which something is declared, in the policy's order: necessary first."""

    @property
    def offers_choice(self) -> bool:
        """True where something can be refused."""
        return not all(section.necessary for section in self.sections)

    @property
    def signal_categories(self) -> tuple[Category, ...]:
        """Those that Global Privacy Control refuses while the visitor has not chosen."""
        return tuple(one.category for one in self.sections if one.category.gpc)

    @property
    def has_exempt_statistics(self) -> bool:
        """True where audience measurement is declared that needs no consent."""
        return any(entry.anonymous for section in self.sections for entry in section.entries)


def charter_of(policy: Policy) -> Charter:
    """The charter of a policy. Equal policies have equal charters."""
    entries = tuple(map(_entry, policy.rules))
    return Charter(
        site=policy.site,
        controller=policy.controller,
        default_language=policy.default_language,
        preferences=next(entry for entry in entries if entry.name == policy.preferences_cookie),
        sections=tuple(_sections(policy, entries)),
    )


def _sections(policy: Policy, entries: tuple[Entry, ...]) -> Iterator[Section]:
    for category in policy.categories:
        # What wants several categories is told in each: a visitor may read of one alone.
        found = tuple(entry for entry in entries if category.name in entry.categories)
        if found:
            yield Section(category, found)


def _entry(rule: Cookie) -> Entry:
    return Entry(
        name=rule.name,
        kind=rule.kind,
        provider=rule.provider,
        service=rule.service,
        location=rule.location,
        purpose=rule.purpose,
        lifetime=rule.lifetime,
        party=rule.party,
        anonymous=rule.anonymous,
        exempt_reason=rule.exempt_reason,
        retention=rule.retention,
        categories=rule.categories,
    )
