"""The tables of the charter: one row for each declared cookie, in the words of a language.

The page, the preference centre and the Markdown show the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.pages.charter import Charter, Entry, Section
from consentgate.pages.declared_words import title_of
from consentgate.pages.durations import duration_words, lifetime_words
from consentgate.pages.texts import Said, Texts
from consentgate.pages.texts import message as _
from consentgate.policy import ExemptReason, Kind, Party, Text

COLUMNS = (
    _("Cookie"),
    _("Provider"),
    _("Service"),
    _("Where it is used"),
    _("Purpose"),
    _("Lifetime"),
    _("Party"),
    _("Consent"),
)
"""The headings, in the order of a row's cells."""

NOT_STATED = _("Not stated")

PARTIES = {Party.FIRST: _("First party"), Party.THIRD: _("Third party")}

# What is no cookie says so beside its name.
KINDS = {
    Kind.LOCAL_STORAGE: _("Local storage"),
    Kind.SESSION_STORAGE: _("Session storage"),
    Kind.INDEXED_DB: _("Browser database"),
    Kind.SCRIPT: _("Script"),
    Kind.FRAME: _("Embedded page"),
    Kind.PIXEL: _("Invisible image"),
}

NEEDED = _("Needed")

# The closed list of CNIL deliberation 2020-091, art. 5.
NOT_NEEDED = {
    ExemptReason.CHOICE: _("Not needed: it keeps your choice about cookies"),
    ExemptReason.AUTHENTICATION: _("Not needed: it signs you in or protects what you send"),
    ExemptReason.BASKET: _("Not needed: it keeps your basket or your order"),
    ExemptReason.INTERFACE: _(
        "Not needed: it remembers your display preferences, such as the language"
    ),
    ExemptReason.LOAD_BALANCING: _("Not needed: it spreads the visits over several servers"),
    ExemptReason.PAYWALL: _("Not needed: it counts the pages that you can read for free"),
    ExemptReason.AUDIENCE_MEASUREMENT: _("Not needed: anonymous statistics, which you can refuse"),
}

# What the library says of its own cookie where the site says nothing.
_OWN_WORDS = (_("This site"), _("Cookie preferences"), _("Whole site"))
_NO_WORDS = (NOT_STATED,) * 3

_KEPT = _("Data kept for %(duration)s")
_SEVERAL = _("Only if you accept all of these: %(categories)s")

STATUS_NECESSARY = _(
    "These cookies are necessary for the site to work: they need no consent and cannot be switched "
    "off."
)
STATUS_EXEMPT = _("These statistics are anonymous and need no consent. You can refuse them.")
STATUS_ASKED = _("These cookies are used only with your consent.")
STATUS_MIXED = _(
    "These cookies are used only with your consent, except those marked as not needing it, which "
    "you can refuse."
)


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of one cookie; a text that the site did not translate has its language."""

    name: str
    kind: str
    """What it is, "" where it is a cookie."""
    provider: Said
    service: Said
    location: Said
    purpose: Said
    lifetime: str
    party: str
    consent: tuple[str, ...]
    """Whether it needs consent and why not; for whom more is to be told, further sentences."""


def row_of(entry: Entry, charter: Charter, texts: Texts) -> Row:
    """The cells of one cookie."""
    language = charter.default_language
    own = entry == charter.preferences
    provider, service, location = _OWN_WORDS if own else _NO_WORDS
    return Row(
        name=entry.name,
        kind=texts(KINDS[entry.kind]) if entry.kind in KINDS else "",
        provider=_said(entry.provider, language, texts, otherwise=provider),
        service=_said(entry.service, language, texts, otherwise=service),
        location=_said(entry.location, language, texts, otherwise=location),
        purpose=_said(entry.purpose, language, texts, otherwise=NOT_STATED),
        lifetime=_lifetime(entry, texts),
        party=texts(PARTIES[entry.party]),
        consent=(_consent(entry, charter, texts), *_kept(entry, texts)),
    )


def rows_of(section: Section, charter: Charter, texts: Texts) -> tuple[Row, ...]:
    """The rows of one category."""
    return tuple(row_of(entry, charter, texts) for entry in section.entries)


def status_of(section: Section, texts: Texts) -> str:
    """Whether the cookies of a category need consent, in one sentence."""
    if section.necessary:
        return texts(STATUS_NECESSARY)
    if section.exempt:
        return texts(STATUS_EXEMPT)
    mixed = any(entry.exempt for entry in section.entries)
    return texts(STATUS_MIXED if mixed else STATUS_ASKED)


def _said(text: Text, language: str, texts: Texts, *, otherwise: str) -> Said:
    return texts.say(text, language) if text else Said(texts(otherwise))


def _lifetime(entry: Entry, texts: Texts) -> str:
    if entry.lifetime is None:
        return texts(NOT_STATED)
    return lifetime_words(entry.lifetime, texts)


def _consent(entry: Entry, charter: Charter, texts: Texts) -> str:
    if entry.exempt_reason is not None:
        return texts(NOT_NEEDED[entry.exempt_reason])
    if len(entry.categories) == 1:
        return texts(NEEDED)
    return texts(_SEVERAL, categories=_titles(entry.categories, charter, texts))


def _titles(names: tuple[str, ...], charter: Charter, texts: Texts) -> str:
    wanted = (one.category for one in charter.sections if one.category.name in names)
    language = charter.default_language
    return texts.list_of([title_of(one, texts, default_language=language).text for one in wanted])


def _kept(entry: Entry, texts: Texts) -> tuple[str, ...]:
    if entry.retention is None:
        return ()
    return (texts(_KEPT, duration=duration_words(entry.retention, texts)),)
