"""The preferences page: the stored choice, the categories with their cookies, the buttons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consentgate import Cookie, Policy
from consentgate.gate.visitor import VisitorConsent
from tests.pages.html_elements import buttons, find, only, read
from tests.support.exchange import NOW, Clock, preferences_for
from tests.support.page_requests import ask
from tests.support.pages import (
    ASKED,
    ENGLISH,
    FRENCH,
    GPC,
    PAGES,
    POLICY,
    pages_of,
    preferences_page,
)

SAVED = "consentgate-saved"


def boxes(html: str) -> dict[str, bool]:
    """The box of each category, and whether it is ticked."""
    inputs = find(html, "input", type="checkbox", name="category")
    return {box.get("value"): "checked" in box.attributes for box in inputs}


def accepted(html: str) -> list[str]:
    """The categories whose boxes are ticked."""
    return [name for name, is_ticked in boxes(html).items() if is_ticked]


@pytest.mark.law(5)
def test_nothing_that_needs_consent_is_ticked_beforehand() -> None:
    assert boxes(preferences_page()) == {
        "statistics": False,
        "marketing": False,
        "videos": False,
        "counting": True,
    }


@pytest.mark.law(15)
def test_what_is_necessary_is_explained_and_has_no_box() -> None:
    html = preferences_page()

    assert "necessary" not in boxes(html)
    assert [one.words for one in find(html, "h2")][-1] == "Necessary Always on"
    assert "Without these cookies, the site cannot do what you ask." in html
    assert "Not needed: keeps your basket or your order" in html


@pytest.mark.law(16)
def test_anonymous_statistics_are_on_without_consent_and_can_be_refused() -> None:
    html = preferences_page()

    assert "These statistics are anonymous and need no consent. You can refuse them." in html
    assert "Data kept for 25 months" in html
    assert boxes(preferences_page(granted=[]))["counting"] is False


@pytest.mark.law(9)
def test_the_stored_choice_is_shown_in_words_and_in_the_boxes() -> None:
    html = preferences_page(granted=["statistics", "counting"])

    assert "You chose on 24 November 2026. Your choice is valid until 25 May 2027." in html
    assert accepted(html) == ["statistics", "counting"]


def test_an_undecided_visitor_reads_so() -> None:
    assert "You have not chosen yet." in preferences_page()


def test_a_visitor_whose_choice_is_too_old_reads_so() -> None:
    later = Clock(NOW + timedelta(days=184))

    html = preferences_page(granted=["statistics"], clock=later)

    assert "Your last choice has expired." in html
    assert boxes(html)["statistics"] is False


def test_a_visitor_who_chose_about_something_else_reads_so() -> None:
    tracker = Cookie(
        "_ga", category="statistics", provider="G", purpose="p", lifetime="1 year", party="third"
    )
    changed = POLICY.with_cookies(tracker)

    html = preferences_page(policy=changed, cookie=preferences_for(*ASKED, policy=POLICY))

    assert "The cookies that you chose about have changed since then." in html
    assert accepted(html) == ["marketing", "videos"]


def test_a_choice_of_this_very_request_is_shown_as_it_is_now() -> None:
    request = ask("POST", policy=POLICY, cookie="cookies_preferences=none")
    VisitorConsent(request.exchange).grant()

    html = PAGES.render_preferences(request, ENGLISH, next_path="").decode()

    assert "You chose on 24 November 2026." in html
    assert set(boxes(html).values()) == {True}


@pytest.mark.law(3)
@pytest.mark.law(4)
def test_to_refuse_all_is_a_button_of_the_same_kind_as_to_accept_all() -> None:
    html = preferences_page(granted=["statistics"])
    accept, refuse = find(html, "button", name="choice")[-2:]

    assert accept.get("class") == refuse.get("class") == "consentgate-button"
    assert accept.attributes.keys() == refuse.attributes.keys()
    assert accept.parent is refuse.parent
    assert (accept.words, refuse.words) == ("Accept all", "Refuse all")


@pytest.mark.law(5)
def test_what_enter_in_a_box_presses_saves_the_boxes() -> None:
    # The first button of a form is its default (HTML standard, 4.10.21.2 implicit submission).
    assert buttons(preferences_page())[0] == ("save", "Save my choices")


@pytest.mark.law(9)
def test_to_withdraw_is_to_refuse_all_and_the_page_says_so() -> None:
    html = preferences_page(granted=["videos"])

    assert [value for value, _ in buttons(html)] == ["save", "accept", "refuse"]
    assert "To withdraw your consent, choose “Refuse all”." in html


@pytest.mark.parametrize("granted", [None, []], ids=["undecided", "refused"])
def test_who_granted_nothing_reads_of_no_withdrawal(granted: list[str] | None) -> None:
    assert "withdraw" not in preferences_page(granted=granted)


def test_the_question_comes_first_and_what_is_necessary_last() -> None:
    html = preferences_page()

    headings = [one.words for one in read(html) if one.tag in ("h1", "h2", "h3")]
    assert headings == [
        "Cookie settings",
        "Choose for each purpose",
        *("Statistics", "Marketing", "Embedded videos", "Anonymous counts"),
        "Necessary Always on",
    ]


def test_the_cookies_of_each_purpose_are_folded() -> None:
    folds = find(preferences_page(), "details")

    assert ["open" in one.attributes for one in folds] == [False] * 5


def test_where_there_is_only_what_is_necessary_its_cookies_are_shown() -> None:
    (fold,) = find(preferences_page(policy=Policy(necessary=["session"])), "details")

    assert "open" in fold.attributes


@pytest.mark.parametrize(
    ("category", "line"),
    [
        ("statistics", "Count visits and see which pages people read."),
        ("videos", "These cookies are used only with your consent."),
        (
            "counting",
            "These statistics are anonymous and need no consent. You can refuse them.",
        ),
        ("necessary", "Without these cookies, the site cannot do what you ask."),
    ],
)
def test_a_purpose_has_one_line(category: str, line: str) -> None:
    html = preferences_page()

    assert only(html, "p", id=f"consentgate-{category}-about").words == line


def test_an_exception_within_a_purpose_is_explained_beside_what_it_is_for() -> None:
    counter = Cookie("hits", category="statistics", anonymous=True, provider="V", purpose="p")

    html = preferences_page(policy=POLICY.with_cookies(counter))

    line = only(html, "p", id="consentgate-statistics-about").words
    assert line.startswith("Count visits and see which pages people read. These")
    assert line.endswith("Those that need no consent are already on, and you can refuse them too.")


@pytest.mark.law(22)
@pytest.mark.law(33)
def test_one_sentence_names_what_the_signal_refuses() -> None:
    html = preferences_page(headers=GPC)

    (sentence,) = find(html, "p", **{"class": "consentgate-signal"})
    assert sentence.words == "Refused by your browser (Global Privacy Control): Marketing."
    assert html.count("Global Privacy Control") == 1
    assert "Global Privacy Control" not in preferences_page()


@pytest.mark.law(22)
@pytest.mark.law(33)
def test_an_explicit_choice_wins_over_the_signal_which_is_not_mentioned() -> None:
    html = preferences_page(granted=["marketing"], headers=GPC)

    assert "Global Privacy Control" not in html
    assert boxes(html)["marketing"] is True


@pytest.mark.law(6)
def test_each_cookie_is_shown_with_all_that_is_declared() -> None:
    html = preferences_page()
    cells = [one.words for one in find(html, "td")]

    start = cells.index("All pages") - 1
    assert cells[start : start + 4] == [
        "Matomo Audience measurement First party",
        "All pages",
        "Tells visits apart.",
        "13 months",
    ]
    assert {"Videos & Co <Ltd> Third party", "90 days"} < set(cells)
    assert "player Local storage" in [one.words for one in find(html, "th", scope="row")]


def test_each_category_has_a_table_with_a_caption_and_headings() -> None:
    html = preferences_page()

    assert [one.words for one in find(html, "caption")] == [
        "Cookies: Statistics",
        "Cookies: Marketing",
        "Cookies: Embedded videos",
        "Cookies: Anonymous counts",
        "Cookies: Necessary",
    ]
    assert all(one.get("scope") in ("col", "row") for one in find(html, "th"))
    assert [one.words for one in find(html, "th", scope="col")][:5] == [
        *("Cookie", "Provider", "Where used", "Purpose", "Lifetime")
    ]


def test_a_long_name_of_a_cookie_can_break_where_its_parts_meet() -> None:
    html = preferences_page(policy=Policy(necessary=["the-longest_session.id-of-all", "a_b-c.d"]))

    assert "the-<wbr>longest_<wbr>session.<wbr>id-<wbr>of-<wbr>all" in html
    assert "a_b-c.d" in html


def test_a_table_says_its_roles_which_some_browsers_forget_where_rows_look_like_cards() -> None:
    roles = {(one.tag, one.get("role")) for one in read(preferences_page()) if one.get("role")}

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
    html = preferences_page()

    box = only(html, "input", value="statistics")
    label = only(html, "label", **{"for": box.get("id")})
    about = only(html, "p", id=box.get("aria-describedby"))
    assert label.words == "Statistics"
    assert about.words.startswith("Count visits and see")
    assert only(html, "legend").words == "Choose for each purpose"
    assert all(one.is_in("fieldset") for one in find(html, "input", type="checkbox"))


def test_the_way_back_is_kept_in_the_links_and_in_the_forms() -> None:
    html = preferences_page(granted=["videos"], next_path="/map?a=1&b=%C3%A9")

    fields = find(html, "input", type="hidden", name="next")
    back = only(html, "a", **{"class": "consentgate-brand"})
    language = only(html, "a", hreflang="fr")

    assert [one.get("value") for one in fields] == ["/map?a=1&b=%C3%A9"]
    assert back.get("href") == "/map?a=1&b=%C3%A9"
    assert language.get("href") == "?next=/map%3Fa%3D1%26b%3D%25C3%25A9&lang=fr"


def test_without_a_page_to_go_back_to_the_choice_leads_to_the_same_page_again() -> None:
    html = preferences_page(texts=FRENCH)

    (field,) = find(html, "input", type="hidden", name="next")
    back = next(one for one in find(html, "a") if one.get("href") == "/")

    assert field.get("value") == "/consent/?lang=fr"
    assert back.words


def test_a_site_that_asks_nothing_says_so_and_has_no_buttons() -> None:
    html = preferences_page(policy=Policy(necessary=["session"]))

    assert "you have nothing to choose" in html
    assert buttons(html) == []


def test_the_mount_point_is_in_every_address() -> None:
    request = ask(policy=POLICY)
    mounted = type(request)("GET", "/", exchange=request.exchange, mount="/portal")

    html = PAGES.render_preferences(mounted, ENGLISH, next_path="").decode()

    addresses = [one.get("href") for one in find(html, "a") + find(html, "link")]
    addresses += [one.get("action") for one in find(html, "form")]
    assert all(one.startswith(("/portal/", "?")) for one in addresses)


def test_a_page_that_is_known_is_filled_in_for_each_visitor() -> None:
    pages = pages_of()
    paths = ["/a", "/b?c=d&e=%22", "/it's", "/a;b?c=(d)&e=%25", ""]

    def page(path: str, *granted: str) -> str:
        asked = ask(cookie=preferences_for(*granted, policy=POLICY), policy=POLICY)
        return pages.render_preferences(asked, ENGLISH, next_path=path).decode()

    first = {path: page(path, "videos") for path in paths}

    assert {path: page(path, "videos") for path in paths} == first
    assert not {page(path) for path in paths} & {*first.values()}
    for path, html in first.items():
        assert html == preferences_page(granted=["videos"], next_path=path)
        fields = [one.get("value") for one in find(html, "input", type="hidden", name="next")]
        assert set(fields) == {path or "/consent/?lang=en"}
