"""What the library itself declares, as messages, and a category's words in a language.

The library's categories and its own cookie have their texts where they are declared, in English
and French; for all other languages they stand here once more, for the catalogues to translate.
"""

from __future__ import annotations

from consentgate.pages.texts import Said, Texts
from consentgate.pages.texts import message as _
from consentgate.policy import Category

DECLARED = (
    _("Necessary"),
    _("Without these the site cannot do what you ask of it. They are always on."),
    _("Statistics"),
    _("They tell us how many people visit and which pages they read."),
    _("Marketing"),
    _("They let advertisers recognise you and choose what to show you."),
    _("Keeps your choice about cookies."),
)
"""Word for word as they are declared: a catalogue finds them by that."""


def title_of(category: Category, texts: Texts, *, default_language: str) -> Said:
    """The title of a category; its name where it has none."""
    return texts.say(category.title or category.name, default_language)


def description_of(category: Category, texts: Texts, *, default_language: str) -> Said:
    """The description of a category, empty where it has none."""
    return texts.say(category.description, default_language)
