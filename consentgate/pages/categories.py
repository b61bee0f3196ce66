"""The categories as a page shows them: their words, their cookies and the visitor's choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from consentgate.choice.consent import Consent
from consentgate.gate.exchange import Exchange
from consentgate.pages.charter import Charter, Section
from consentgate.pages.charter_table import Row, consent_note, rows_of
from consentgate.pages.texts import LocalizedText, Texts
from consentgate.pages.texts import message as _

DECLARED = (
    _("Necessary"),
    _("Without these cookies, the site cannot do what you ask."),
    _("Statistics"),
    _("Count visits and see which pages people read."),
    _("Marketing"),
    _("Let advertisers recognise you and choose the ads that you see."),
    _("Keeps your choice about cookies."),
    _("Finds the record of the consent that you gave."),
)
"""The texts of the library's own categories and cookies, word for word as they are declared.

They are declared in English and French; here the catalogues find them for all other languages.
"""


class State(StrEnum):
    """The state of a category for a visitor."""

    FIXED = "fixed"
    EXEMPT = "exempt"
    UNDECIDED = "undecided"
    GRANTED = "granted"
    REFUSED = "refused"


STATE_TEXTS = {
    State.FIXED: _("Always on"),
    State.GRANTED: _("Accepted"),
    State.REFUSED: _("Refused"),
}


class Situation(StrEnum):
    """What a page says of a visitor's stored choice as a whole.

    CHANGED: something was chosen about a declaration that has changed since. EXPIRED: the last
    choice is too old to count.
    """

    UNDECIDED = "undecided"
    CHOSEN = "chosen"
    CHANGED = "changed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CategoryView:
    """One category on a page."""

    name: str
    title: LocalizedText
    description: LocalizedText
    consent_note: str
    """Whether its cookies need consent, in one sentence."""
    rows: tuple[Row, ...]
    explains_consent: bool
    """True if a column says of each cookie whether it needs consent, and why not."""
    has_exception: bool
    """True if something in it needs no consent and can be refused all the same."""
    asks: bool
    """True if something in it needs consent."""
    state: State
    state_text: str
    """`state` in words, "" for one that no page puts into words."""
    is_open: bool
    """True if its cookies are used until the visitor objects."""
    keeps_limits: bool
    """True if its box is ticked for an exemption on terms, which end with a consent only."""
    signalled: bool
    """True if it is refused by the browser's signal alone."""

    @property
    def ticked(self) -> bool:
        """Return True if its box is ticked: the visitor accepted it, or it needs no consent and
        was not refused. What needs consent is never ticked beforehand (CJEU C-673/17)."""
        return self.state in (State.GRANTED, State.EXEMPT)


def situation_of(exchange: Exchange) -> Situation:
    """Return the situation of a visitor's stored choice, changes of this request included."""
    if exchange.new_choice is None and exchange.stored_choice.stale:
        return Situation.CHANGED
    if exchange.choice.day is not None:
        return Situation.CHOSEN
    return Situation.EXPIRED if exchange.stored_choice.expired else Situation.UNDECIDED


def category_views(
    charter: Charter,
    texts: Texts,
    *,
    consent: Consent,
    signalled: frozenset[str] = frozenset(),
) -> tuple[CategoryView, ...]:
    """Return the categories in the charter's order, in their states under `consent`; those in
    `signalled` are refused by the browser's signal alone."""
    return tuple(_views(charter, texts, consent=consent, signalled=signalled))


def _views(
    charter: Charter, texts: Texts, *, consent: Consent, signalled: frozenset[str]
) -> Iterator[CategoryView]:
    for section in charter.sections:
        category = section.category
        by_signal = category.name in signalled
        state = State.REFUSED if by_signal else _state_of(section, consent)
        yield CategoryView(
            name=category.name,
            title=charter.title_of(category, texts),
            description=charter.description_of(category, texts),
            consent_note=consent_note(section, texts),
            rows=rows_of(section, charter, texts),
            explains_consent=any(
                entry.exempt or len(entry.categories) > 1 for entry in section.entries
            ),
            has_exception=not section.necessary and any(entry.exempt for entry in section.entries),
            asks=not section.exempt,
            is_open=section.is_open,
            keeps_limits=state is State.EXEMPT and not section.is_open,
            state=state,
            state_text=texts(STATE_TEXTS[state]) if state in STATE_TEXTS else "",
            signalled=by_signal,
        )


def _state_of(section: Section, consent: Consent) -> State:
    name = section.category.name
    if section.necessary:
        return State.FIXED
    if name in consent.granted:
        return State.GRANTED
    if name in consent.refused:
        return State.REFUSED
    return State.EXEMPT if section.exempt else State.UNDECIDED
