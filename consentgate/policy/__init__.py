"""The declaration of a site: its cookies, why it sets them, and what visitors read about them.

It is checked as a whole when it is made, and cannot change afterwards.
"""

from __future__ import annotations

from consentgate.policy.category import BUILT_IN_CATEGORIES, Category, Controller
from consentgate.policy.cookie import Cookie, CookieFields
from consentgate.policy.lifetime import SESSION, Lifetime, lifetime_text
from consentgate.policy.policy import Policy
from consentgate.policy.presets import shipped_presets
from consentgate.policy.regime import Regime
from consentgate.policy.regime_file import shipped_regimes
from consentgate.policy.text import Text, Translations, text_in
from consentgate.policy.trackers import known_category
from consentgate.policy.vocabulary import (
    MARKETING,
    NECESSARY,
    STATISTICS,
    Basis,
    ExemptReason,
    Kind,
    Party,
    PersonalData,
    SameSite,
    StoringHeader,
)
from consentgate.policy.writing import paste_toml

__all__ = [
    "BUILT_IN_CATEGORIES",
    "MARKETING",
    "NECESSARY",
    "SESSION",
    "STATISTICS",
    "Basis",
    "Category",
    "Controller",
    "Cookie",
    "CookieFields",
    "ExemptReason",
    "Kind",
    "Lifetime",
    "Party",
    "PersonalData",
    "Policy",
    "Regime",
    "SameSite",
    "StoringHeader",
    "Text",
    "Translations",
    "known_category",
    "lifetime_text",
    "paste_toml",
    "shipped_presets",
    "shipped_regimes",
    "text_in",
]
