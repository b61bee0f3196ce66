"""What one visitor decided, as a frozen value; nothing here reads a clock or can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

NECESSARY = "necessary"


@dataclass(frozen=True, slots=True)
class Consent:
    """One visitor's choice: categories granted and refused, their fingerprints, and the UTC day.

    A category in neither set is undecided, which differs from refused: the visitor may still be
    asked (GDPR art. 4(11): consent is an affirmative act). `day` is None only while no category is
    decided.
    """

    granted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    fingerprints: frozenset[tuple[str, str]] = frozenset()
    day: date | None = None

    @classmethod
    def undecided(cls) -> Consent:
        """Return the consent of a visitor who has not chosen yet."""
        return _UNDECIDED

    def allows(self, category: str) -> bool:
        """Return whether the category is necessary or was granted."""
        return category == NECESSARY or category in self.granted

    def with_granted(self, fingerprints: Mapping[str, str], *, day: date) -> Consent:
        """Return this choice with more categories granted as of `day`.

        `fingerprints` maps each of these categories to the fingerprint under which it is granted.
        """
        names = frozenset(fingerprints)
        return replace(
            self._with_fingerprints(fingerprints),
            granted=self.granted | names,
            refused=self.refused - names,
            day=day,
        )

    def with_refused(self, fingerprints: Mapping[str, str], *, day: date) -> Consent:
        """Return this choice with more categories refused as of `day`; see `with_granted`."""
        names = frozenset(fingerprints)
        return replace(
            self._with_fingerprints(fingerprints),
            granted=self.granted - names,
            refused=self.refused | names,
            day=day,
        )

    def intersect(self, other: Consent) -> Consent:
        """Return the choice that grants what both grant and refuses what either refuses.

        Several valid preferences cookies may arrive together (other paths, a parent domain); none
        of them may widen what another allows.
        """
        granted = self.granted & other.granted
        refused = self.refused | other.refused
        decided = granted | refused
        if not decided:
            return _UNDECIDED
        pairs = self.fingerprints | other.fingerprints
        fingerprints = frozenset(pair for pair in pairs if pair[0] in decided)
        days = [consent.day for consent in (self, other) if consent.day is not None]
        return Consent(granted, refused, fingerprints, day=min(days, default=None))

    def limited_to(self, names: frozenset[str]) -> Consent:
        """Return what was chosen of these categories alone."""
        granted, refused = self.granted & names, self.refused & names
        if not (granted or refused):
            return _UNDECIDED
        prints = frozenset(pair for pair in self.fingerprints if pair[0] in names)
        return Consent(granted, refused, prints, day=self.day)

    def joined_with(self, other: Consent) -> Consent:
        """Return this choice, and the other one on categories that are undecided here, as of the
        earlier day: no choice becomes younger because another is made beside it."""
        added = other.limited_to((other.granted | other.refused) - self.granted - self.refused)
        days = [consent.day for consent in (self, added) if consent.day is not None]
        return Consent(
            granted=self.granted | added.granted,
            refused=self.refused | added.refused,
            fingerprints=self.fingerprints | added.fingerprints,
            day=min(days, default=None),
        )

    def _with_fingerprints(self, fingerprints: Mapping[str, str]) -> Consent:
        others = {pair for pair in self.fingerprints if pair[0] not in fingerprints}
        return replace(self, fingerprints=frozenset(others.union(fingerprints.items())))


_UNDECIDED = Consent()
