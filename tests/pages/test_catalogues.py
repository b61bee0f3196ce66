"""The translations: complete, filled in like the English, and what the documentation says."""

from __future__ import annotations

import re
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from consentgate import Policy
from consentgate.gate.record_cookie import with_record_cookie
from consentgate.pages.catalogue import forms, is_fillable
from consentgate.pages.categories import DECLARED
from consentgate.pages.texts import load_texts
from consentgate.policy import BUILT_IN_CATEGORIES
from consentgate.policy.text import Text
from tools.texts import LOCALE, catalogue_text, extracted, read_file, update

# The official languages of the European Union, but English; and Arabic, which is written from
# right to left.
SHIPPED = [
    *("bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "hr", "hu"),
    *("it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
    "ar",
]
PROOFREAD = ["en", "fr"]

DOCS = Path(__file__).parents[2] / "docs" / "languages.md"
PLACEHOLDER = re.compile(r"%\(\w+\)s")

each_language = pytest.mark.parametrize("tag", SHIPPED)


@cache
def catalogue(tag: str) -> Catalog:
    """The catalogue of a language."""
    return read_file(LOCALE / f"{tag}.po")


@cache
def template() -> Catalog:
    """The messages of the code and the templates."""
    return extracted()


def messages(catalog: Catalog) -> list[Message]:
    """All messages but the header."""
    return [message for message in catalog if message.id]


def placeholders(text: str) -> set[str]:
    """The places of a text that are filled in."""
    return set(PLACEHOLDER.findall(text))


def english(text: Text) -> str:
    """The English of a declared text."""
    assert not isinstance(text, str)
    return text["en"]


def test_each_official_language_has_a_catalogue_and_arabic() -> None:
    assert sorted(path.stem for path in LOCALE.iterdir()) == sorted(SHIPPED)


@each_language
def test_every_message_is_translated(tag: str) -> None:
    catalog = catalogue(tag)
    translated = {one.id for one in messages(catalog) if all(forms(one.string)) and one.string}

    assert [one.id for one in messages(template()) if one.id not in translated] == []


@each_language
def test_nothing_is_fuzzy(tag: str) -> None:
    assert [one.id for one in messages(catalogue(tag)) if one.fuzzy] == []


@each_language
def test_nothing_is_obsolete(tag: str) -> None:
    assert list(catalogue(tag).obsolete) == []


@each_language
def test_a_file_is_as_the_tool_writes_it(tag: str) -> None:
    catalog = read_file(LOCALE / f"{tag}.po")

    catalog.update(template(), no_fuzzy_matching=True)

    assert (LOCALE / f"{tag}.po").read_text(encoding="utf-8") == catalogue_text(catalog)


@each_language
def test_translations_are_filled_in_like_the_english(tag: str) -> None:
    wrong = [
        one.id
        for one in messages(catalogue(tag))
        if placeholders(forms(one.string)[-1]) != placeholders(forms(one.id)[-1])
    ]

    assert wrong == []


@each_language
def test_no_form_of_a_translation_breaks_when_it_is_filled_in(tag: str) -> None:
    assert [one.id for one in messages(catalogue(tag)) if not is_fillable(one)] == []


@each_language
def test_a_language_has_as_many_forms_for_numbers_as_it_counts_in(tag: str) -> None:
    catalog = catalogue(tag)
    written = {len(forms(one.string)) for one in messages(catalog) if one.pluralizable}
    choose = c2py(catalog.plural_forms.partition("plural=")[2].rstrip(";"))

    assert written == {catalog.num_plurals}
    assert {choose(number) for number in range(201)} == set(range(catalog.num_plurals))


@each_language
def test_no_translation_brings_markup_or_stray_blanks(tag: str) -> None:
    texts = [text for one in messages(catalogue(tag)) for text in forms(one.string)]

    assert [text for text in texts if re.search(r"[<>\n\t]|  |^\s|\s$", text)] == []


@each_language
def test_a_sentence_ends_as_one_and_a_label_does_not(tag: str) -> None:
    wrong = [
        one.id
        for one in messages(catalogue(tag))
        if forms(one.id)[0][-1:] in ".:" and forms(one.string)[0][-1:] != forms(one.id)[0][-1:]
    ]

    assert wrong == []


@each_language
@pytest.mark.law(3)
def test_accepting_and_refusing_have_different_words_of_like_length(tag: str) -> None:
    texts = load_texts([tag])[tag]
    accept, refuse = texts("Accept all"), texts("Refuse all")

    assert accept != refuse
    assert max(len(accept), len(refuse)) <= 2 * min(len(accept), len(refuse))


@pytest.mark.parametrize("tag", ["en", *SHIPPED])
@pytest.mark.law(17)
def test_thirteen_and_twenty_five_months_are_mentioned_with_the_exemption_only(tag: str) -> None:
    texts = load_texts([tag])[tag]
    mentioning = [
        one.id for one in messages(template()) if re.search("13|25", texts(forms(one.id)[0]))
    ]

    assert [text[:20] for text in mentioning] == ["Some need none where"]


def test_what_the_library_declares_is_among_the_messages() -> None:
    policy = Policy()
    categories = [
        english(text) for one in BUILT_IN_CATEGORIES for text in (one.title, one.description)
    ]
    own = with_record_cookie(policy).rules

    assert list(DECLARED) == [*categories, *(english(rule.purpose) for rule in own)]


@pytest.mark.parametrize("category", BUILT_IN_CATEGORIES, ids=lambda one: one.name)
def test_french_says_of_a_category_what_its_declaration_says(category: object) -> None:
    french = load_texts(["fr"])["fr"]
    texts = [getattr(category, name) for name in ("title", "description")]

    assert [french(text["en"]).replace("\u2019", "'") for text in texts] == [
        text["fr"].replace("\u2019", "'") for text in texts
    ]


@each_language
def test_a_catalogue_says_whether_it_was_proofread(tag: str) -> None:
    header = catalogue(tag).header_comment

    assert ("draft" in header, "proofread." in header) == (
        tag not in PROOFREAD,
        True,
    )


def test_the_documentation_lists_each_language_and_its_state() -> None:
    rows = re.findall(r"^\| `(.+)` \| .+ \| (.+) \|$", DOCS.read_text(), re.MULTILINE)

    assert dict(rows) == dict.fromkeys(SHIPPED, "draft") | dict.fromkeys(PROOFREAD, "proofread")


def test_the_tool_keeps_translations_and_notes_what_is_new_and_what_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fr.po"
    kept = (LOCALE / "fr.po").read_text(encoding="utf-8")
    path.write_text(kept.replace("Refuse all", "Refuse everything"), encoding="utf-8")
    monkeypatch.setattr("tools.texts.LOCALE", tmp_path)

    update()

    written = path.read_text(encoding="utf-8")
    assert 'msgid "Refuse all"\nmsgstr ""' in written
    assert '#~ msgid "Refuse everything"\n#~ msgstr "Tout refuser"' in written
    assert 'msgid "Accept all"\nmsgstr "Tout accepter"' in written
