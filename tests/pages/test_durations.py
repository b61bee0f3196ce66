"""Durations and days in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consentgate import Cookie
from consentgate.pages.durations import day_words, duration_words, lifetime_words
from consentgate.pages.texts import Texts, load_texts
from consentgate.policy import SESSION, Lifetime

TEXTS = load_texts(["en", "fr", "de", "ar"])


def declared(lifetime: str) -> timedelta:
    """What a site declares with these words."""
    read = Cookie("c", category="statistics", lifetime=lifetime).lifetime
    assert isinstance(read, timedelta)
    return read


@pytest.mark.parametrize(
    ("lifetime", "words"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(minutes=30), "30 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=14), "14 days"),
        (timedelta(days=30), "30 days"),
        (timedelta(days=60), "60 days"),
        (timedelta(days=91), "3 months"),
        (timedelta(days=182), "6 months"),
        (timedelta(days=182, seconds=1), "15724801 seconds"),
        (timedelta(days=364), "364 days"),
        (timedelta(days=365), "1 year"),
        (timedelta(days=395), "13 months"),
        (timedelta(days=396), "396 days"),
        (timedelta(days=730), "2 years"),
        (timedelta(days=760), "25 months"),
        (timedelta(days=40000), "40,000 days"),
        (SESSION, "Until you close the browser"),
    ],
)
def test_a_lifetime_in_its_largest_whole_unit(lifetime: Lifetime, words: str) -> None:
    assert lifetime_words(lifetime, TEXTS["en"]).replace("15,724,801", "15724801") == words


@pytest.mark.parametrize("count", [number for number in range(3, 61) if number % 12])
def test_months_read_back_as_they_were_declared(count: int) -> None:
    written = f"{count} months"

    assert duration_words(declared(written), TEXTS["en"]) == written


@pytest.mark.parametrize("count", range(2, 11))
def test_years_read_back_as_they_were_declared(count: int) -> None:
    written = f"{count} years"

    assert duration_words(declared(written), TEXTS["en"]) == written


@pytest.mark.parametrize(
    ("language", "days", "words"),
    [
        ("fr", 1, "1\u00a0jour"),
        ("fr", 14, "14\u00a0jours"),
        ("fr", 395, "13\u00a0mois"),
        ("fr", 730, "2\u00a0ans"),
        ("fr", 40000, "40\u202f000\u00a0jours"),
        ("de", 1, "1 Tag"),
        ("de", 14, "14 Tage"),
        ("de", 395, "13 Monate"),
        ("de", 730, "2 Jahre"),
        ("ar", 1, "يوم واحد"),
        ("ar", 2, "يومان"),
        ("ar", 7, "7 أيام"),
        ("ar", 14, "14 يومًا"),
        ("ar", 182, "6 أشهر"),
        ("ar", 395, "13 شهرًا"),
        ("ar", 40000, "40,000 يوم"),
    ],
)
def test_each_language_counts_in_its_own_way(language: str, days: int, words: str) -> None:
    assert duration_words(timedelta(days=days), TEXTS[language]) == words


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (TEXTS["en"], "24 November 2026"),
        (load_texts(["en-US"])["en-US"], "November 24, 2026"),
        (TEXTS["fr"], "24 novembre 2026"),
        (TEXTS["de"], "24. November 2026"),
        (TEXTS["ar"], "24 نوفمبر 2026"),
    ],
    ids=["English", "American", "French", "German", "Arabic"],
)
def test_a_day_as_it_is_written_out(texts: Texts, words: str) -> None:
    assert day_words(date(2026, 11, 24), texts) == words
