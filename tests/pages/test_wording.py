"""How the texts are written that visitors read: typeset, short, and clear where they stand alone.

The texts are those of the catalogues, of the categories, of the presets and of the frameworks' own
cookies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest
from flask import Flask

from consentgate import Policy
from consentgate.ext import consent_required
from consentgate.ext.flask.settings import own_cookies
from consentgate.gate.record_cookie import with_record_cookie
from consentgate.pages.catalogue import forms
from consentgate.pages.texts import load_texts
from consentgate.policy import BUILT_IN_CATEGORIES, Cookie, shipped_presets
from consentgate.policy.text import Text
from tests.support.tables import check_rules
from tools.texts import LOCALE, extracted

LANGUAGES = ["en", *sorted(path.stem for path in LOCALE.glob("*.po"))]

# The most characters of a text of each kind: what a line or a button of 320 px has room for.
BUTTON, LINK, TITLE, STATE, CLAUSE = 26, 44, 28, 44, 84

BUDGETS = {
    BUTTON: ["Accept all", "Refuse all"],
    LINK: [
        *("Choose for each purpose", "Cookie settings", "Cookie charter", "Hide this message"),
        *("Change your choice", "Back to the site", "Save my choices"),
        *("Choose in the cookie settings", "How this site uses personal data"),
    ],
    TITLE: ["Necessary", "Statistics", "Marketing"],
    STATE: ["Always on", "Accepted", "Refused"],
    CLAUSE: [
        "Without these cookies, the site cannot do what you ask.",
        "Count visits and see which pages people read.",
        "Let advertisers recognise you and choose the ads that you see.",
        "You can change your mind at any time.",
        "This site asks for your consent to use cookies.",
    ],
}

LONGEST_SENTENCE = 32
"""The most words of a sentence in English or French; what is in parentheses is not counted."""

# French and English words that mean nothing to who reads the text alone.
PRONOUNS = {"en": "They|It|Them|Those", "fr": "Ils?|Elles?|Eux|Ceux|Ce sur"}


class Written(NamedTuple):
    """One text in one language."""

    language: str
    text: str


@cache
def messages(language: str) -> tuple[Written, ...]:
    """The texts of the pages in a language."""
    texts = load_texts([language])[language]
    found = (form for message in extracted() if message.id for form in forms(message.id))
    return tuple(Written(language, texts(text)) for text in found)


def translations(text: Text) -> Iterator[Written]:
    """What a declaration says in each language."""
    by_language = {"en": text} if isinstance(text, str) else text
    return (Written(language, one) for language, one in by_language.items())


def purposes() -> Iterator[Text]:
    """The purposes of all that the library declares."""
    for rule in declared():
        yield rule.purpose


def declared() -> Iterator[Cookie]:
    """The cookies of the library, of its presets and of Flask."""
    yield from with_record_cookie(Policy()).rules
    for preset in shipped_presets():
        yield from Policy(presets=[preset]).rules
    app = Flask("shop")
    app.login_manager = object()  # type: ignore[attr-defined]  # as Flask-Login sets it
    yield from own_cookies(app)


def declarations() -> Iterator[Written]:
    """All texts that the library declares."""
    for rule in declared():
        for text in (rule.provider, rule.service, rule.location, rule.purpose):
            yield from translations(text)
    for category in BUILT_IN_CATEGORIES:
        yield from translations(category.title)
        yield from translations(category.description)
    yield from translations(consent_required.TITLE)
    yield from translations(consent_required.SENTENCE)


@cache
def every_text() -> tuple[Written, ...]:
    pages = (text for language in LANGUAGES for text in messages(language))
    return (*pages, *dict.fromkeys(declarations()))


def in_languages(*languages: str) -> list[Written]:
    return [one for one in every_text() if one.language in languages]


def apostrophes_and_quotes_are_typographic(written: Written) -> None:
    assert re.search("['\"`\u00b4]", written.text) is None


def no_blank_is_doubled_or_at_an_end(written: Written) -> None:
    assert re.search(r"\s\s|^\s|\s$", written.text) is None


def an_ellipsis_and_a_dash_are_one_character(written: Written) -> None:
    assert re.search(r"\.\.|--", written.text) is None


def french_puts_a_space_that_does_not_break_before_double_signs(written: Written) -> None:
    assert re.search(r"[^\u00a0]:(?!//)|[^\u202f][;?!]", written.text) is None


def french_puts_spaces_that_do_not_break_inside_its_quotes(written: Written) -> None:
    assert re.search("«[^\u00a0]|[^\u00a0]»", written.text) is None


def a_text_names_what_it_speaks_of(written: Written) -> None:
    assert re.match(rf"({PRONOUNS[written.language]})\b", written.text) is None


def a_sentence_is_short(written: Written) -> None:
    alone = re.sub(r"\([^()]*\)", "", re.sub(r"\(\d\)", "", written.text))
    sentences = re.split(r"(?<=[.;:?!])\s", alone)
    assert max(len(sentence.split()) for sentence in sentences) <= LONGEST_SENTENCE


def name_of(written: Written) -> str:
    return f"{written.language}: {written.text}"


@pytest.mark.law(28)
def test_texts_are_typeset_as_their_language_is() -> None:
    check_rules(
        (apostrophes_and_quotes_are_typographic, every_text()),
        (no_blank_is_doubled_or_at_an_end, every_text()),
        (an_ellipsis_and_a_dash_are_one_character, every_text()),
        (french_puts_a_space_that_does_not_break_before_double_signs, in_languages("fr")),
        (french_puts_spaces_that_do_not_break_inside_its_quotes, in_languages("fr")),
        row_id=name_of,
    )


@pytest.mark.law(6)
def test_texts_are_short_and_say_what_they_speak_of() -> None:
    check_rules(
        (a_text_names_what_it_speaks_of, in_languages("en", "fr")),
        (a_sentence_is_short, in_languages("en", "fr")),
        row_id=name_of,
    )


def a_french_purpose_is_an_infinitive(purpose: Text) -> None:
    assert not isinstance(purpose, str)
    assert re.match(r"(Vous )?\w+(er|ir|re) ", purpose["fr"])


def test_purposes_are_what_a_cookie_is_for() -> None:
    titles = [category.title for category in BUILT_IN_CATEGORIES]

    check_rules((a_french_purpose_is_an_infinitive, [*purposes(), *titles]))


@pytest.mark.law(27)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_is_longer_than_a_narrow_screen_has_room_for(language: str) -> None:
    texts = load_texts([language])[language]
    longer = {
        texts(message): len(texts(message)) - most
        for most, kind in BUDGETS.items()
        for message in kind
        if len(texts(message)) > most
    }

    assert longer == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_controller_s_name_is_a_label_s_value_in_every_language(language: str) -> None:
    naming = [one.text for one in messages(language) if "%(controller)s" in one.text]

    # Never a subject or an object, so that no article or case is missing before it.
    assert len(naming) == 2
    assert all(re.search(r":\s%\(controller\)s\.", text) for text in naming)


def test_states_agree_with_no_title() -> None:
    french = load_texts(["fr"])["fr"]

    states = [french(text) for text in ("Accepted", "Refused", "Always on")]
    assert states == ["Accepté", "Refusé", "Toujours actif"]
