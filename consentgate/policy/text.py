"""Texts that visitors read: one text, or one text per language."""

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
    """Return whether `tag` has the form of a language tag (RFC 5646), such as "en" or "pt-BR"."""
    return isinstance(tag, str) and _TAG.fullmatch(tag) is not None


def as_text(value: object, *, field: str, problems: list[Problem]) -> Text:
    """Return `value` as an immutable text; the empty text, and a problem, if it cannot be one."""
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
    """Return the text in the first of `languages` that it has, else in any language.

    A text without languages is returned as it is.
    """
    if isinstance(text, str):
        return text
    for language in languages:
        translation = translation_in(text, language)
        if translation is not None:
            return translation
    # Not the first one written: fingerprints must not depend on the order.
    return text[min(text)]


def translation_in(text: Mapping[str, str], language: str) -> str | None:
    """Return the text in a language, None where it has no text in it.

    "fr" is returned for "fr-CA", and "fr-CA" for "fr" (RFC 4647 section 3.4, and its reverse).
    """
    by_tag = {tag.lower(): text[tag] for tag in sorted(text)}
    asked = language.lower()
    primary = asked.partition("-")[0]
    # In order of their tags, so that "fr" comes before "fr-CA".
    related = [by_tag[tag] for tag in by_tag if tag.partition("-")[0] == primary]
    return by_tag.get(asked, next(iter(related), None))
