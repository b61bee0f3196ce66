"""The codes of countries, held against a library that is kept up to date."""

from __future__ import annotations

from babel import Locale

from consentgate.policy.countries import COUNTRIES


def test_the_codes_are_those_of_the_common_locale_data() -> None:
    assert COUNTRIES.issubset(Locale("en").territories)
    assert len(COUNTRIES) == 249
