"""The helpers with which a site's templates place the banner, the link and the charter."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import ConfigurationError, Cookie, Policy
from consentgate.ext.flask import consent_banner
from tests.ext.template_sites import EVERYWHERE, Show, show_below_a_mount
from tests.support.exchange import preferences_for
from tests.support.frameworks import Send

PAGE = Send(path="/page", query="a=b&c=%20d")
BANNER = '<section class="consentgate-banner"'
STRIP = '<section class="consentgate-settings"'
HERE = "/page?a=b&amp;c=%20d"
NOTHING_TO_ASK = Policy(necessary=["session"])


@pytest.fixture(params=list(EVERYWHERE.values()), ids=list(EVERYWHERE))
def show(request: Any) -> Show:
    """Each way to show a template."""
    shown: Show = request.param
    return shown


def test_who_is_to_be_asked_finds_the_banner(show: Show) -> None:
    text = show("banner", PAGE).text

    assert BANNER in text
    assert f'<input type="hidden" name="next" value="{HERE}">' in text
    assert text.isascii()


@pytest.mark.law(9)
def test_who_has_chosen_finds_the_way_back_to_the_choice(show: Show) -> None:
    sent = Send(path="/page", cookie=preferences_for("statistics"))

    text = show("banner", sent).text

    assert STRIP in text
    assert BANNER not in text
    assert 'href="/consent/?next=/page' in text


@pytest.mark.behaviour(14)
def test_a_page_with_the_banner_is_marked_as_depending_on_the_choice(show: Show) -> None:
    assert "Cookie" in show("banner", PAGE)["vary"]


@pytest.mark.parametrize(
    "options",
    [
        {"policy": NOTHING_TO_ASK},
        {"required": lambda _: "silent"},
        {"required": lambda _: "not-required"},
        {"mode": "report"},
    ],
    ids=["nothing to ask", "silent", "not required", "report mode"],
)
def test_where_nobody_is_asked_there_is_no_banner(show: Show, options: dict[str, Any]) -> None:
    assert show("banner", PAGE, **options).body == b""


@pytest.mark.law(22)
def test_who_sends_the_signal_is_not_asked_where_it_covers_all(show: Show) -> None:
    policy = Policy(cookies=[Cookie("_fbp", category="marketing")])
    sent = Send(path="/page", headers=(("Sec-GPC", "1"),))

    assert STRIP in show("banner", sent, policy=policy).text


def test_the_banner_can_have_the_nonce_of_the_page(show: Show) -> None:
    assert 'nonce="abc"' in show("banner with a nonce", PAGE).text


@pytest.mark.law(9)
def test_a_link_leads_to_the_preference_centre_and_back(show: Show) -> None:
    text = show("link", PAGE).text

    assert text.startswith('<a class="consentgate-link" href="/consent/?next=/page')
    assert ' rel="nofollow" target="_self">' in text
    assert "Cookie settings</a>" in text


@pytest.mark.law(15)
def test_the_charter_fits_into_a_page_of_the_sites_own(show: Show) -> None:
    text = show("charter", PAGE).text

    assert "_pk_id" in text
    assert "<h1" not in text
    assert "<html" not in text


@pytest.mark.law(1, 18)
def test_what_is_embedded_needs_consent(show: Show) -> None:
    allowed = Send(path="/page", cookie=preferences_for("statistics"))

    without = show("embed", PAGE)

    assert show("embed", allowed).text == "<b>2</b>"
    assert "<b>" not in without.text
    assert '<div id="map" class="consentgate consentgate-embed"' in without.text
    assert "Content from Maps" in without.text
    assert '<svg width="4" height="3"' in without.text
    assert "Cookie" in without["vary"]


def test_an_embed_is_shown_once_to_who_asks_for_it_on_the_site(show: Show) -> None:
    query = "a=b&consent-once=map"
    sent = Send(path="/page", query=query, headers=(("Sec-Fetch-Site", "same-origin"),))

    shown = show("embed", sent)

    assert shown.text == '<div id="map"><b>2</b></div>'
    assert "private" in shown["cache-control"]
    assert "<b>" not in show("embed", Send(path="/page", query=query)).text


def test_a_placeholder_is_in_the_language_of_the_page(show: Show) -> None:
    assert "Toujours autoriser" in show("embed in French", PAGE).text


def test_the_page_says_in_which_language(show: Show) -> None:
    text = show("all in French", PAGE).text

    assert text.count('lang="fr"') >= 2
    assert "Tout refuser" in text
    assert "Accept" not in text


def test_without_another_word_it_is_the_browsers() -> None:
    sent = Send(path="/page", headers=(("Accept-Language", "fr"),))

    assert "Tout refuser" in EVERYWHERE["flask"]("banner", sent).text
    assert "Tout refuser" in EVERYWHERE["starlette"]("banner", sent).text


@pytest.mark.parametrize("what", ["banner", "link", "charter"])
def test_below_what_the_server_mounts_all_addresses_have_the_mount(show: Show, what: str) -> None:
    sent = Send(path="/page", mount="/\xe9t\xe9")

    text = show(what, sent).text

    assert "/%C3%A9t%C3%A9/consent/" in text
    assert '"/consent/' not in text


def test_below_a_mount_inside_the_gate_the_addresses_are_the_gates() -> None:
    text = show_below_a_mount("banner", Send(path="/part/page", mount="/site")).text

    assert 'action="/site/consent/"' in text
    assert 'name="next" value="/site/part/page"' in text


# Under ASGI Django leaves a file open where an error is not made a page of.
@pytest.mark.parametrize("name", ["flask", "starlette", "django", "django's middleware"])
def test_a_gate_without_pages_has_nothing_to_place(name: str) -> None:
    with pytest.raises(ConfigurationError, match="give the middleware a prefix"):
        EVERYWHERE[name]("link", PAGE, prefix=None)


def test_outside_of_a_request_the_helpers_say_so() -> None:
    with pytest.raises(RuntimeError, match="request context"):
        consent_banner()
