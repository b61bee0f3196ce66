"""The cookie charter as a value: what a site declares, in the order in which visitors read it.

Its texts keep all their languages until one is shown. Cookies that are exempt from consent are
included (CNIL deliberation 2020-091, art. 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from consentgate.pages.texts import LocalizedText, Texts
from consentgate.policy import (
    NECESSARY,
    Basis,
    Category,
    Controller,
    Cookie,
    ExemptReason,
    Kind,
    Lifetime,
    Party,
    Policy,
    Regime,
    Text,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What visitors read of one declared cookie before they choose (CJEU C-673/17)."""

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
    """Why it is exempt; None if it is not."""
    retention: timedelta | None
    """How long the measurements are kept."""
    categories: tuple[str, ...]
    """The categories that must all be allowed; nearly always one."""
    basis: Basis = field(default=Basis.CONSENT, compare=False)
    """Why it may leave, under the regime of the policy."""

    @property
    def exempt(self) -> bool:
        """Return True if it needs no consent."""
        return self.basis is not Basis.CONSENT

    @property
    def is_open(self) -> bool:
        """Return True if it is used until the visitor objects."""
        return self.basis in (Basis.OBJECTABLE, Basis.OPT_OUT)


@dataclass(frozen=True, slots=True)
class Section:
    """One category and what is declared in it."""

    category: Category
    entries: tuple[Entry, ...]

    @property
    def necessary(self) -> bool:
        """Return True if nothing in it can be refused."""
        return self.category.name == NECESSARY

    @property
    def exempt(self) -> bool:
        """Return True if nothing in it needs consent: necessary cookies, anonymous statistics."""
        return all(entry.exempt for entry in self.entries)

    @property
    def is_open(self) -> bool:
        """Return True if something in it is used until the visitor objects, and nothing in it needs
        consent."""
        return self.exempt and any(entry.is_open for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Charter:
    """The whole charter of a site."""

    site: str
    """Its address, "" if none is declared."""
    controller: Controller | None
    regime: Regime
    """The law by which the site is judged."""
    signalled: frozenset[str]
    """The names of the categories that Global Privacy Control refuses."""
    open_categories: frozenset[str]
    """The names of the categories that are allowed until the visitor objects."""
    default_language: str
    """The language of texts that name none."""
    preferences: Entry
    """The cookie that keeps the visitor's choice; it is in the first section too."""
    sections: tuple[Section, ...]
    """The categories that have cookies, in the policy's order: necessary first."""

    @property
    def offers_choice(self) -> bool:
        """Return True if something can be refused."""
        return not all(section.necessary for section in self.sections)

    @property
    def signal_categories(self) -> tuple[Category, ...]:
        """Return those that Global Privacy Control refuses while the visitor has not chosen."""
        return tuple(
            section.category for section in self.sections if section.category.name in self.signalled
        )

    @property
    def has_exempt_statistics(self) -> bool:
        """Return True if something is declared that is exempt on terms."""
        entries = (entry for section in self.sections for entry in section.entries)
        return any(entry.basis is Basis.EXEMPT for entry in entries)

    @property
    def has_third_parties(self) -> bool:
        """Return True if something is declared that someone else can read."""
        entries = (entry for section in self.sections for entry in section.entries)
        return any(entry.party is Party.THIRD for entry in entries)

    def title_of(self, category: Category, texts: Texts) -> LocalizedText:
        """Return the title of a category; its name if it has none."""
        return texts.localize(category.title or category.name, self.default_language)

    def description_of(self, category: Category, texts: Texts) -> LocalizedText:
        """Return the description of a category, empty if it has none."""
        return texts.localize(category.description, self.default_language)


def charter_of(policy: Policy) -> Charter:
    """Return the charter of a policy. Equal policies have equal charters."""
    entries = tuple(map(_entry, policy.rules))
    return Charter(
        site=policy.site,
        controller=policy.controller,
        regime=policy.regime,
        signalled=policy.signalled,
        open_categories=policy.open_categories,
        default_language=policy.default_language,
        preferences=next(entry for entry in entries if entry.name == policy.preferences_cookie),
        sections=tuple(_sections(policy, entries)),
    )


def _sections(policy: Policy, entries: tuple[Entry, ...]) -> Iterator[Section]:
    for category in policy.categories:
        # A cookie that needs several categories is in each: a visitor may read one of them alone.
        declared = tuple(entry for entry in entries if category.name in entry.categories)
        if declared:
            yield Section(category, declared)


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
        basis=rule.basis,
        retention=rule.retention,
        categories=rule.categories,
    )
