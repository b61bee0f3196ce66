"""What visitors read: the preference centre, the charter, and the pages of what went wrong."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from consentgate import ConfigurationError, Cookie, Policy
from consentgate.site.texts import Said, Texts, load_texts
from tests.contract.exchange import NOW, Clock, preferences_for
from tests.site.asking import ask
from tests.site.reading import Element, find, only, read
from tests.site.showing import ASKED, ENGLISH, FRENCH, GPC, PAGES, POLICY, centre, pages_of

SAVED = "consentgate-saved"


def boxes(html: str) -> dict[str, bool]:
    """The box of each category, and whether it is ticked."""
    found = find(html, "input", type="checkbox", name="category")
    return {box.get("value"): "checked" in box.attributes for box in found}


def states(html: str) -> dict[str, str]:
    """The state of each category, in words."""
    elements = read(html)
    titles = [one.words for one in elements if one.tag == "dt"]
    return dict(zip(titles, [one.words for one in elements if one.tag == "dd"], strict=True))


def buttons(html: str) -> list[tuple[str, str]]:
    found = find(html, "button", name="choice")
    return [(button.get("value"), button.words) for button in found]


def every_page(texts: Texts = ENGLISH) -> list[str]:
    request = ask(policy=POLICY)
    return [
        PAGES.centre(request, texts, next_path="/x"),
        PAGES.charter(request, texts),
        PAGES.forbidden(request, texts),
        PAGES.problem(request, texts, status=404, message=Said("")),
        PAGES.problem(request, texts, status=400, message=Said("No.", "en", "ltr")),
    ]


# The preference centre


@pytest.mark.law(5)
def test_nothing_that_needs_consent_is_ticked_beforehand() -> None:
    assert boxes(centre()) == {
        "statistics": False,
        "marketing": False,
        "videos": False,
        "counting": True,
    }


@pytest.mark.law(15)
def test_what_is_necessary_is_explained_and_has_no_box() -> None:
    html = centre()

    assert "necessary" not in boxes(html)
    assert "These cookies are necessary for the site to work" in html
    assert [one.words for one in find(html, "p") if one.words == "Always on"] == ["Always on"]
    assert "Not needed: it keeps your basket or your order" in html


@pytest.mark.law(16)
def test_anonymous_statistics_are_on_without_consent_and_can_be_refused() -> None:
    html = centre()

    assert states(html)["Anonymous counts"] == "On: no consent needed"
    assert "These statistics are anonymous and need no consent. You can refuse them." in html
    assert "Data kept for 25 months" in html
    assert boxes(centre(granted=[]))["counting"] is False


@pytest.mark.law(9)
def test_the_stored_choice_is_shown_in_words_and_in_the_boxes() -> None:
    html = centre(granted=["statistics", "counting"])

    assert "You chose on 24 November 2026. Your choice counts until 25 May 2027." in html
    assert states(html) == {
        "Statistics": "Accepted",
        "Marketing": "Refused",
        "Embedded videos": "Refused",
        "Anonymous counts": "Accepted",
    }
    assert [name for name, ticked in boxes(html).items() if ticked] == ["statistics", "counting"]


def test_an_undecided_visitor_is_told_so() -> None:
    html = centre()

    assert "You have not chosen yet." in html
    assert states(html)["Statistics"] == "Not chosen yet"


def test_a_visitor_whose_choice_is_too_old_is_told_so() -> None:
    later = Clock(NOW + timedelta(days=184))

    html = centre(granted=["statistics"], clock=later)

    assert "Your last choice is too old to count." in html
    assert boxes(html)["statistics"] is False


def test_a_visitor_who_chose_about_something_else_is_told_so() -> None:
    tracker = Cookie(
        "_ga", category="statistics", provider="G", purpose="p", lifetime="1 year", party="third"
    )
    changed = POLICY.with_cookies(tracker)

    html = centre(policy=changed, cookie=preferences_for(*ASKED, policy=POLICY))

    assert "What you chose about has changed since then." in html
    assert states(html)["Statistics"] == "Not chosen yet"
    assert states(html)["Marketing"] == "Accepted"


def test_a_choice_of_this_very_request_is_shown_as_it_is_now() -> None:
    request = ask("POST", policy=POLICY, cookie="cookies_preferences=none")
    request.visitor.grant()

    html = PAGES.centre(request, ENGLISH, next_path="")

    assert "You chose on 24 November 2026." in html
    assert set(states(html).values()) == {"Accepted"}


@pytest.mark.law(3)
@pytest.mark.law(4)
def test_to_refuse_all_is_a_button_of_the_same_kind_as_to_accept_all() -> None:
    html = centre(granted=["statistics"])
    accept, refuse = find(html, "button", name="choice")[-2:]

    assert accept.get("class") == refuse.get("class") == "consentgate-button"
    assert accept.attributes.keys() == refuse.attributes.keys()
    assert accept.parent is refuse.parent
    assert (accept.words, refuse.words) == ("Accept all", "Refuse all")


@pytest.mark.law(5)
def test_what_enter_in_a_box_presses_saves_the_boxes() -> None:
    # The first button of a form is its default (HTML standard, 4.10.21.2 implicit submission).
    assert buttons(centre())[0] == ("save", "Save my choices")


@pytest.mark.law(9)
def test_who_granted_something_can_withdraw_with_one_button() -> None:
    assert ("withdraw", "Withdraw my consent") in buttons(centre(granted=["videos"]))


@pytest.mark.parametrize("granted", [None, []], ids=["undecided", "refused"])
def test_who_granted_nothing_finds_nothing_to_withdraw(granted: list[str] | None) -> None:
    values = [value for value, _ in buttons(centre(granted=granted))]

    assert values == ["save", "accept", "refuse"]


@pytest.mark.law(22)
def test_what_the_browsers_signal_refuses_is_said_where_it_counts() -> None:
    html = centre(headers=GPC)

    assert html.count("Global Privacy Control") == 1
    assert states(html)["Marketing"] == "Refused"
    assert states(html)["Statistics"] == "Not chosen yet"


@pytest.mark.law(22)
def test_an_explicit_choice_wins_over_the_signal_and_nothing_is_said_of_it() -> None:
    html = centre(granted=["marketing"], headers=GPC)

    assert "Global Privacy Control" not in html
    assert boxes(html)["marketing"] is True


@pytest.mark.law(6)
def test_each_cookie_is_told_with_all_that_is_known_of_it() -> None:
    html = centre()
    cells = [one.words for one in find(html, "td")]

    start = cells.index("All pages") - 1
    assert cells[start : start + 4] == [
        "Matomo Audience measurement",
        "All pages",
        "Tells visits apart.",
        "13 months First party",
    ]
    assert {"Videos & Co <Ltd>", "90 days Third party"} < set(cells)
    assert "player Local storage" in [one.words for one in find(html, "th", scope="row")]


def test_each_category_has_a_table_with_a_caption_and_headings() -> None:
    html = centre()

    assert [one.words for one in find(html, "caption")] == [
        "Cookies: Necessary",
        "Cookies: Statistics",
        "Cookies: Marketing",
        "Cookies: Embedded videos",
        "Cookies: Anonymous counts",
    ]
    assert all(one.get("scope") in ("col", "row") for one in find(html, "th"))


def test_a_table_says_its_roles_which_some_browsers_forget_where_rows_look_like_cards() -> None:
    roles = {(one.tag, one.get("role")) for one in read(centre()) if one.get("role")}

    assert roles - {("p", "status")} == {
        ("table", "table"),
        ("thead", "rowgroup"),
        ("tbody", "rowgroup"),
        ("tr", "row"),
        ("th", "columnheader"),
        ("th", "rowheader"),
        ("td", "cell"),
    }


def test_a_box_is_named_by_what_is_accepted_and_described_by_what_it_is_for() -> None:
    html = centre()
    by_id = {one.get("id"): one for one in read(html) if one.get("id")}

    def told(box: Element, attribute: str) -> str:
        return " ".join(by_id[one].words for one in box.get(attribute).split())

    box = only(html, "input", value="statistics")
    assert told(box, "aria-labelledby") == "I accept Statistics"
    assert told(box, "aria-describedby").startswith("They tell us how many people visit")
    assert told(only(html, "input", value="counting"), "aria-labelledby") == (
        "Keep these on Anonymous counts"
    )


def test_the_way_back_is_kept_in_the_links_and_in_the_forms() -> None:
    html = centre(granted=["videos"], next_path="/map?a=1&b=é")

    fields = find(html, "input", type="hidden", name="next")
    back = next(one for one in find(html, "a") if one.words == "Back to the site")
    language = only(html, "a", hreflang="fr")

    assert [one.get("value") for one in fields] == ["/map?a=1&b=é"] * 2
    assert back.get("href") == "/map?a=1&b=é"
    assert language.get("href") == "?next=/map%3Fa%3D1%26b%3D%C3%A9&lang=fr"


def test_without_a_page_to_go_back_to_the_choice_leads_to_the_same_page_again() -> None:
    html = centre(texts=FRENCH)

    (field,) = find(html, "input", type="hidden", name="next")
    back = next(one for one in find(html, "a") if one.get("href") == "/")

    assert field.get("value") == "/consent/?lang=fr"
    assert back.words


def test_a_site_that_asks_nothing_says_so_and_has_no_buttons() -> None:
    html = centre(policy=Policy(necessary=["session"]))

    assert "there is nothing for you to choose" in html
    assert buttons(html) == []


def test_where_an_application_is_mounted_stands_in_every_address() -> None:
    request = ask(policy=POLICY)
    mounted = type(request)("GET", "/", visitor=request.visitor, mount="/portal")

    html = PAGES.centre(mounted, ENGLISH, next_path="")

    addresses = [one.get("href") for one in find(html, "a") + find(html, "link")]
    addresses += [one.get("action") for one in find(html, "form")]
    assert all(one.startswith(("/portal/", "?")) for one in addresses)


# The charter


@pytest.mark.law(6)
@pytest.mark.law(15)
def test_the_charter_tells_each_declared_cookie_and_who_answers_for_it() -> None:
    html = PAGES.charter(ask(policy=POLICY), ENGLISH)

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


def test_the_headings_of_the_charter_leave_out_no_level() -> None:
    html = PAGES.charter(ask(policy=POLICY), ENGLISH)

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


def test_what_is_not_translated_has_the_language_in_which_it_is_said() -> None:
    html = PAGES.charter(ask(policy=POLICY), FRENCH)

    purpose = next(one for one in find(html, "span") if one.words == "Keeps the volume.")
    assert (purpose.get("lang"), purpose.get("dir")) == ("en", "ltr")


# Other pages


def test_a_choice_from_elsewhere_is_answered_with_the_same_question_here() -> None:
    html = PAGES.forbidden(ask(policy=POLICY), ENGLISH)

    assert only(html, "h1").words == "Your choice was not saved"
    assert buttons(html) == [("accept", "Accept all"), ("refuse", "Refuse all")]
    assert "hidden" not in only(html, "section").attributes


def test_where_nothing_is_asked_it_leads_to_the_preference_centre() -> None:
    policy = Policy(necessary=["session"])

    html = pages_of(policy).forbidden(ask(policy=policy), ENGLISH)

    assert buttons(html) == []
    assert only(html, "a", **{"class": "consentgate-button"}).get("href") == "/consent/?lang=en"


def test_what_was_wrong_with_a_request_is_told_in_words() -> None:
    told = Said("Send <b>text</b>.", "en", "ltr")

    html = PAGES.problem(ask(policy=POLICY), FRENCH, status=400, message=told)

    assert only(html, "h1").words == FRENCH("This did not work")
    assert only(html, "span", lang="en").words == "Send <b>text</b>."


def test_of_a_page_that_is_not_there_the_title_says_all() -> None:
    html = PAGES.problem(ask(policy=POLICY), ENGLISH, status=404, message=Said("Not here."))

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


def test_where_the_choice_is_saved_the_preference_centre_says_so() -> None:
    saved = only(centre(), "p", id=SAVED)

    assert (saved.get("role"), saved.get("tabindex")) == ("status", "-1")
    assert saved.words == "Your choice is saved."


def test_a_page_links_the_other_languages_in_their_own_words() -> None:
    html = centre()

    english, french = (only(html, "a", hreflang=tag) for tag in ("en", "fr"))
    assert (french.words, french.get("lang")) == ("Français", "fr")
    assert english.get("aria-current") == "true"
    assert "aria-current" not in french.attributes


def test_a_site_of_one_language_has_no_links_to_languages_and_no_language_in_its_links() -> None:
    pages = pages_of(languages=["fr"])
    texts = load_texts(["fr"])["fr"]

    html = pages.centre(ask(policy=POLICY), texts, next_path="")

    assert not find(html, "nav")
    assert "lang=fr" not in html.replace('<html lang="fr"', "")


def test_without_a_controller_the_site_itself_is_named() -> None:
    policy = Policy(necessary=["session"], site="https://data.example.org:8443/portal")

    html = pages_of(policy).charter(ask(policy=policy), ENGLISH)

    assert only(html, "title").words == "Cookie charter - data.example.org:8443"


def test_without_both_no_name_stands_on_the_page() -> None:
    policy = Policy(necessary=["session"])

    html = pages_of(policy).charter(ask(policy=policy), ENGLISH)

    assert only(html, "title").words == "Cookie charter"
    assert not find(html, "p", **{"class": "consentgate-brand"})


def test_style_sheets_of_the_site_come_after_the_librarys() -> None:
    pages = pages_of(stylesheets=["/theme.css", "https://cdn.example.org/more.css"])

    html = pages.charter(ask(policy=POLICY), ENGLISH)

    sheets = [one.get("href") for one in find(html, "link", rel="stylesheet")]
    assert sheets[0].startswith("/consent/static/consent.")
    assert sheets[1:] == ["/theme.css", "https://cdn.example.org/more.css"]


# Templates of the site's own


def test_a_template_in_the_sites_folder_comes_before_the_librarys(tmp_path: Path) -> None:
    (tmp_path / "forbidden.html").write_text(
        '{% extends "page.html" %}{% block title %}No{% endblock %}'
        "{% block content %}<p>{% trans %}Accept all{% endtrans %}</p>{% endblock %}"
    )

    html = pages_of(templates=tmp_path).forbidden(ask(policy=POLICY), FRENCH)

    assert only(html, "h1").words == "No"
    assert FRENCH("Accept all") in html


def test_it_may_extend_the_librarys_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '{% extends "consentgate/page.html" %}'
        "{% block footer %}{{ super() }}<li>Ours</li>{% endblock %}"
    )

    html = pages_of(templates=tmp_path).forbidden(ask(policy=POLICY), FRENCH)

    assert [one.words for one in find(html, "li")][-1] == "Ours"
    assert FRENCH("Cookie charter") in html


@pytest.mark.parametrize(
    ("text", "told"),
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
def test_a_template_that_cannot_be_used_is_told_at_start_up(
    text: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "forbidden.html").write_text(text, encoding="latin-1")

    with pytest.raises(ConfigurationError, match=told) as caught:
        pages_of(templates=tmp_path)

    assert str(tmp_path) in str(caught.value)
