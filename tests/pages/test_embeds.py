"""Embeds without consent: who is named, and what it takes to show one once."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Category, Cookie, Policy
from consentgate.pages.embeds import MOST_FIELDS, ONCE, is_shown_once, name_of, providers_of
from consentgate.pages.http import PageAddress
from consentgate.pages.template_helpers import TemplateHelpers
from tests.support.exchange import gate_of, preferences_for
from tests.support.gate_exchange import HOST, visit_of
from tests.support.pages import pages_by_policy

FRAME = '<iframe src="https://player.example/1" title="A film"></iframe>'
NAME = name_of("videos", FRAME)
SAME_SITE = {"sec-fetch-site": "same-origin"}

POLICY = Policy(
    necessary=["session"],
    categories=[Category("videos", title={"en": "Videos", "fr": "Vidéos"})],
    cookies=[
        Cookie("own", category="videos", provider="Us"),
        Cookie("player", category="videos", provider="Tube & Co", party="third"),
        Cookie("player2", category="videos", provider="Tube & Co", party="third"),
        Cookie("unnamed", category="videos"),
        Cookie("counter", category="statistics", provider="Us"),
        Cookie("plain", category="marketing"),
    ],
)

REFUSED = preferences_for(policy=POLICY)


def shown(
    *,
    category: str = "videos",
    address: str = "/page",
    cookie: str = "",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    **options: Any,
) -> str:
    """What a page shows for an embed."""
    exchange = visit_of(
        gate_of(policy=POLICY), cookie=cookie, method=method, headers=[*(headers or {}).items()]
    )
    exchange.pages = pages_by_policy(POLICY)
    helpers = TemplateHelpers(exchange, lambda: PageAddress("/mount", address))
    return helpers.embed(category, FRAME, **options)


def test_with_consent_an_embed_is_as_the_template_has_it() -> None:
    assert shown(cookie=preferences_for("videos", policy=POLICY)) == FRAME


@pytest.mark.law(1)
@pytest.mark.parametrize(
    "cookie", ["", preferences_for(policy=POLICY)], ids=["undecided", "refused"]
)
def test_without_consent_nothing_of_it_is_in_the_page(cookie: str) -> None:
    text = shown(cookie=cookie)

    assert "player.example" not in text
    assert "Content from Tube &amp; Co" in text
    assert "(Videos)" in text


def test_the_site_may_name_the_provider() -> None:
    assert 'aria-label="Content from Maps Ltd"' in shown(provider="Maps Ltd")


@pytest.mark.parametrize(
    ("category", "providers"),
    [("videos", ("Tube & Co",)), ("statistics", ("Us",)), ("marketing", ())],
)
def test_third_parties_are_named_before_the_site_itself(
    category: str, providers: tuple[str, ...]
) -> None:
    assert providers_of(category, POLICY) == providers


def test_a_category_in_which_nobody_is_named_stands_for_its_provider() -> None:
    assert "Content from Marketing" in shown(category="marketing")


def test_the_placeholder_keeps_the_size_of_what_it_stands_for() -> None:
    assert '<svg width="560" height="315" viewBox="0 0 560 315"' in shown(width=560, height=315)
    assert "<svg" not in shown(width=560)


def test_the_language_may_be_the_page_s() -> None:
    text = shown(language="fr")

    assert 'lang="fr"' in text
    assert "Afficher une fois" in text


def test_always_allow_grants_this_category_and_leads_back() -> None:
    text = shown(address="/page?a=1")

    assert 'method="post" action="/mount/consent/"' in text
    assert '<input type="hidden" name="next" value="/page?a=1">' in text
    assert '<input type="hidden" name="category" value="videos">' in text
    assert 'name="choice" value="allow">Always allow</button>' in text


def test_show_once_leads_back_to_the_same_page_with_its_query() -> None:
    text = shown(address=f"/page?a=1&b=%26&{ONCE}=another")

    assert f'<form method="get" action="/page#{NAME}"' in text
    assert '<input type="hidden" name="a" value="1">' in text
    assert '<input type="hidden" name="b" value="&amp;">' in text
    assert "another" not in text.partition('<form method="post"')[0]
    assert f'name="{ONCE}" value="{NAME}">Show once</button>' in text


@pytest.mark.parametrize(
    ("address", "method"), [("/page", "POST"), ("", "GET")], ids=["a form's answer", "no address"]
)
def test_a_page_that_cannot_be_asked_for_again_shows_nothing_once(
    address: str, method: str
) -> None:
    assert "Show once" not in shown(address=address, method=method)


@pytest.mark.law(5)
def test_who_asked_for_it_on_the_site_sees_this_embed_alone() -> None:
    address = f"/page?{ONCE}={NAME}"

    assert shown(address=address, headers=SAME_SITE) == f'<div id="{NAME}">{FRAME}</div>'
    assert FRAME not in shown(address=address, headers=SAME_SITE, name="another")


@pytest.mark.law(5)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "referer": "https://www.example.org/"},
        {},
        {"referer": "https://elsewhere.example/"},
        {"referer": "http://["},
    ],
)
def test_a_link_from_elsewhere_shows_nothing(headers: dict[str, str]) -> None:
    assert FRAME not in shown(address=f"/page?{ONCE}={NAME}", headers=headers)


def test_an_older_browser_shows_by_its_referrer_where_it_comes_from() -> None:
    sent = {"referer": f"https://{HOST}/page"}

    assert FRAME in shown(address=f"/page?{ONCE}={NAME}", headers=sent)


def test_a_page_that_shows_an_embed_once_is_for_its_visitor_alone() -> None:
    exchange = visit_of(gate_of(policy=POLICY), headers=[*SAME_SITE.items()])

    assert is_shown_once("a", exchange, query=f"{ONCE}=a")
    assert exchange.is_private


@pytest.mark.law(5)
def test_an_embed_that_is_shown_once_opens_its_category_in_this_page_alone() -> None:
    exchange = visit_of(gate_of(policy=POLICY), headers=[*SAME_SITE.items()])
    exchange.pages = pages_by_policy(POLICY)
    helpers = TemplateHelpers(exchange, lambda: PageAddress("", f"/page?{ONCE}={NAME}"))

    helpers.embed("videos", FRAME)

    assert exchange.shown_once == {"videos"}
    assert "videos" not in exchange.choice.granted
    assert not exchange.has_changed


def test_a_query_of_too_many_fields_shows_nothing() -> None:
    exchange = visit_of(gate_of(policy=POLICY), headers=[*SAME_SITE.items()])

    assert not is_shown_once("a", exchange, query=f"{ONCE}=a" + "&x=1" * MOST_FIELDS)
