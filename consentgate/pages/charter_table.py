"""The tables of the charter: one row for each declared cookie, in the words of a language.

The charter, its Markdown and the preferences page show the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.gate.record_cookie import RECORD_COOKIE
from consentgate.pages.charter import Charter, Entry, Section
from consentgate.pages.durations import duration_words, lifetime_words
from consentgate.pages.texts import LocalizedText, Texts
from consentgate.pages.texts import message as _
from consentgate.policy import ExemptReason, Kind, Party, Text

COLUMNS = (
    _("Cookie"),
    _("Provider"),
    _("Service"),
    _("Where used"),
    _("Purpose"),
    _("Lifetime"),
    _("Party"),
    _("Consent"),
)
"""The headings, in the order of a row's cells."""

NOT_STATED = _("Not stated")

PARTIES = {Party.FIRST: _("First party"), Party.THIRD: _("Third party")}

# Shown beside the name of everything that is not a cookie.
KINDS = {
    Kind.LOCAL_STORAGE: _("Local storage"),
    Kind.SESSION_STORAGE: _("Session storage"),
    Kind.INDEXED_DB: _("Browser database"),
    Kind.CACHE_STORAGE: _("Browser cache"),
    Kind.STORAGE_BUCKET: _("Storage area"),
    Kind.PRIVATE_FILE: _("Stored file"),
    Kind.SERVICE_WORKER: _("Background script"),
    Kind.SCRIPT: _("Script"),
    Kind.FRAME: _("Embedded page"),
    Kind.PIXEL: _("Invisible image"),
    Kind.FONT: _("Font"),
    Kind.CONNECTION: _("Connection"),
}

NEEDED = _("Needed")
NOT_NEEDED_IF_OPEN = _("Not needed: you can object")

# The closed list of CNIL deliberation 2020-091, art. 5.
NOT_NEEDED = {
    ExemptReason.CHOICE: _("Not needed: keeps your choice about cookies"),
    ExemptReason.AUTHENTICATION: _("Not needed: signs you in or protects what you send"),
    ExemptReason.BASKET: _("Not needed: keeps your basket or your order"),
    ExemptReason.INTERFACE: _("Not needed: remembers display preferences such as your language"),
    ExemptReason.LOAD_BALANCING: _("Not needed: spreads visits over several servers"),
    ExemptReason.PAYWALL: _("Not needed: counts the pages that you can read for free"),
    ExemptReason.AUDIENCE_MEASUREMENT: _("Not needed: anonymous statistics, which you can refuse"),
}

# The library's own cookies, as far as the site does not declare these.
_OWN_DEFAULTS = (_("This site"), _("Cookie preferences"), _("Whole site"))
_RECORD_DEFAULTS = (*_OWN_DEFAULTS[:2], _("Cookie settings"))
_DEFAULTS = (NOT_STATED, NOT_STATED, NOT_STATED)

_KEPT = _("Data kept for %(duration)s")
_SEVERAL = _("Only if you accept all of these: %(categories)s")

NOTE_NECESSARY = _("These cookies need no consent and cannot be switched off.")
NOTE_EXEMPT = _("These statistics are anonymous and need no consent. You can refuse them.")
NOTE_OPEN = _("These cookies need no consent, and you can object to them at any time.")
NOTE_ASKED = _("These cookies are used only with your consent.")
NOTE_MIXED = _(
    "These cookies are used only with your consent. Those that need no consent are already on, "
    "and you can refuse them too."
)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one cookie."""

    name: str
    kind: str
    """Its kind in words, "" for a cookie."""
    provider: LocalizedText
    service: LocalizedText
    location: LocalizedText
    purpose: LocalizedText
    lifetime: str
    party: str
    consent: tuple[str, ...]
    """Whether it needs consent and why not, then any further sentences."""


def row_of(entry: Entry, charter: Charter, texts: Texts) -> Row:
    """Return the cells of one cookie."""
    language = charter.default_language
    provider, service, location = _defaults_of(entry, charter)
    return Row(
        name=entry.name,
        kind=texts(KINDS[entry.kind]) if entry.kind in KINDS else "",
        provider=_localize(entry.provider, language, texts, default=provider),
        service=_localize(entry.service, language, texts, default=service),
        location=_localize(entry.location, language, texts, default=location),
        purpose=_localize(entry.purpose, language, texts, default=NOT_STATED),
        lifetime=_lifetime(entry, texts),
        party=texts(PARTIES[entry.party]),
        consent=(_consent(entry, charter, texts), *_kept(entry, texts)),
    )


def rows_of(section: Section, charter: Charter, texts: Texts) -> tuple[Row, ...]:
    """Return the rows of one category."""
    return tuple(row_of(entry, charter, texts) for entry in section.entries)


def consent_note(section: Section, texts: Texts) -> str:
    """Say whether the cookies of a category need consent, in one sentence."""
    if section.necessary:
        return texts(NOTE_NECESSARY)
    if section.is_open:
        return texts(NOTE_OPEN)
    if section.exempt:
        return texts(NOTE_EXEMPT)
    mixed = any(entry.exempt for entry in section.entries)
    return texts(NOTE_MIXED if mixed else NOTE_ASKED)


def _localize(text: Text, language: str, texts: Texts, *, default: str) -> LocalizedText:
    return texts.localize(text, language) if text else LocalizedText(texts(default))


def _defaults_of(entry: Entry, charter: Charter) -> tuple[str, str, str]:
    if entry.name == RECORD_COOKIE:
        return _RECORD_DEFAULTS
    return _OWN_DEFAULTS if entry == charter.preferences else _DEFAULTS


def _lifetime(entry: Entry, texts: Texts) -> str:
    if entry.lifetime is None:
        return texts(NOT_STATED)
    return lifetime_words(entry.lifetime, texts)


def _consent(entry: Entry, charter: Charter, texts: Texts) -> str:
    if entry.is_open:
        return texts(NOT_NEEDED_IF_OPEN)
    if entry.exempt_reason is not None:
        return texts(NOT_NEEDED[entry.exempt_reason])
    if len(entry.categories) == 1:
        return texts(NEEDED)
    return texts(_SEVERAL, categories=_titles(entry.categories, charter, texts))


def _titles(names: tuple[str, ...], charter: Charter, texts: Texts) -> str:
    categories = (section.category for section in charter.sections)
    return texts.list_of(
        [
            charter.title_of(category, texts).text
            for category in categories
            if category.name in names
        ]
    )


def _kept(entry: Entry, texts: Texts) -> tuple[str, ...]:
    if entry.retention is None:
        return ()
    return (texts(_KEPT, duration=duration_words(entry.retention, texts)),)
