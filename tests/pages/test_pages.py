"""What visitors read: the charter, all pages alike, and the pages of what went wrong."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from consentgate import ConfigurationError, Controller, Policy
from consentgate.pages.texts import LocalizedText, Texts, load_texts
from tests.pages.html_elements import buttons, find, only, read
from tests.support.page_requests import ask
from tests.support.pages import ENGLISH, FRENCH, PAGES, POLICY, pages_of, preferences_page

SAVED = "consentgate-saved"


def every_page(texts: Texts = ENGLISH) -> list[str]:
    request = ask(policy=POLICY)
    return [
        PAGES.render_preferences(request, texts, next_path="/x").decode(),
        PAGES.render_charter(request, texts).decode(),
        PAGES.render_forbidden(request, texts).decode(),
        PAGES.render_problem(request, texts, status=404, message=LocalizedText("")).decode(),
        PAGES.render_problem(
            request, texts, status=400, message=LocalizedText("No.", "en", "ltr")
        ).decode(),
    ]


# The charter


@pytest.mark.law(6)
@pytest.mark.law(15)
def test_the_charter_lists_each_declared_cookie_and_names_the_controller() -> None:
    html = PAGES.render_charter(ask(policy=POLICY), ENGLISH).decode()

    names = [one.words for one in find(html, "code")]
    assert names == [
        "cookies_preferences",
        "session",
        "basket",
        "_pk_id.*",
        "_fbp",
        "player",
        "tally",
    ]
    assert only(html, "a", href="mailto:dpo@example.org").words == "dpo@example.org"
    assert [one.words for one in find(html, "a", href="/consent/?lang=en")] == [
        "Cookie settings",
        "Cookie settings",
    ]


def test_an_address_in_a_heading_goes_on_in_the_next_line_where_its_parts_meet() -> None:
    html = PAGES.render_charter(ask(policy=POLICY), ENGLISH).decode()

    assert ">Cookies used on https://<wbr>data<wbr>.example<wbr>.org</h2>" in html


def test_the_headings_of_the_charter_leave_out_no_level() -> None:
    html = PAGES.render_charter(ask(policy=POLICY), ENGLISH).decode()

    levels = [int(one.tag[1]) for one in read(html) if one.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - higher <= 1 for higher, deeper in pairwise(levels))


def test_a_fragment_of_the_charter_fits_into_a_page_of_the_sites_own() -> None:
    html = PAGES.charter_fragment(FRENCH, mount="/portal")

    elements = read(html)
    assert elements[0].tag == "div"
    assert elements[0].get("class") == "consentgate consentgate-charter"
    assert (elements[0].get("lang"), elements[0].get("dir")) == ("fr", "ltr")
    assert not {"html", "head", "body", "main", "h1", "script"} & {one.tag for one in elements}
    assert find(html, "h2")
    assert html.isascii()
    assert find(html, "a", href="/portal/consent/?lang=fr")


def test_a_text_that_is_not_translated_is_marked_with_its_language() -> None:
    html = PAGES.render_charter(ask(policy=POLICY), FRENCH).decode()

    purpose = next(one for one in find(html, "span") if one.words == "Keeps the volume.")
    assert (purpose.get("lang"), purpose.get("dir")) == ("en", "ltr")


# Other pages


def test_a_choice_from_elsewhere_is_answered_with_the_same_question_here() -> None:
    html = PAGES.render_forbidden(ask(policy=POLICY), ENGLISH).decode()

    assert only(html, "h1").words == "Your choice was not saved"
    assert buttons(html) == [("accept", "Accept all"), ("refuse", "Refuse all")]
    assert "hidden" not in only(html, "section").attributes


def test_where_nothing_is_asked_it_leads_to_the_preferences_page() -> None:
    policy = Policy(necessary=["session"])

    html = pages_of(policy).render_forbidden(ask(policy=policy), ENGLISH).decode()

    assert buttons(html) == []
    assert only(html, "a", **{"class": "consentgate-button"}).get("href") == "/consent/?lang=en"


def test_the_problem_with_a_request_is_explained_in_words() -> None:
    message = LocalizedText("Send <b>text</b>.", "en", "ltr")

    html = PAGES.render_problem(ask(policy=POLICY), FRENCH, status=400, message=message).decode()

    assert only(html, "h1").words == FRENCH("Something went wrong")
    assert only(html, "span", lang="en").words == "Send <b>text</b>."


def test_a_missing_page_has_a_title_and_no_message() -> None:
    html = PAGES.render_problem(
        ask(policy=POLICY), ENGLISH, status=404, message=LocalizedText("Not here.")
    ).decode()

    assert only(html, "h1").words == "Page not found"
    assert "Not here." not in html


# All pages


@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_every_page_says_its_language_its_title_and_where_its_content_is(texts: Texts) -> None:
    for html in every_page(texts):
        page = only(html, "html")
        assert (page.get("lang"), page.get("dir")) == (texts.language, "ltr")
        assert only(html, "title").words == f"{only(html, 'h1').words} - Ville d'Exemple"
        assert only(html, "h1").is_in("main")
        assert only(html, "meta", name="viewport").get("content") == (
            "width=device-width, initial-scale=1"
        )


def test_search_engines_are_asked_to_keep_the_charter_alone() -> None:
    robots = [bool(find(html, "meta", name="robots", content="noindex")) for html in every_page()]

    assert robots == [True, False, True, True, True]


def test_no_page_has_anything_that_a_strict_policy_of_the_browser_forbids() -> None:
    for html in every_page():
        for element in read(html):
            names = element.attributes
            assert element.tag != "style"
            assert "style" not in names
            assert not any(name.startswith("on") for name in names)
            assert not element.get("href").startswith(("data:", "javascript:", "http"))
            assert element.tag != "script" or element.get("src").startswith("/consent/static/")


def test_no_page_has_a_title_attribute_or_an_order_of_its_own() -> None:
    for html in every_page():
        for element in read(html):
            assert "title" not in element.attributes
            assert element.get("tabindex") in ("", "-1")


def test_where_the_choice_is_saved_the_preferences_page_says_so() -> None:
    saved = only(preferences_page(granted=["statistics"]), "p", id=SAVED)

    assert (saved.get("role"), saved.get("tabindex")) == ("status", "-1")
    assert saved.words.startswith(
        "Your choice is saved. Statistics \N{EN DASH} Accepted. Marketing \N{EN DASH} Refused."
    )


@pytest.mark.behaviour(36)
def test_where_no_cookie_proves_a_choice_the_preferences_page_says_that() -> None:
    html = preferences_page()

    assert "Your choice is saved" not in html
    assert only(html, "p", **{"class": "consentgate-unsaved"}).words == (
        "Your choice was not saved. Your browser does not keep cookies from this site. "
        "For now this site uses only what needs no consent, and it may ask you again."
    )


def test_a_page_links_the_other_languages_in_their_own_words() -> None:
    html = preferences_page()

    english, french = (only(html, "a", hreflang=tag) for tag in ("en", "fr"))
    assert (french.words, french.get("lang")) == ("Français", "fr")
    assert english.get("aria-current") == "true"
    assert "aria-current" not in french.attributes


def test_a_site_of_one_language_has_no_links_to_languages_and_no_language_in_its_links() -> None:
    pages = pages_of(languages=["fr"])
    texts = load_texts(["fr"])["fr"]

    html = pages.render_preferences(ask(policy=POLICY), texts, next_path="").decode()

    assert not find(html, "nav")
    assert "lang=fr" not in html.replace('<html lang="fr"', "")


def test_without_a_controller_the_site_itself_is_named() -> None:
    policy = Policy(necessary=["session"], site="https://data.example.org:8443/portal")

    html = pages_of(policy).render_charter(ask(policy=policy), ENGLISH).decode()

    assert only(html, "title").words == "Cookie charter - data.example.org:8443"


def test_without_both_there_is_no_name_on_the_page() -> None:
    policy = Policy(necessary=["session"])

    html = pages_of(policy).render_charter(ask(policy=policy), ENGLISH).decode()

    assert only(html, "title").words == "Cookie charter"
    assert only(html, "a", **{"class": "consentgate-brand"}).words == "Back to the site"


def test_the_sites_name_and_the_way_back_to_it_are_said_once() -> None:
    html = preferences_page(next_path="/map")

    brand = only(html, "a", **{"class": "consentgate-brand"})
    assert (brand.get("href"), brand.words) == ("/map", "Ville d'Exemple Back to the site")
    assert [one.words for one in find(html, "a", href="/map")] == [brand.words]


@pytest.mark.law(27)
@pytest.mark.parametrize(
    ("policy", "name"),
    [(POLICY, "Ville d'Exemple"), (Policy(necessary=["session"]), "")],
    ids=["named", "nameless"],
)
def test_a_logo_stands_for_the_name(policy: Policy, name: str) -> None:
    pages = pages_of(policy, logo="/logo.svg?a&b")

    html = pages.render_charter(ask(policy=policy), ENGLISH).decode()

    logo = only(html, "img")
    assert (logo.get("src"), logo.attributes["alt"]) == ("/logo.svg?a&b", name)
    assert only(html, "a", **{"class": "consentgate-brand"}).words == "Back to the site"


def test_the_site_has_the_name_that_it_declares_and_its_controller_is_named_below() -> None:
    policy = Policy(
        necessary=["session"],
        site="https://data.example.org",
        site_name={"en": "Open data", "fr": "Données ouvertes"},
        controller=Controller("Ville d'Exemple", contact="dpo@example.org"),
    )

    html = pages_of(policy).render_preferences(ask(policy=policy), FRENCH, next_path="").decode()

    assert only(html, "title").words.endswith(" - Données ouvertes")
    assert only(html, "strong").words == "Données ouvertes"
    footer = [one.words for one in find(html, "li") if one.is_in("footer")]
    assert footer[-1] == "Ville d'Exemple"


def test_a_page_has_no_link_to_itself() -> None:
    charter = PAGES.render_charter(ask(policy=POLICY), ENGLISH).decode()

    def footer(html: str) -> list[str]:
        return [one.words for one in find(html, "a") if one.is_in("footer")]

    assert footer(preferences_page()) == ["Cookie charter"]
    assert footer(charter) == ["Cookie settings"]


@pytest.mark.parametrize(
    ("languages", "folds"), [(["en", "fr", "de"], 0), (["en", "fr", "de", "it"], 1)]
)
def test_many_languages_are_folded(languages: list[str], folds: int) -> None:
    pages = pages_of(languages=languages)

    html = pages.render_charter(ask(policy=POLICY), load_texts(["de"])["de"]).decode()

    found = [one.words for one in find(html, "summary") if one.is_in("nav")]
    assert found == ["Deutsch"] * folds
    links = [one for one in find(html, "a") if "hreflang" in one.attributes]
    assert [one.is_in("nav") for one in links] == [True] * len(languages)


def test_style_sheets_of_the_site_come_after_the_librarys() -> None:
    pages = pages_of(stylesheets=["/theme.css", "https://cdn.example.org/more.css"])

    html = pages.render_charter(ask(policy=POLICY), ENGLISH).decode()

    sheets = [one.get("href") for one in find(html, "link", rel="stylesheet")]
    assert sheets[0].startswith("/consent/static/consent.")
    assert sheets[1:] == ["/theme.css", "https://cdn.example.org/more.css"]


# Templates of the site's own


def test_a_template_in_the_sites_folder_comes_before_the_librarys(tmp_path: Path) -> None:
    (tmp_path / "forbidden.html").write_text(
        '{% extends "page.html" %}{% block title %}No{% endblock %}'
        "{% block content %}<p>{% trans %}Accept all{% endtrans %}</p>{% endblock %}"
    )

    html = pages_of(templates=tmp_path).render_forbidden(ask(policy=POLICY), FRENCH).decode()

    assert only(html, "h1").words == "No"
    assert FRENCH("Accept all") in html


def test_it_may_extend_the_librarys_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '{% extends "consentgate/page.html" %}'
        "{% block footer %}{{ super() }}<li>Ours</li>{% endblock %}"
    )

    html = pages_of(templates=tmp_path).render_forbidden(ask(policy=POLICY), FRENCH).decode()

    assert [one.words for one in find(html, "li")][-1] == "Ours"
    assert FRENCH("Cookie charter") in html


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% if %}", r"forbidden\.html, line 1"),
        ("{{ no_such_name }}", "no_such_name"),
        ('{% extends "gone.html" %}', r"gone\.html"),
        ('{% extends "forbidden.html" %}', 'itself; .* "consentgate/'),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("\xe9", "UnicodeDecodeError"),
    ],
    ids=["syntax", "name", "parent", "itself", "sum", "encoding"],
)
def test_a_template_that_cannot_be_used_raises_at_start_up(
    text: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "forbidden.html").write_text(text, encoding="latin-1")

    with pytest.raises(ConfigurationError, match=message) as caught:
        pages_of(templates=tmp_path)

    assert str(tmp_path) in str(caught.value)
