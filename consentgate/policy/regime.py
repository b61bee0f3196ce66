"""The law that a policy is judged by: what needs no consent, on which terms, and what is asked.

A regime is data (`regimes/*.toml`). Each of its provisions has a source, and says whether that is
law, the recommendation of an authority, or a proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from consentgate.policy.cookie import Cookie, on_basis
from consentgate.policy.terms import Terms
from consentgate.policy.text import Text
from consentgate.policy.vocabulary import Basis, ExemptReason


class Asked(StrEnum):
    """What a cookie needs that no exemption covers: consent before, or no refusal."""

    OPT_IN = "opt-in"
    OPT_OUT = "opt-out"


class Signal(StrEnum):
    """What the browser's Global Privacy Control refuses while the visitor has not chosen.

    MARKED: the categories with `gpc`. ALL: every category. NONE: nothing.
    """

    MARKED = "marked"
    ALL = "all"
    NONE = "none"


class Status(StrEnum):
    """What a provision is."""

    LAW = "law"
    RECOMMENDATION = "recommendation"
    PROPOSAL = "proposal"


class Duty(StrEnum):
    """What a site must show.

    FACTS: provider, purpose and lifetime, before the choice. CONTROLLER: who answers for the site.
    EXEMPT: what needs no consent, with the reason. CHANGE: a way to refuse or to withdraw, at any
    time. SIGNAL: that the browser's signal was honoured.
    """

    FACTS = "facts"
    CONTROLLER = "controller"
    EXEMPT = "exempt"
    CHANGE = "change"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Provision:
    """One rule of a regime, with its source."""

    id: str
    """What it is about, such as `asked` or `exempt.audience_measurement`."""
    source: str
    status: Status
    paragraph: str = ""
    text: str = ""
    """What it says, in a sentence."""
    does: str = ""
    """What consentgate does about it."""
    is_primary: bool = True
    """Whether the text itself was read, and not a source that quotes it."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """What needs no consent: necessary cookies of some reasons, audience measurement, or all
    cookies of some categories."""

    provision: Provision
    reasons: frozenset[ExemptReason]
    categories: frozenset[str]
    terms: Terms

    def covers(self, rule: Cookie) -> bool:
        """Return whether an optional cookie is exempt by it."""
        if rule.anonymous and ExemptReason.AUDIENCE_MEASUREMENT in self.reasons:
            return True
        return self.categories.issuperset(rule.categories)

    @property
    def basis(self) -> Basis:
        """Why the optional cookies that it covers may leave."""
        return Basis.EXEMPT if self.terms.limits else Basis.OBJECTABLE


@dataclass(frozen=True, slots=True)
class Regime:
    """The law that a policy is judged by, as of a date."""

    name: str
    title: str
    date: date
    """The day as of which it says what holds."""
    asked: Asked
    exemptions: tuple[Exemption, ...]
    signal: Signal | tuple[str, ...]
    """What Global Privacy Control refuses: a word, or the names of categories."""
    choice_lifetime: timedelta
    """How long a choice holds that grants something."""
    ask_again: timedelta
    """How long a choice holds that only refuses."""
    shows: frozenset[Duty]
    provisions: tuple[Provision, ...]
    """All of its rules, in the order of the file."""
    within: str = ""
    """The regime whose provisions hold as well, such as `eu` for `fr`."""
    consent_words: Text = ""
    """What the charter says of when consent is needed; "": the library's words, if it has any."""
    statistics_words: Text = ""
    """What the charter says of statistics."""
    path: str = ""
    """The file of a site's own regime, from which it was read."""
    document: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    """The table from which it was read, where that is no file of the site."""

    def exemption_of(self, rule: Cookie) -> Exemption | None:
        """Return by which exemption an optional cookie needs no consent, None where by none."""
        return next((exemption for exemption in self.exemptions if exemption.covers(rule)), None)

    def basis_of(self, rule: Cookie) -> tuple[Basis, Terms | None]:
        """Return why an optional cookie may leave, and on which terms."""
        exemption = self.exemption_of(rule)
        if exemption is not None:
            return exemption.basis, exemption.terms
        return (Basis.OPT_OUT if self.asked is Asked.OPT_OUT else Basis.CONSENT), None

    def provision_of(self, rule: Cookie) -> Provision:
        """Return the provision that decides about a cookie."""
        if rule.necessary:
            named = (
                candidate
                for candidate in self.exemptions
                if rule.exempt_reason in candidate.reasons
            )
            exemption = next(named, None)
        else:
            exemption = self.exemption_of(rule)
        return self.provision("asked") if exemption is None else exemption.provision

    def provision(self, provision_id: str) -> Provision:
        """Return the provision of this id; there is one."""
        return next(provision for provision in self.provisions if provision.id == provision_id)

    def is_open(self, category: str) -> bool:
        """Return whether all cookies of a category may leave until the visitor refuses it."""
        return self.asked is Asked.OPT_OUT or any(
            category in exemption.categories for exemption in self.exemptions
        )

    def refuses_by_signal(self, category: str, *, is_marked: bool) -> bool:
        """Return whether the browser's signal refuses a category."""
        if isinstance(self.signal, Signal):
            return self.signal is Signal.ALL or (self.signal is Signal.MARKED and is_marked)
        return category in self.signal

    @property
    def exempt_reasons(self) -> frozenset[ExemptReason]:
        """The reasons for which a cookie can be exempt."""
        return frozenset().union(*(exemption.reasons for exemption in self.exemptions))

    @property
    def strictness(self) -> tuple[bool, int, int]:
        """What is greater for the stricter of two regimes, as far as two can be compared."""
        opened = sum(len(exemption.categories) for exemption in self.exemptions)
        measures = ExemptReason.AUDIENCE_MEASUREMENT in self.exempt_reasons
        return self.asked is Asked.OPT_IN, -opened, -int(measures)


def choice_lifetimes(regimes: Iterable[Regime]) -> tuple[timedelta, timedelta]:
    """Return how long a choice holds that grants something, and one that only refuses; of several
    regimes, the shortest."""
    lengths = [(regime.choice_lifetime, regime.ask_again) for regime in regimes]
    return min(grant for grant, _ in lengths), min(refusal for _, refusal in lengths)


def longest_choice(regimes: Iterable[Regime]) -> timedelta:
    """Return how long the cookie that keeps a choice may live."""
    return max(choice_lifetimes(regimes))


_STRICTNESS = {basis: rank for rank, basis in enumerate(Basis)}


def strictest_of(regimes: Iterable[Regime]) -> Regime:
    """Return the strictest of several regimes, the first of equals."""
    return max(regimes, key=lambda regime: regime.strictness)


def under(rule: Cookie, regimes: Iterable[Regime]) -> Cookie:
    """Return a rule with the basis that it has under a regime; of several, the strictest."""
    if rule.necessary:
        return rule
    bases = [regime.basis_of(rule) for regime in regimes]
    basis = max((basis for basis, _ in bases), key=_STRICTNESS.__getitem__)
    if basis is Basis.CONSENT:
        return rule if rule.basis is basis else on_basis(rule, basis, None)
    terms = [conditions for kind, conditions in bases if kind is basis and conditions is not None]
    return on_basis(rule, basis, reduce(Terms.and_also, terms) if terms else None)
