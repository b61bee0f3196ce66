"""Durations and days in the words of a language."""

from __future__ import annotations

from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from consentgate.pages.texts import Texts, plural
from consentgate.pages.texts import message as _
from consentgate.policy import Lifetime

UNTIL_CLOSED = _("Until you close the browser")

_YEARS = plural("%(number)s year", "%(number)s years")
_MONTHS = plural("%(number)s month", "%(number)s months")
_DAYS = plural("%(number)s day", "%(number)s days")
_HOURS = plural("%(number)s hour", "%(number)s hours")
_MINUTES = plural("%(number)s minute", "%(number)s minutes")
_SECONDS = plural("%(number)s second", "%(number)s seconds")

_SIZES_S = {_DAYS: 86400, _HOURS: 3600, _MINUTES: 60, _SECONDS: 1}
_YEAR_DAYS = 365
# One and two months are whole numbers of days too, and most sites declare "30 days".
_FEWEST_MONTHS = 3

# As Europe writes English: the day comes before the month.
_DAY_LOCALES = {"en": Locale.parse("en_150")}


def lifetime_words(lifetime: Lifetime, texts: Texts) -> str:
    """Return the lifetime of a cookie, such as "13 months" or "Until you close the browser"."""
    if not isinstance(lifetime, timedelta):
        return texts(UNTIL_CLOSED)
    return duration_words(lifetime, texts)


def duration_words(duration: timedelta, texts: Texts) -> str:
    """Return a duration of whole seconds in its largest whole unit, without rounding.

    A month is a twelfth of 365 days, cut to whole days, as in declarations: 395 days are 13
    months.
    """
    count, unit = _months(duration) or _whole_unit(duration)
    # The catalogues count, not the locale data, which lacks the units of several languages.
    return texts.ngettext(*unit, count) % {"number": format_decimal(count, locale=texts.locale)}


def day_words(day: date, texts: Texts) -> str:
    """Return a day in words, such as "24 November 2026"."""
    locale = _DAY_LOCALES.get(texts.language, texts.locale)
    return format_date(day, format="long", locale=locale)


def _months(duration: timedelta) -> tuple[int, tuple[str, str]] | None:
    """Return the number of whole years or months, None if it is neither."""
    if duration.seconds:
        return None
    years, rest = divmod(duration.days, _YEAR_DAYS)
    if years and not rest:
        return years, _YEARS
    months = -(-duration.days * 12 // _YEAR_DAYS)
    exact = months * _YEAR_DAYS // 12 == duration.days
    return (months, _MONTHS) if exact and months >= _FEWEST_MONTHS else None


def _whole_unit(duration: timedelta) -> tuple[int, tuple[str, str]]:
    length_s = duration.days * _SIZES_S[_DAYS] + duration.seconds
    unit = next(unit for unit, size_s in _SIZES_S.items() if length_s % size_s == 0)
    return length_s // _SIZES_S[unit], unit
