"""The preferences page: the stored choice, the categories with their cookies, the buttons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consentgate import Cookie, Policy
from consentgate.gate.visitor import VisitorConsent
from tests.pages.html_elements import Element, buttons, find, only, read
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


def states(html: str) -> dict[str, str]:
    """The state of each category, in words."""
    elements = read(html)
    titles = [one.words for one in elements if one.tag == "dt"]
    return dict(zip(titles, [one.words for one in elements if one.tag == "dd"], strict=True))


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
    assert "These cookies need no consent and cannot be switched off." in html
    assert [one.words for one in find(html, "p") if one.words == "Always on"] == ["Always on"]
    assert "Not needed: keeps your basket or your order" in html


@pytest.mark.law(16)
def test_anonymous_statistics_are_on_without_consent_and_can_be_refused() -> None:
    html = preferences_page()

    assert states(html)["Anonymous counts"] == "On: no consent needed"
    assert "These statistics are anonymous and need no consent. You can refuse them." in html
    assert "Data kept for 25 months" in html
    assert boxes(preferences_page(granted=[]))["counting"] is False


@pytest.mark.law(9)
def test_the_stored_choice_is_shown_in_words_and_in_the_boxes() -> None:
    html = preferences_page(granted=["statistics", "counting"])

    assert "You chose on 24 November 2026. Your choice is valid until 25 May 2027." in html
    assert states(html) == {
        "Statistics": "Accepted",
        "Marketing": "Refused",
        "Embedded videos": "Refused",
        "Anonymous counts": "Accepted",
    }
    assert [name for name, ticked in boxes(html).items() if ticked] == ["statistics", "counting"]


def test_an_undecided_visitor_reads_so() -> None:
    html = preferences_page()

    assert "You have not chosen yet." in html
    assert states(html)["Statistics"] == "Not chosen yet"


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
    assert states(html)["Statistics"] == "Not chosen yet"
    assert states(html)["Marketing"] == "Accepted"


def test_a_choice_of_this_very_request_is_shown_as_it_is_now() -> None:
    request = ask("POST", policy=POLICY, cookie="cookies_preferences=none")
    VisitorConsent(request.exchange).grant()

    html = PAGES.render_preferences(request, ENGLISH, next_path="").decode()

    assert "You chose on 24 November 2026." in html
    assert set(states(html).values()) == {"Accepted"}


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
def test_who_granted_something_can_withdraw_with_one_button() -> None:
    assert ("withdraw", "Withdraw my consent") in buttons(preferences_page(granted=["videos"]))


@pytest.mark.parametrize("granted", [None, []], ids=["undecided", "refused"])
def test_who_granted_nothing_finds_nothing_to_withdraw(granted: list[str] | None) -> None:
    values = [value for value, _ in buttons(preferences_page(granted=granted))]

    assert values == ["save", "accept", "refuse"]


@pytest.mark.law(22)
def test_the_signal_is_mentioned_at_the_categories_that_it_refuses() -> None:
    html = preferences_page(headers=GPC)

    assert html.count("Global Privacy Control") == 1
    assert states(html)["Marketing"] == "Refused"
    assert states(html)["Statistics"] == "Not chosen yet"


@pytest.mark.law(22)
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
        "Matomo Audience measurement",
        "All pages",
        "Tells visits apart.",
        "13 months First party",
    ]
    assert {"Videos & Co <Ltd>", "90 days Third party"} < set(cells)
    assert "player Local storage" in [one.words for one in find(html, "th", scope="row")]


def test_each_category_has_a_table_with_a_caption_and_headings() -> None:
    html = preferences_page()

    assert [one.words for one in find(html, "caption")] == [
        "Cookies: Necessary",
        "Cookies: Statistics",
        "Cookies: Marketing",
        "Cookies: Embedded videos",
        "Cookies: Anonymous counts",
    ]
    assert all(one.get("scope") in ("col", "row") for one in find(html, "th"))


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
    by_id = {one.get("id"): one for one in read(html) if one.get("id")}

    def text_of(box: Element, attribute: str) -> str:
        return " ".join(by_id[one].words for one in box.get(attribute).split())

    box = only(html, "input", value="statistics")
    assert text_of(box, "aria-labelledby") == "I accept Statistics"
    assert text_of(box, "aria-describedby").startswith("Count visits and see")
    assert text_of(only(html, "input", value="counting"), "aria-labelledby") == (
        "Keep on Anonymous counts"
    )


def test_the_way_back_is_kept_in_the_links_and_in_the_forms() -> None:
    html = preferences_page(granted=["videos"], next_path="/map?a=1&b=%C3%A9")

    fields = find(html, "input", type="hidden", name="next")
    back = next(one for one in find(html, "a") if one.words == "Back to the site")
    language = only(html, "a", hreflang="fr")

    assert [one.get("value") for one in fields] == ["/map?a=1&b=%C3%A9"] * 2
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
