"""The snippets in the pages of the site."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from consentgate import Category, Cookie, Policy
from consentgate.pages.render import Pages
from consentgate.pages.snippets import Form, Saved
from consentgate.pages.texts import Texts
from tests.pages.html_elements import find, only, read
from tests.support.pages import ENGLISH, FRENCH, PAGES, pages_of

Render = Callable[..., str]


def filled(
    show: Callable[..., Form],
    texts: Texts,
    *,
    mount: str = "",
    next_path: str = "",
    nonce: str = "",
) -> str:
    """A snippet as text, its blanks filled in."""
    form = show(texts, mount=mount, has_next=next_path != "", has_nonce=nonce != "")
    return form.fill(next_path, nonce).decode("ascii")


def static_text(
    texts: Texts,
    *,
    pages: Pages = PAGES,
    mount: str = "",
    nonce: str = "",
    readable_cookie: str = "",
) -> str:
    html = pages.static_banner(texts, mount=mount, nonce=nonce, readable_cookie=readable_cookie)
    return html.decode("ascii")


ALL: dict[str, Render] = {
    "banner": partial(filled, PAGES.banner),
    "settings": partial(filled, PAGES.settings),
    "static": static_text,
}
each = pytest.mark.parametrize("render", ALL.values(), ids=ALL)


def banner(**given: str) -> str:
    return filled(PAGES.banner, ENGLISH, **given)


def static_banner(*, readable_cookie: str = "") -> str:
    return static_text(ENGLISH, readable_cookie=readable_cookie)


# What search engines make of it


@pytest.mark.behaviour(41)
@each
def test_search_engines_show_nothing_of_it_and_follow_no_link(render: Render) -> None:
    html = render(ENGLISH)

    assert "data-nosnippet" in only(html, "div", id="consentgate").attributes
    links = find(html, "a")
    assert links
    assert {link.attributes.get("rel") for link in links} == {"nofollow"}


# The question


@pytest.mark.law(3)
@pytest.mark.law(4)
def test_the_banner_has_two_buttons_of_one_kind_beside_each_other() -> None:
    html = banner()
    accept, refuse = find(html, "button")

    assert (accept.get("value"), accept.words) == ("accept", "Accept all")
    assert (refuse.get("value"), refuse.words) == ("refuse", "Refuse all")
    assert accept.get("class") == refuse.get("class")
    assert accept.attributes.keys() == refuse.attributes.keys()


@pytest.mark.law(6)
def test_the_banner_says_who_asks_and_for_what_before_the_choice() -> None:
    html = banner()

    assert only(html, "h2").words == "Cookies on data.example.org"
    shown = [one for one in find(html, "p") if "hidden" not in one.attributes]
    assert shown[0].words == (
        "This site asks for your consent to use cookies. Data controller: Ville d'Exemple."
    )
    assert [one.words for one in find(html, "dt")] == ["Statistics", "Marketing", "Embedded videos"]
    assert html.index("You can change your mind at any time.") < html.index("<button")


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("Open data", "Open data", "Open data"),
        ({"en": "Open data", "fr": "Données ouvertes"}, "Open data", "Données ouvertes"),
        ({"fr": "Données ouvertes"}, "Données ouvertes", "Données ouvertes"),
        ("  ", "example.org", "example.org"),
    ],
    ids=repr,
)
def test_the_heading_names_the_site_as_visitors_call_it(
    name: str | dict[str, str], english: str, french: str
) -> None:
    tracker = Cookie("_ga", category="statistics")
    policy = Policy(cookies=[tracker], site="https://example.org", site_name=name)

    headings = [
        only(filled(pages_of(policy).banner, texts), "h2").words for texts in (ENGLISH, FRENCH)
    ]

    assert headings == [f"Cookies on {english}", f"Cookies sur {french}"]


def test_without_site_and_controller_the_banner_speaks_of_this_site() -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")])

    html = filled(pages_of(policy).banner, ENGLISH)

    assert only(html, "h2").words == "Cookies on this site"
    assert "This site asks for your consent" in html


@pytest.mark.law(19)
def test_the_banner_is_in_the_language_of_the_page() -> None:
    root = find(filled(PAGES.banner, FRENCH), "div")[0]

    assert (root.get("id"), root.get("lang"), root.get("dir")) == ("consentgate", "fr", "ltr")


def test_the_choice_is_sent_as_a_form_that_knows_the_way_back() -> None:
    html = banner(next_path='/map?q="<%C3%A9>&x=1')
    form = only(html, "form")

    assert (form.get("method"), form.get("action")) == ("post", "/consent/")
    # The site's page may be in another encoding, in which its forms would be sent.
    assert form.get("accept-charset") == "utf-8"
    assert only(html, "input", name="next").get("value") == '/map?q="<%C3%A9>&x=1'


def test_to_choose_is_a_link_that_knows_the_way_back_and_the_language() -> None:
    html = filled(PAGES.banner, FRENCH, mount="/portal", next_path="/portal/map?a=1&lang=de")

    assert find(html, "a")[0].get("href") == (
        "/portal/consent/?next=/portal/map%3Fa%3D1%26lang%3Dde&lang=fr"
    )


# After the choice


@pytest.mark.law(9)
@pytest.mark.parametrize("render", [ALL["settings"], ALL["static"]], ids=["settings", "static"])
def test_the_way_back_to_the_choice_is_on_each_page(render: Render) -> None:
    links = find(render(ENGLISH), "a", **{"class": "consentgate-link"})

    assert links[-1].words == "Cookie settings"
    assert links[-1].get("href").startswith("/consent/?")
    assert not links[-1].is_in("noscript")


def strip_of(saved: Saved | None) -> str:
    return PAGES.settings(ENGLISH, mount="", saved=saved).fill("").decode("ascii")


STATISTICS_ONLY = (frozenset({"statistics"}), frozenset({"marketing", "videos"}))


@pytest.mark.behaviour(36)
def test_a_page_can_say_which_choice_is_saved() -> None:
    saved = only(strip_of(STATISTICS_ONLY), "p", id="consentgate-saved")

    assert (saved.get("role"), saved.get("tabindex")) == ("status", "-1")
    assert saved.words.startswith(
        "Your choice is saved. Statistics \N{EN DASH} Accepted. Marketing \N{EN DASH} Refused."
    )


@pytest.mark.behaviour(36)
@pytest.mark.parametrize("html", [banner(), strip_of(None)], ids=["banner", "settings"])
def test_a_page_without_a_choice_says_only_that_none_was_kept(html: str) -> None:
    message = only(html, "p", **{"class": "consentgate-unsaved"})

    assert message.words.startswith(
        "Your choice was not saved. Your browser does not keep cookies from this site."
    )
    assert message.get("role") == "status"
    assert "hidden" in message.attributes  # without the style sheet it claims nothing
    assert "Your choice is saved" not in html


@pytest.mark.behaviour(36)
def test_the_page_for_everybody_says_neither_until_the_script_knows() -> None:
    html = static_banner()
    saved = only(html, "p", id="consentgate-saved")
    unsaved = only(html, "p", **{"class": "consentgate-unsaved"})

    assert "hidden" in saved.attributes
    assert "hidden" in unsaved.attributes
    words = [one for one in find(html, "span") if "data-category" in one.attributes]
    assert {(one.get("data-category"), one.get("data-choice")) for one in words} >= {
        ("statistics", "granted"),
        ("statistics", "refused"),
    }
    assert all("hidden" in one.attributes for one in words)


def test_a_visitor_who_is_not_asked_finds_no_buttons() -> None:
    html = filled(PAGES.settings, ENGLISH, next_path="/")

    assert find(html, "button") == []
    assert only(html, "section").get("aria-label") == "Cookie settings"


# The same for everybody


def test_the_static_banner_is_hidden_until_the_script_knows_whom_it_concerns() -> None:
    html = static_banner()
    question = only(html, "section", **{"class": "consentgate-banner"})

    assert "hidden" in question.attributes
    assert only(html, "input", name="next").get("value") == ""


@pytest.mark.behaviour(16)
def test_without_scripts_the_static_banner_leads_to_the_choice() -> None:
    (link,) = [one for one in find(static_banner(), "a") if one.is_in("noscript")]

    assert link.words == "Choose for each purpose"
    assert link.get("href") == "/consent/?lang=en"


def test_the_script_gets_where_to_ask_and_the_undecided_state() -> None:
    root = find(static_banner(), "div")[0]

    assert root.get("data-state") == "/consent/state.js"
    assert json.loads(root.get("data-categories")) == {
        "necessary": "exempt",
        "statistics": "undecided",
        "marketing": "undecided",
        "videos": "undecided",
        "counting": "exempt",
    }
    assert root.get("data-gpc") == "marketing"


def test_the_script_looks_for_the_cookie_only_where_it_can_be_read() -> None:
    hidden = find(static_banner(), "div")[0]
    readable = find(static_banner(readable_cookie="choice"), "div")[0]

    assert "data-readable" not in hidden.attributes
    assert "data-cookie" not in hidden.attributes
    assert "data-readable" in readable.attributes
    assert readable.get("data-cookie") == "choice"


# All of them


@each
def test_all_that_is_inserted_is_ascii_in_one_element(render: Render) -> None:
    html = render(FRENCH)
    elements = read(html)

    assert html.isascii()
    assert [one.get("id") for one in elements if one.parent is None] == ["consentgate"]
    assert "é" in "".join(elements[0].texts)


@each
def test_style_sheet_and_script_come_from_the_site_itself(render: Render) -> None:
    html = render(ENGLISH)

    assert only(html, "link").get("href").startswith("/consent/static/consent.")
    script = only(html, "script")
    assert script.get("src").startswith("/consent/static/consent.")
    assert "defer" in script.attributes


@pytest.mark.behaviour(17)
@each
def test_the_sites_nonce_is_on_style_sheet_and_script(render: Render) -> None:
    html = render(ENGLISH, nonce='a"b')

    assert only(html, "link").get("nonce") == 'a"b'
    assert only(html, "script").get("nonce") == 'a"b'


@pytest.mark.behaviour(17)
@each
def test_nothing_inline_is_inserted(render: Render) -> None:
    html = render(ENGLISH)

    for element in read(html):
        assert element.tag != "style"
        assert not any(name == "style" or name.startswith("on") for name in element.attributes)
    assert only(html, "script").words == ""


@each
def test_without_a_nonce_there_is_none(render: Render) -> None:
    assert "nonce" not in render(ENGLISH)


@each
def test_what_is_inserted_is_rendered_once_and_filled_in_for_each_page(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = render(ENGLISH)
    rendered: list[str] = []
    monkeypatch.setattr(
        type(PAGES._templates), "render", lambda *args, **values: rendered.append(args[1])
    )

    assert render(ENGLISH) == first
    assert rendered == []


def test_what_one_visitor_is_given_is_in_nobody_elses_page() -> None:
    mine = banner(next_path="/mine", nonce="abc")
    yours = banner(next_path="/yours", nonce="xyz")

    assert "mine" not in yours
    assert "abc" not in yours
    assert mine.replace("mine", "yours").replace("abc", "xyz") == yours


@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_a_title_in_another_language_is_marked_as_such(texts: Texts) -> None:
    policy = Policy(
        cookies=[Cookie("w", category="weather")],
        categories=[Category("weather", title={"de": "Wetter"})],
        default_language="de",
    )

    html = filled(pages_of(policy).banner, texts)

    assert only(html, "span", lang="de").words == "Wetter"


def test_what_a_site_wrote_cannot_become_markup() -> None:
    policy = Policy(
        cookies=[Cookie("w", category="weather")],
        categories=[Category("weather", title="<script>alert(1)</script>", description='"><b>')],
    )

    html = filled(pages_of(policy).banner, ENGLISH)

    assert only(html, "dt").words == "<script>alert(1)</script>"
    assert only(html, "dd").words == '"><b>'


def test_without_categories_for_the_signal_the_script_gets_none() -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")])

    root = find(static_text(ENGLISH, pages=pages_of(policy)), "div")[0]

    assert root.get("data-gpc") == ""
