"""The charter in words: its prose and the cells of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from consentgate import Category, Controller, Cookie, Policy
from consentgate.pages.charter import charter_of
from consentgate.pages.charter_closing import closing
from consentgate.pages.charter_table import KINDS, NOT_NEEDED, PARTIES, Row, consent_note, rows_of
from consentgate.pages.charter_words import (
    Link,
    Passage,
    explanations,
    opening,
    tables_heading,
)
from consentgate.pages.texts import LocalizedText, load_texts
from consentgate.policy import ExemptReason, Kind, Party

TEXTS = load_texts(["en", "fr"])
EN = TEXTS["en"]
CONTROLLER = Controller("Town of Example", contact="dpo@town.example", privacy_page="/privacy")

MEASURED = Cookie("_pk_id", category="statistics", anonymous=True, retention="25 months")
COUNTED = Cookie("_ga", category="statistics", lifetime="13 months")
AD = Cookie("ad", category="marketing")


def policy(*cookies: Cookie, **fields: object) -> Policy:
    """A site with these cookies."""
    return Policy(cookies=cookies, **fields)  # type: ignore[arg-type]  # of each field its own


def prose(*cookies: Cookie, language: str = "en", **fields: object) -> str:
    """All prose of a site's charter."""
    charter, texts = charter_of(policy(*cookies, **fields)), TEXTS[language]
    passages = opening(texts) + closing(charter, texts, settings="/consent/")
    return "\n".join(paragraph for one in passages for paragraph in paragraphs(one))


def paragraphs(passage: Passage) -> list[str]:
    """The heading and paragraphs of a passage, and of those below it."""
    below = [text for part in passage.parts for text in paragraphs(part)]
    return [passage.heading, *passage.paragraphs, *below]


def row(cookie: Cookie, *, language: str = "en", **fields: object) -> Row:
    """The cells of a cookie."""
    charter = charter_of(policy(cookie, **fields))
    (section,) = (one for one in charter.sections if one.category.name == cookie.category)
    return rows_of(section, charter, TEXTS[language])[-1]


def note(*cookies: Cookie, category: str = "statistics") -> str:
    """The sentence about a category as a whole."""
    sections = charter_of(policy(*cookies)).sections
    return consent_note(next(one for one in sections if one.category.name == category), EN)


def kinds(*cookies: Cookie) -> list[str]:
    """The headings of the kinds that the charter explains."""
    _, passage = explanations(charter_of(policy(*cookies)), EN)
    return [part.heading for part in passage.parts]


def test_before_its_tables_the_charter_says_only_what_a_cookie_is() -> None:
    assert [one.heading for one in opening(EN)] == ["What a cookie is"]


def test_after_its_tables_the_charter_explains_consent_kinds_choice_and_controller() -> None:
    charter = charter_of(policy(AD, controller=CONTROLLER))

    assert [one.heading for one in closing(charter, EN, settings="/consent/")] == [
        "When your consent is needed",
        "The kinds of cookies",
        "How to change your mind",
        "Who is responsible for this site",
    ]


def test_each_part_of_the_charter_has_an_anchor_of_its_own() -> None:
    charter = charter_of(policy(AD, controller=CONTROLLER))
    passages = [*opening(EN), tables_heading(charter, EN), *closing(charter, EN, settings="/")]

    anchors = [one.anchor for one in passages]
    assert len(set(anchors)) == 6
    assert all(one.startswith("consentgate-") for one in anchors)


def test_third_parties_are_explained_where_the_site_has_any() -> None:
    foreign = Cookie("vid", category="marketing", party="third")
    here = ["Necessary cookies", "Statistics cookies", "First-party cookies"]

    assert kinds(AD, foreign) == [*here, "Third-party cookies"]
    assert "no third-party cookies" not in prose(AD, foreign)
    assert kinds(AD) == here
    assert "This site uses no third-party cookies, which are set under" in prose(AD)


@pytest.mark.law(2)
def test_not_only_cookies_are_meant() -> None:
    assert "local storage" in prose()


@pytest.mark.law(1)
def test_the_law_that_asks_for_consent_is_named() -> None:
    assert "article 5(3) of Directive 2002/58/EC" in prose()
    assert "article\u00a082 de la loi Informatique et Libertés" in prose(language="fr")


@pytest.mark.law(15)
def test_necessary_cookies_are_explained() -> None:
    assert "They need no consent and cannot be switched off here" in prose()


@pytest.mark.law(17)
def test_thirteen_and_twenty_five_months_are_in_one_paragraph_about_the_exemption() -> None:
    lines = [line for line in prose(MEASURED, AD).splitlines() if "13" in line or "25" in line]

    assert len(lines) == 1
    assert lines[0].startswith("Some need none where national law says so. In France")
    assert "at most 13 months, without being renewed at each visit" in lines[0]
    assert "kept for at most 25 months" in lines[0]
    assert "Some need none" not in prose(COUNTED, AD)


@pytest.mark.law(16)
def test_the_charter_says_whether_the_site_uses_the_exemption() -> None:
    assert "This site uses such anonymous statistics" in prose(MEASURED)
    assert "This site uses no statistics cookies without your consent." in prose(COUNTED)
    assert "anonymous statistics can be exempt" in prose(COUNTED)


def test_the_charter_says_how_to_change_one_s_mind_with_a_link() -> None:
    *_, choice = closing(charter_of(policy(AD)), EN, settings="/consent/?next=/")

    assert choice.heading == "How to change your mind"
    assert "at any time" in choice.paragraphs[0]
    assert choice.links == (Link("Cookie settings", "/consent/?next=/"),)


@pytest.mark.law(7)
def test_the_charter_says_how_long_and_where_a_choice_is_kept() -> None:
    assert "is kept for 6 months in the cookie my_choice." in prose(
        AD, preferences_cookie="my_choice"
    )


@pytest.mark.law(18)
def test_the_charter_says_that_refusing_closes_nothing() -> None:
    assert "You can use the site even if you refuse" in prose(AD)


@pytest.mark.law(22)
def test_the_charter_says_what_the_browser_s_signal_refuses() -> None:
    video = Category("video", title={"en": "Videos", "fr": "Vidéos"}, gpc=True)
    cookies = (AD, Cookie("v", category="video"))

    assert "as a refusal of: Marketing and Videos." in prose(*cookies, categories=[video])
    assert "refusé\u00a0: Cibler la publicité et Vidéos." in prose(
        *cookies, categories=[video], language="fr"
    )


def test_a_signal_that_refuses_nothing_is_not_mentioned() -> None:
    assert "Global Privacy Control" not in prose(COUNTED)


def test_a_site_with_nothing_to_choose_says_so() -> None:
    *_, choice = closing(charter_of(Policy()), EN, settings="/consent/")

    assert choice.paragraphs[0].startswith("This site uses only necessary cookies")
    assert choice.links == ()


@pytest.mark.law(6)
def test_the_controller_is_named_with_links() -> None:
    *_, who = closing(charter_of(policy(controller=CONTROLLER)), EN, settings="/consent/")

    assert who.paragraphs[0].startswith("Data controller: Town of Example. ")
    assert who.links == (
        Link("dpo@town.example", "mailto:dpo@town.example", "Contact:"),
        Link("How this site uses personal data", "/privacy"),
    )


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("dpo@town.example", "mailto:dpo@town.example"),
        ("a+b@town.example", "mailto:a+b@town.example"),
        ("a?subject=x&b@town.example", "mailto:a%3Fsubject%3Dx%26b@town.example"),
        ("https://town.example/contact", "https://town.example/contact"),
        ("javascript:alert(1)", ""),
        ("javascript:alert@x", "mailto:javascript%3Aalert@x"),
        ("Town Hall, 1 High Street", ""),
        ("dpo@town.example or by post", ""),
    ],
)
def test_a_contact_leads_where_it_can(contact: str, address: str) -> None:
    controller = Controller("Town", contact=contact)

    *_, who = closing(charter_of(policy(controller=controller)), EN, settings="/consent/")

    assert who.links == (Link(contact, address, "Contact:"),)


def test_a_controller_without_contact_has_no_links() -> None:
    *_, who = closing(charter_of(policy(controller=Controller("Town"))), EN, settings="/")

    assert who.links == ()


def test_the_tables_are_those_of_the_site_s_address() -> None:
    named = charter_of(Policy(site="https://town.example"))

    assert tables_heading(named, EN).heading == "Cookies used on https://town.example"
    assert tables_heading(charter_of(Policy()), EN).heading == "Cookies used on this site"
    assert tables_heading(named, EN).paragraphs == ()


def test_a_star_in_a_name_is_explained() -> None:
    heading = tables_heading(charter_of(policy(Cookie("_ga_*", category="statistics"))), EN)

    assert heading.paragraphs == ("In a name, a star stands for any text.",)


@pytest.mark.law(6)
def test_a_row_has_every_fact() -> None:
    cookie = Cookie(
        "play",
        category="marketing",
        provider="Tube",
        service={"en": "Videos", "fr": "Vidéos"},
        location="Pages with a film",
        purpose={"en": "Remembers films.", "fr": "Retient les films."},
        lifetime="13 months",
        party="third",
        kind="local_storage",
    )

    assert row(cookie, language="fr") == Row(
        name="play",
        kind="Stockage local",
        provider=LocalizedText("Tube", "en", "ltr"),
        service=LocalizedText("Vidéos"),
        location=LocalizedText("Pages with a film", "en", "ltr"),
        purpose=LocalizedText("Retient les films."),
        lifetime="13\u00a0mois",
        party="Tiers",
        consent=("Requis",),
    )


def test_what_was_not_declared_is_not_stated() -> None:
    missing = LocalizedText("Not stated")

    assert row(AD) == Row(
        name="ad",
        kind="",
        provider=missing,
        service=missing,
        location=missing,
        purpose=missing,
        lifetime="Not stated",
        party="First party",
        consent=("Needed",),
    )


def test_the_library_s_own_cookie_is_in_the_language_of_the_page() -> None:
    charter = charter_of(Policy())
    (cookie_row,) = rows_of(charter.sections[0], charter, TEXTS["fr"])

    assert cookie_row == Row(
        name="cookies_preferences",
        kind="",
        provider=LocalizedText("Ce site"),
        service=LocalizedText("Gestion des cookies"),
        location=LocalizedText("Tout le site"),
        purpose=LocalizedText("Conserver votre choix sur les cookies."),
        lifetime="6\u00a0mois",
        party="Interne",
        consent=("Non requis\u00a0: conserve votre choix sur les cookies",),
    )


@pytest.mark.law(15)
@pytest.mark.parametrize("reason", [one for one in ExemptReason if "measure" not in one])
def test_a_necessary_cookie_has_its_reason(reason: ExemptReason) -> None:
    charter = charter_of(Policy([Cookie("c", category="necessary", exempt_reason=reason)]))

    (_, necessary) = rows_of(charter.sections[0], charter, EN)

    assert necessary.consent == (NOT_NEEDED[reason],)


@pytest.mark.law(16)
def test_anonymous_statistics_say_that_they_can_be_refused_and_how_long_data_is_kept() -> None:
    assert row(MEASURED).consent == (
        "Not needed: anonymous statistics, which you can refuse",
        "Data kept for 25 months",
    )


def test_a_cookie_that_wants_several_categories_names_them(tmp_path: Path) -> None:
    for category in ("statistics", "marketing"):
        preset = f'title = "A"\n[[cookies]]\nname = "both"\ncategory = "{category}"\n'
        (tmp_path / f"{category}.toml").write_text(preset)
    charter = charter_of(Policy(presets=sorted(tmp_path.iterdir())))

    (both,) = rows_of(charter.sections[1], charter, EN)

    assert both.consent == ("Only if you accept all of these: Statistics and Marketing",)


@pytest.mark.parametrize(
    ("cookies", "start"),
    [
        ((COUNTED,), "These cookies are used only with your consent."),
        ((MEASURED,), "These statistics are anonymous and need no consent. You can refuse them."),
        ((MEASURED, COUNTED), "These cookies are used only with your consent. Those that need no"),
    ],
    ids=["asked", "anonymous", "mixed"],
)
def test_a_category_says_whether_it_needs_consent(cookies: tuple[Cookie, ...], start: str) -> None:
    assert note(*cookies).startswith(start)


@pytest.mark.law(15)
def test_necessary_cookies_need_no_consent() -> None:
    assert note(category="necessary") == "These cookies need no consent and cannot be switched off."


def test_each_word_of_a_declaration_has_words_for_visitors() -> None:
    assert set(NOT_NEEDED) == set(ExemptReason)
    assert set(PARTIES) == set(Party)
    assert set(KINDS) == set(Kind) - {Kind.COOKIE}
