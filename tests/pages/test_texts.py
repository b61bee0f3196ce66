"""The words of the pages in a language, and what a site declared, in the same one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from consentgate import Category, ConfigurationError, Policy
from consentgate.pages.charter import charter_of
from consentgate.pages.texts import LocalizedText, direction_of, load_texts

TEXTS = load_texts(["en", "fr"])
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def po(*pairs: tuple[str, str]) -> str:
    """A catalogue of these translations."""
    return HEADER + "\n".join(f'msgid "{one}"\nmsgstr "{other}"\n' for one, other in pairs)


def write(folder: Path, **catalogues: str) -> Path:
    """A folder with these catalogues; `_` in a name is written as `-`."""
    for name, text in catalogues.items():
        (folder / f"{name.replace('_', '-')}.po").write_text(text, encoding="utf-8")
    return folder


def test_english_is_the_language_of_the_code() -> None:
    assert TEXTS["en"]("Refuse all") == "Refuse all"
    assert TEXTS["en"].gettext("Refuse all") == "Refuse all"


def test_a_message_is_translated() -> None:
    assert TEXTS["fr"]("Refuse all") == "Tout refuser"
    assert TEXTS["fr"].gettext("Refuse all") == "Tout refuser"


def test_a_message_is_filled_in() -> None:
    assert TEXTS["fr"]("Cookies used on %(site)s", site="Ville") == "Cookies utilisés sur Ville"


def test_what_fills_a_message_in_is_never_read_as_one() -> None:
    assert TEXTS["en"]("Cookies of %(site)s", site="%(site)s %d") == "Cookies of %(site)s %d"


def test_a_message_that_nobody_translated_stays_english() -> None:
    assert TEXTS["fr"]("Of no catalogue") == "Of no catalogue"


@pytest.mark.parametrize(("number", "form"), [(0, "an"), (1, "an"), (2, "ans")])
def test_a_message_that_counts_has_the_form_of_its_language(number: int, form: str) -> None:
    text = TEXTS["fr"].ngettext("%(number)s year", "%(number)s years", number)

    assert text == f"%(number)s\u00a0{form}"


def test_texts_are_enumerated_as_the_language_does() -> None:
    assert TEXTS["en"].list_of(["a", "b", "c"]) == "a, b, and c"
    assert TEXTS["fr"].list_of(["a", "b", "c"]) == "a, b et c"


@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_the_direction_of_a_language(tag: str, direction: str) -> None:
    assert load_texts([tag])[tag].direction == direction


@pytest.mark.parametrize(
    ("tag", "direction"),
    [("fr", "ltr"), ("ar-EG", "rtl"), ("he", "rtl"), ("ur", "rtl"), ("tlh", "ltr"), ("x", "ltr")],
)
def test_the_direction_of_a_text_in_another_language(tag: str, direction: str) -> None:
    assert direction_of(tag) == direction


def test_a_text_in_the_language_of_the_page_is_shown_as_it_is() -> None:
    assert TEXTS["fr"].localize({"en": "Hello", "fr": "Bonjour"}, "en") == LocalizedText("Bonjour")


def test_a_region_of_the_language_is_the_language() -> None:
    assert TEXTS["fr"].localize({"en": "Hello", "fr-CA": "Allo"}, "en") == LocalizedText("Allo")


@pytest.mark.law(28)
def test_a_text_in_another_language_bears_its_tag() -> None:
    assert TEXTS["en"].localize({"fr": "Bonjour", "ar": "مرحبا"}, "fr") == LocalizedText(
        "Bonjour", "fr", "ltr"
    )


def test_a_text_written_the_other_way_is_marked() -> None:
    assert TEXTS["en"].localize({"ar": "مرحبا"}, "de") == LocalizedText("مرحبا", "ar", "rtl")


def test_of_several_default_languages_the_first_that_the_text_has_is_shown() -> None:
    text = {"de": "Hallo", "it": "Ciao"}

    assert TEXTS["en"].localize(text, "fr", "it", "de") == LocalizedText("Ciao", "it", "ltr")


def test_without_a_default_language_the_first_in_order_of_tags_is_shown() -> None:
    assert TEXTS["fr"].localize({"it": "Ciao", "de": "Hallo"}) == LocalizedText(
        "Hallo", "de", "ltr"
    )


def test_a_text_without_language_is_in_the_default_one() -> None:
    assert TEXTS["fr"].localize("Bonjour", "fr") == LocalizedText("Bonjour")
    assert TEXTS["fr"].localize("Bonjour", "fr-CA") == LocalizedText("Bonjour")
    assert TEXTS["en"].localize("Bonjour", "fr") == LocalizedText("Bonjour", "fr", "ltr")


def test_a_text_without_language_and_default_is_shown_as_it_is() -> None:
    assert TEXTS["fr"].localize("Bonjour") == LocalizedText("Bonjour")


def test_an_empty_text_stays_empty() -> None:
    assert TEXTS["en"].localize("", "fr") == LocalizedText("")


def test_a_text_that_the_library_knows_is_translated_by_its_catalogue() -> None:
    localized = load_texts(["de"])["de"].localize({"en": "Statistics", "fr": "Statistiques"}, "fr")

    assert localized == LocalizedText("Statistiken")


def test_a_text_in_the_default_language_that_the_library_knows_is_translated() -> None:
    assert TEXTS["fr"].localize("Whole site", "en") == LocalizedText("Tout le site")


def test_a_category_without_title_is_called_by_its_name() -> None:
    title = charter_of(Policy()).title_of(Category("video"), TEXTS["en"])

    assert title == LocalizedText("video")


def test_a_category_says_its_title_and_description() -> None:
    category = Category("video", title={"en": "Videos"}, description={"en": "Films."})
    charter = charter_of(Policy())

    assert charter.title_of(category, TEXTS["en"]) == LocalizedText("Videos")
    assert charter.description_of(category, TEXTS["en"]) == LocalizedText("Films.")


def test_languages_come_in_the_order_given_each_once_in_their_usual_case() -> None:
    assert tuple(load_texts(["FR", "en-gb", "fr"])) == ("fr", "en-GB")


def test_a_region_has_the_words_of_its_language() -> None:
    assert load_texts(["fr-CA"])["fr-CA"]("Refuse all") == "Tout refuser"


def test_a_region_that_nobody_knows_has_the_words_of_its_language() -> None:
    texts = load_texts(["fr-QZ"])["fr-QZ"]

    assert (texts.language, texts("Refuse all")) == ("fr-QZ", "Tout refuser")


def test_what_the_library_ships_is_read_once() -> None:
    assert load_texts(["fr"])["fr"] is load_texts(["fr"])["fr"]


def test_a_catalogue_of_the_site_comes_first_message_by_message(tmp_path: Path) -> None:
    folder = write(tmp_path, fr=po(("Refuse all", "Non merci")))

    french = load_texts(["fr"], catalogues=folder)["fr"]

    assert (french("Refuse all"), french("Accept all")) == ("Non merci", "Tout accepter")


def test_a_catalogue_of_the_site_leaves_other_sites_alone(tmp_path: Path) -> None:
    load_texts(["fr"], catalogues=write(tmp_path, fr=po(("Refuse all", "Non merci"))))

    assert load_texts(["fr"])["fr"]("Refuse all") == "Tout refuser"


def test_a_catalogue_of_the_site_can_say_english_otherwise(tmp_path: Path) -> None:
    folder = write(tmp_path, en=po(("Refuse all", "No, thank you")))

    assert load_texts(["en"], catalogues=folder)["en"]("Refuse all") == "No, thank you"


def test_a_region_comes_before_its_language(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        fr=po(("Refuse all", "Non"), ("Accept all", "Oui")),
        fr_CA=po(("Refuse all", "Pas du tout")),
    )

    french = load_texts(["fr-CA"], catalogues=folder)["fr-CA"]

    assert (french("Refuse all"), french("Accept all")) == ("Pas du tout", "Oui")


def test_a_language_that_the_library_lacks_comes_from_the_site(tmp_path: Path) -> None:
    folder = write(tmp_path, ca=po(("Refuse all", "Rebutja-ho tot")))

    assert load_texts(["ca"], catalogues=folder)["ca"]("Refuse all") == "Rebutja-ho tot"


def test_what_is_fuzzy_or_empty_in_a_catalogue_is_not_used(tmp_path: Path) -> None:
    fuzzy = po(("Refuse all", "Non")).replace("msgid", "#, fuzzy\nmsgid").replace(HEADER, "", 1)
    folder = write(tmp_path, fr=HEADER + fuzzy.partition('charset=utf-8\\n"\n\n')[2])

    french = load_texts(["fr"], catalogues=folder)["fr"]

    assert french("Refuse all") == "Tout refuser"


@pytest.mark.parametrize("tag", ["", "f", "fr_FR", "français", "fr/../en"])
def test_a_malformed_tag_raises(tag: str) -> None:
    with pytest.raises(ConfigurationError, match="not a language tag"):
        load_texts([tag])


@pytest.mark.parametrize("tag", ["ca", "uk-UA"])
def test_a_language_without_catalogue_raises_with_those_that_exist(tag: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"'{tag}'.*no catalogue.* fr.*{tag}\.po"):
        load_texts(["en", tag])


def test_a_language_unknown_to_babel_raises_even_with_a_catalogue(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigurationError, match="'zzz', a language that Babel does not know"):
        load_texts(["zzz"], catalogues=write(tmp_path, zzz=po(("Refuse all", "x"))))


@pytest.mark.parametrize("name", ["fr_FR", "FR", "pt-br", "messages 1"])
def test_a_file_that_no_language_would_read_raises(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.po").write_text(po(("Refuse all", "Non")), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=rf"{name}\.po.*name it after its language"):
        load_texts(["en"], catalogues=tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"refuse all = non", id="another format"),
        pytest.param(b'msgid "a"\nmsgstr "b"\nmsgstr "c"\nx "d"\n', id="an unknown keyword"),
        pytest.param(b'msgid ""\nmsgstr "Content-Type: x; charset=utf-8\\n"\n\xff', id="no UTF-8"),
        pytest.param(
            b'msgid ""\nmsgstr "Content-Type: x; charset=klingon\\n"\n\nmsgid "a"\nmsgstr "b"\n',
            id="an unknown charset",
        ),
        pytest.param(
            b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            b'"Plural-Forms: nplurals=2; plural=(n >> import);\\n"\n',
            id="no plural rule",
        ),
        pytest.param(
            b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=two; plural=n;\\n"\n',
            id="no number of plurals",
        ),
    ],
)
def test_a_broken_catalogue_is_named(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_bytes(text)

    with pytest.raises(ConfigurationError, match=r"fr\.po is not a gettext catalogue"):
        load_texts(["fr"], catalogues=tmp_path)


def test_a_catalogue_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "fr.po").mkdir()

    with pytest.raises(ConfigurationError, match=r"fr\.po can't be read"):
        load_texts(["fr"], catalogues=tmp_path)


@pytest.mark.parametrize(
    "translation",
    [
        pytest.param("Les cookies de %(sit)s", id="a name that nobody gives"),
        pytest.param("100 % de %(site)s", id="a percent sign"),
        pytest.param("Les cookies de %s", id="no name"),
        pytest.param("Les cookies de %(site)d", id="a number"),
        pytest.param("Les cookies de %(site", id="cut off"),
    ],
)
def test_a_translation_that_can_not_be_filled_in_raises(translation: str, tmp_path: Path) -> None:
    folder = write(tmp_path, fr=po(("Cookies of %(site)s", translation)))

    with pytest.raises(ConfigurationError, match=r"fr\.po: the translation of 'Cookies of"):
        load_texts(["fr"], catalogues=folder)


def test_a_percent_sign_needs_no_care_where_nothing_is_filled_in(tmp_path: Path) -> None:
    folder = write(tmp_path, fr=po(("Refuse all", "Refuser 100 %")))

    assert load_texts(["fr"], catalogues=folder)["fr"]("Refuse all") == "Refuser 100 %"


def test_the_package_itself_reads_no_words_and_no_templates() -> None:
    code = "import sys, consentgate; print(sorted({'babel', 'jinja2'} & sys.modules.keys()))"
    shown = subprocess.run(  # a process of its own: this one has both
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert shown.stdout == "[]\n"
