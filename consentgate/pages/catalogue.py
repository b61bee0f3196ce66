"""Read the translations of one language: a gettext catalogue as a translator writes it (.po).

A mistake in a file raises at start-up, so that no page fails on it later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from consentgate.errors import ConfigurationError

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translated messages of one file."""

    compiled: bytes
    """As gettext reads it."""
    messages: frozenset[str]
    """The English texts that it translates."""

    def translations(self) -> GNUTranslations:
        """Return a new object for gettext each time, since others are put behind it."""
        return GNUTranslations(BytesIO(self.compiled))


def read_catalogue(path: Path, locale: Locale) -> Catalogue:
    """Return the catalogue of a file, without fuzzy and untranslated messages.

    Raises ConfigurationError if the file can't be read, or if a translation has a placeholder
    that its message does not fill.
    """
    try:
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale, abort_invalid=True)
        catalogue = _compile(catalog)
        catalogue.translations()  # raises if gettext can't count by its plural forms
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}") from error
    except (PoFileError, ValueError, LookupError) as error:
        raise ConfigurationError(f"{path} is not a gettext catalogue: {error}; fix it") from error
    for message in _translated(catalog):
        _check_placeholders(message, path)
    return catalogue


def is_fillable(message: Message) -> bool:
    """Return True if each form of the translation can be filled in whenever its message is: its
    placeholders are among the message's, and any other percent sign is doubled."""
    names = {name for text in forms(message.id) for name in _PLACEHOLDER.findall(text)}
    return not names or all(_fills(text, names) for text in forms(message.string))


def forms(text: object) -> tuple[str, ...]:
    """Return the texts of a message's id or translation: one, or one for each plural form."""
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, tuple) else ()


def _fills(text: str, names: set[str]) -> bool:
    placeholders = set(_PLACEHOLDER.findall(text))
    return placeholders <= names and "%" not in _PLACEHOLDER.sub("", text.replace("%%", ""))


def _compile(catalog: Catalog) -> Catalogue:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    messages = frozenset(forms(message.id)[0] for message in _translated(catalog))
    return Catalogue(compiled.getvalue(), messages)


def _translated(catalog: Catalog) -> Iterator[Message]:
    # The first message is the header, whose id is empty.
    return (
        message
        for message in catalog
        if message.id and not message.fuzzy and any(forms(message.string))
    )


def _check_placeholders(message: Message, path: Path) -> None:
    if not is_fillable(message):
        text = forms(message.id)[0]
        raise ConfigurationError(
            f"{path}: the translation of {text!r} can't be filled in; keep its placeholders as "
            "they are, and double any other percent sign"
        )
