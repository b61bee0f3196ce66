"""What the pages show of each category: its words, its cookies, and how it stands for a visitor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from consentgate.choice.consent import Consent
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.charter import Charter, Section
from consentgate.pages.charter_table import Row, rows_of, status_of
from consentgate.pages.declared_words import description_of, title_of
from consentgate.pages.texts import Said, Texts
from consentgate.pages.texts import message as _


class Stand(StrEnum):
    """How a category stands for a visitor."""

    FIXED = "fixed"
    EXEMPT = "exempt"
    UNDECIDED = "undecided"
    GRANTED = "granted"
    REFUSED = "refused"


STATES = {
    Stand.FIXED: _("Always on"),
    Stand.EXEMPT: _("On: no consent needed"),
    Stand.UNDECIDED: _("Not chosen yet"),
    Stand.GRANTED: _("Accepted"),
    Stand.REFUSED: _("Refused"),
}


class Situation(StrEnum):
    """What is to be said of a visitor's stored choice as a whole.

    CHANGED: something was chosen about a declaration that has changed since. EXPIRED: the last
    choice is too old to count.
    """

    UNDECIDED = "undecided"
    CHOSEN = "chosen"
    CHANGED = "changed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ShownCategory:
    """One category on a page."""

    name: str
    title: Said
    description: Said
    status: str
    """Whether its cookies need consent, in one sentence."""
    rows: tuple[Row, ...]
    explains_consent: bool
    """True where a column tells of each cookie whether and why it needs no consent."""
    asks: bool
    """True where something in it needs consent."""
    stand: Stand
    state: str
    """`stand` in words."""
    signalled: bool
    """True where it is refused by the browser's signal alone."""

    @property
    def ticked(self) -> bool:
        """True where its box is ticked: the visitor accepted it, or it needs no consent and was
        not refused. What needs consent is never ticked beforehand (CJEU C-673/17)."""
        return self.stand in (Stand.GRANTED, Stand.EXEMPT)


def situation_of(visitor: VisitorConsent) -> Situation:
    """How a visitor's stored choice stands, changes of this request included."""
    if visitor.new_choice is None and visitor.standing.stale:
        return Situation.CHANGED
    if visitor.choice.day is not None:
        return Situation.CHOSEN
    return Situation.EXPIRED if visitor.standing.expired else Situation.UNDECIDED


def categories_shown(
    charter: Charter,
    texts: Texts,
    *,
    consent: Consent,
    signalled: frozenset[str] = frozenset(),
) -> tuple[ShownCategory, ...]:
    """The categories in the charter's order, as they stand under `consent`; those in `signalled`
    are refused by the browser's signal alone."""
    return tuple(_shown(charter, texts, consent=consent, signalled=signalled))


def _shown(
    charter: Charter, texts: Texts, *, consent: Consent, signalled: frozenset[str]
) -> Iterator[ShownCategory]:
    language = charter.default_language
    for section in charter.sections:
        category = section.category
        by_signal = category.name in signalled
        stand = Stand.REFUSED if by_signal else _stand(section, consent)
        yield ShownCategory(
            name=category.name,
            title=title_of(category, texts, default_language=language),
            description=description_of(category, texts, default_language=language),
            status=status_of(section, texts),
            rows=rows_of(section, charter, texts),
            explains_consent=any(
                entry.exempt or len(entry.categories) > 1 for entry in section.entries
            ),
            asks=not section.exempt,
            stand=stand,
            state=texts(STATES[stand]),
            signalled=by_signal,
        )


def _stand(section: Section, consent: Consent) -> Stand:
    name = section.category.name
    if section.necessary:
        return Stand.FIXED
    if name in consent.granted:
        return Stand.GRANTED
    if name in consent.refused:
        return Stand.REFUSED
    return Stand.EXEMPT if section.exempt else Stand.UNDECIDED
