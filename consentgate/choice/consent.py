"""What one visitor decided, as a frozen value; no clock, no policy, nothing that can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

NECESSARY = "necessary"


@dataclass(frozen=True, slots=True)
class Consent:
    """One visitor's choice: which categories were granted and refused, under which fingerprints,
    on which UTC day.

    A category in neither set is undecided, which differs from refused: the visitor may still be
    asked (GDPR art. 4(11): consent is an affirmative act). `day` is None only where nothing was
    decided.
    """

    granted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    fingerprints: frozenset[tuple[str, str]] = frozenset()
    day: date | None = None

    @classmethod
    def undecided(cls) -> Consent:
        """The consent of a visitor who has not chosen anything."""
        return _UNDECIDED

    def allows(self, category: str) -> bool:
        """True when the category is necessary or was granted."""
        return category == NECESSARY or category in self.granted

    def with_granted(self, fingerprints: Mapping[str, str], *, day: date) -> Consent:
        """This choice with the given categories granted as of `day`; `fingerprints` maps each of
        them to the fingerprint under which it is granted."""
        names = frozenset(fingerprints)
        return replace(
            self._with_fingerprints(fingerprints),
            granted=self.granted | names,
            refused=self.refused - names,
            day=day,
        )

    def with_refused(self, fingerprints: Mapping[str, str], *, day: date) -> Consent:
        """This choice with the given categories refused as of `day`."""
        names = frozenset(fingerprints)
        return replace(
            self._with_fingerprints(fingerprints),
            granted=self.granted - names,
            refused=self.refused | names,
            day=day,
        )

    def intersect(self, other: Consent) -> Consent:
        """What both choices allow: granted where both grant, refused where either refuses.

        Several valid preferences cookies may arrive together (other paths, a parent domain); none
        of them may widen what another allows.
        """
        granted = self.granted & other.granted
        refused = self.refused | other.refused
        kept = granted | refused
        return Consent(
            granted=granted,
            refused=refused,
            fingerprints=frozenset(
                pair for pair in self.fingerprints | other.fingerprints if pair[0] in kept
            ),
            day=min((day for day in (self.day, other.day) if day is not None), default=None)
            if kept
            else None,
        )

    def _with_fingerprints(self, fingerprints: Mapping[str, str]) -> Consent:
        others = {pair for pair in self.fingerprints if pair[0] not in fingerprints}
        return replace(self, fingerprints=frozenset(others.union(fingerprints.items())))


_UNDECIDED = Consent()
