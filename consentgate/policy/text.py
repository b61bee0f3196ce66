"""What visitors read: one text, or one text per language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from consentgate.policy.frozen_mapping import FrozenMapping
from consentgate.policy.problems import Problem, invalid_value

Text = str | Mapping[str, str]
"""A text in the site's default language, or texts by language tag ("en", "fr", "pt-BR")."""

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


class Translations(FrozenMapping[str]):
    """Texts by language tag; it cannot change and can be hashed."""

    __slots__ = ()


def is_language(tag: object) -> bool:
    """Tell whether `tag` has the form of a language tag (RFC 5646), such as "en" or "pt-BR"."""
    return isinstance(tag, str) and _TAG.fullmatch(tag) is not None


def as_text(value: object, *, field: str, problems: list[Problem]) -> Text:
    """Return `value` as text that cannot change; the empty text and a fault where it is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and value and all(map(_is_translation, value.items())):
        return Translations(value)
    hint = 'give a text, or texts by language such as {"en": "...", "fr": "..."}'
    problems.append(invalid_value(field, value, hint))
    return ""


def _is_translation(item: tuple[object, object]) -> bool:
    tag, text = item
    return is_language(tag) and isinstance(text, str) and bool(text.strip())


def text_in(text: Text, *languages: str) -> str:
    """Return the text in the first of `languages` in which it is said, else in any one.

    A text without languages is returned as it is.
    """
    if isinstance(text, str):
        return text
    said = (said_in(text, language) for language in languages)
    # Whatever the order in which they were written: fingerprints depend on it.
    return next((one for one in said if one is not None), text[min(text)])


def said_in(text: Mapping[str, str], language: str) -> str | None:
    """Return the text in a language, None where it is not said in it.

    "fr-CA" is content with "fr", and "fr" with "fr-CA" (RFC 4647 section 3.4, and its reverse).
    """
    by_tag = {tag.lower(): text[tag] for tag in sorted(text)}
    asked = language.lower()
    primary = asked.partition("-")[0]
    # In order of their tags, so that "fr" comes before "fr-CA".
    related = [by_tag[tag] for tag in by_tag if tag.partition("-")[0] == primary]
    return by_tag.get(asked, next(iter(related), None))
