"""The words of the visitor's pages, and the texts that a site declared, in one language.

The English texts are in the code and the templates; a catalogue translates them. A site's own
catalogues come before the library's, message by message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from consentgate.errors import ConfigurationError
from consentgate.pages.catalogue import Catalogue, read_catalogue
from consentgate.pages.languages import canonical_tag, primary_language
from consentgate.policy.text import Text, is_language, translation_in

ENGLISH = "en"
"""The language of the messages in the code."""

_SHIPPED = Path(__file__).parent / "locale"


class LocalizedText(NamedTuple):
    """A text, and its language and direction if they are not the page's."""

    text: str
    lang: str = ""
    """The tag to mark the text with (WCAG 3.1.2); "" if it is in the page's language."""
    direction: str = ""
    """"ltr" or "rtl" if `lang` is given."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The texts in one language; calling it translates a message and fills it in."""

    language: str
    """The tag, as in `<html lang>`."""
    locale: Locale
    _translations: NullTranslations
    _known: frozenset[str]

    @property
    def direction(self) -> str:
        """Return "rtl" if the language is written from right to left, else "ltr"."""
        return self.locale.text_direction

    def __call__(self, message: str, **values: str) -> str:
        """Return the message in this language, its `%(name)s` filled in if values are given."""
        text = self._translations.gettext(message)
        return text % values if values else text

    def gettext(self, message: str) -> str:
        """Return the message in this language, its placeholders as they are."""
        return self._translations.gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of the message that this language has for a number of things."""
        return self._translations.ngettext(singular, plural, number)

    def list_of(self, texts: Sequence[str]) -> str:
        """Return the texts as one enumeration, such as "Statistics and Marketing"."""
        return format_list(texts, locale=self.locale)

    def localize(self, text: Text, *default_languages: str) -> LocalizedText:
        """Return a declared text in this language, else in the first default that it has.

        A text of the library's own (a category or a purpose) that the site did not translate
        comes from the catalogue.
        """
        translation = _translation(text, self.language, default_languages)
        if translation is not None:
            return LocalizedText(translation)
        fallback, language = _fallback(text, default_languages)
        known = translation_in(text, ENGLISH) if isinstance(text, Mapping) else fallback
        if known in self._known:
            return LocalizedText(self.gettext(known))
        return LocalizedText(fallback, language, direction_of(language))


def load_texts(languages: Sequence[str], *, catalogues: Path | None = None) -> Mapping[str, Texts]:
    """Return the texts of each language by its tag, in the order given.

    `catalogues` is a site's folder with a `<tag>.po` for the messages that it words differently,
    or for a language that the library lacks. Raises ConfigurationError for a tag without any
    catalogue and for a broken file.
    """
    tags = dict.fromkeys(map(_checked_tag, languages))
    if catalogues is None:
        return {tag: _shipped_texts(tag) for tag in tags}
    for path in sorted(catalogues.glob("*.po")):
        _check_name(path)
    return {tag: _texts(tag, catalogues) for tag in tags}


def message(text: str) -> str:
    """Mark a text to be translated when it is shown, and return it unchanged."""
    return text


def plural(singular: str, text: str) -> tuple[str, str]:
    """Mark both forms of a text that counts, as `Texts.ngettext` takes them."""
    return singular, text


@cache
def direction_of(language: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    locale = _locale_of(language)
    return locale.text_direction if locale is not None else "ltr"


def _translation(text: Text, language: str, defaults: Sequence[str]) -> str | None:
    """Return the text in `language`; a text without languages is in the default one."""
    if not isinstance(text, str):
        return translation_in(text, language)
    default = defaults[0] if defaults else language
    return text if not text or primary_language(default) == primary_language(language) else None


def _fallback(text: Text, defaults: Sequence[str]) -> tuple[str, str]:
    """Return the text in another language, and the tag of that language."""
    if isinstance(text, str):
        return text, defaults[0]
    for language in defaults:
        if (translation := translation_in(text, language)) is not None:
            return translation, language
    # The same one, in whatever order they were written.
    first = min(text)
    return text[first], first


def _checked_tag(tag: str) -> str:
    if not is_language(tag):
        raise ConfigurationError(
            f"languages holds {tag!r}, which is not a language tag; write for example 'pt-BR'"
        )
    return canonical_tag(tag)


def _check_name(path: Path) -> None:
    if not is_language(path.stem) or path.stem != canonical_tag(path.stem):
        raise ConfigurationError(
            f"{path} would never be read: name it after its language tag, such as 'pt-BR.po'"
        )


@cache
def _shipped_texts(tag: str) -> Texts:
    # Every middleware needs the same few, so they are read once.
    return _texts(tag, None)


@cache
def _shipped_catalogue(path: Path, locale: Locale) -> Catalogue:
    return read_catalogue(path, locale)


def _texts(tag: str, folder: Path | None) -> Texts:
    locale = _locale_of(tag)
    if locale is None:
        raise ConfigurationError(
            f"languages names {tag!r}, a language that Babel does not know, so that "
            "numbers and days cannot be written in it; name another"
        )
    catalogues = tuple(_catalogues(tag, locale, folder))
    if not catalogues and primary_language(tag) != ENGLISH:
        raise _untranslated(tag)
    return Texts(
        tag,
        locale,
        _chained([catalogue.translations() for catalogue in catalogues]),
        frozenset().union(*(catalogue.messages for catalogue in catalogues)),
    )


def _catalogues(tag: str, locale: Locale, folder: Path | None) -> Iterator[Catalogue]:
    """Yield the catalogues of a tag, of which the first that has a message wins: the site's own,
    "pt-BR" before "pt"; then the library's."""
    names = [f"{name}.po" for name in dict.fromkeys((tag, primary_language(tag)))]
    if folder is not None:
        yield from (
            read_catalogue(folder / name, locale) for name in names if (folder / name).exists()
        )
    for name in names:
        if (_SHIPPED / name).exists():
            yield _shipped_catalogue(_SHIPPED / name, locale)


def _chained(translations: list[GNUTranslations]) -> NullTranslations:
    if not translations:
        return NullTranslations()
    for behind in translations[1:]:
        translations[0].add_fallback(behind)
    return translations[0]


@cache
def _locale_of(tag: str) -> Locale | None:
    """Return what Babel knows of a language, with its region or without."""
    for name in (tag, primary_language(tag)):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def _untranslated(tag: str) -> ConfigurationError:
    shipped = ", ".join(sorted(path.stem for path in _SHIPPED.glob("*.po")))
    return ConfigurationError(
        f"languages names {tag!r}, for which there is no catalogue: the library has {ENGLISH}, "
        f"{shipped}; for another, put {tag}.po into the folder of catalogues"
    )
