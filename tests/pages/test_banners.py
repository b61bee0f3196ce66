"""Whose page has which text, and by which id each variant is known."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Cookie, Policy
from consentgate.gate.exchange import Exchange
from consentgate.pages.banners import Banners
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.http import PageAddress
from consentgate.pages.options import PagesOptions
from tests.support.exchange import POLICY, gate_of, preferences_for
from tests.support.gate_exchange import visit_of

SIGNALLED = Policy(
    necessary=["session"],
    cookies=[Cookie("_fbp", category="marketing", provider="F", purpose="p", lifetime="90 days")],
)
SIGNAL = [("sec-gpc", "1")]
ADDRESS = PageAddress("", "/page")
IN_FRENCH = [("accept-language", "fr")]


def banners_of(policy: Policy = POLICY, **options: Any) -> Banners:
    return PagesByPolicy(PagesOptions(**options)).of(policy).banners


def exchange_with(policy: Policy = POLICY, **request: Any) -> Exchange:
    return visit_of(gate_of(policy=policy), **request)


def text_of(
    exchange: Exchange,
    *,
    banners: Banners | None = None,
    language: str = "en",
    address: PageAddress = ADDRESS,
    nonce: str = "",
) -> str:
    own = banners or banners_of()
    question = own.ask(exchange)
    text = own.text_for(exchange, question, language=language, address=address, nonce=nonce)
    return text.decode("ascii")


def asked(policy: Policy, **request: Any) -> tuple[bool, bool]:
    """Whether the visitor is asked, and whether the response depends on the browser's signal."""
    exchange = exchange_with(policy, **request)
    asks = banners_of(policy).ask(exchange).asks
    assert exchange.varies_on_cookie
    return asks, exchange.varies_on_gpc


@pytest.mark.law(22)
def test_the_signal_is_an_answer_only_where_it_answers_all() -> None:
    # Where it answers a part the banner says which.
    assert asked(POLICY, headers=SIGNAL) == (True, True)
    assert asked(SIGNALLED, headers=SIGNAL) == (False, True)
    assert asked(SIGNALLED) == (True, True)


def test_it_is_heeded_no_more_once_a_choice_was_made() -> None:
    chosen = preferences_for("marketing", policy=SIGNALLED)

    assert asked(SIGNALLED, cookie=chosen) == (False, False)


@pytest.mark.parametrize(
    ("policy", "options", "applies"),
    [
        (POLICY, {}, True),
        (POLICY, {"banner": "static"}, True),
        (POLICY, {"banner": "manual"}, False),
        (Policy(necessary=["session"]), {}, False),
    ],
    ids=["auto", "static", "manual", "nothing to ask"],
)
def test_they_apply_where_something_is_asked_in_pages(
    policy: Policy, options: dict[str, Any], applies: bool
) -> None:
    assert banners_of(policy, **options).applies is applies


def test_the_visitors_next_page_has_the_same_text_with_its_own_way_back() -> None:
    banners = banners_of()
    first = text_of(exchange_with(), banners=banners)

    other = text_of(exchange_with(), banners=banners, address=ADDRESS._replace(way_back="/other"))

    assert other == first.replace("/page", "/other")


def test_a_text_is_that_of_the_page_the_choice_and_the_language() -> None:
    texts = [
        text_of(exchange_with()),
        text_of(exchange_with(), address=ADDRESS._replace(way_back="/other")),
        text_of(exchange_with(), address=ADDRESS._replace(mount="/shop")),
        text_of(exchange_with(cookie=preferences_for())),
        text_of(exchange_with(), language="fr"),
        text_of(exchange_with(), nonce="abc"),
    ]

    assert len(set(texts)) == len(texts)
    assert text_of(exchange_with()) == texts[0]


def test_who_is_asked_gets_the_question_and_who_chose_the_way_back_to_it() -> None:
    question = text_of(exchange_with())
    link = text_of(exchange_with(cookie=preferences_for()))

    assert 'value="accept"' in question
    assert 'value="accept"' not in link
    assert "next=/page" in link


@pytest.mark.parametrize("language", ["", "xx", "not a tag"])
def test_a_page_in_a_language_without_texts_is_served_in_one_that_the_browser_accepts(
    language: str,
) -> None:
    exchange = exchange_with(headers=IN_FRENCH)

    assert not banners_of().serves(language)
    assert text_of(exchange, language=language) == text_of(exchange, language="fr")


def test_a_page_in_a_served_language_is_served_in_it() -> None:
    assert text_of(exchange_with(), language="fr-CA") != text_of(exchange_with())
    assert text_of(exchange_with(), language="fr-CA") == text_of(exchange_with(), language="fr")


def test_the_sites_own_choice_of_a_language_comes_before_the_browsers() -> None:
    banners = banners_of(language=lambda request: "en")

    exchange = exchange_with(headers=IN_FRENCH)

    assert text_of(exchange, banners=banners, language="") == text_of(exchange)


def shared_text(banners: Banners, language: str = "en", **given: Any) -> str:
    facts: dict[str, Any] = {"mount": "", "nonce": "", "readable": True} | given
    return banners.shared_text(language, **facts).decode("ascii")


def test_the_text_for_everybody_is_that_of_the_language_the_mount_and_the_nonce() -> None:
    banners = banners_of()

    texts = [
        shared_text(banners),
        shared_text(banners, "fr"),
        shared_text(banners, mount="/shop"),
        shared_text(banners, nonce="abc"),
        shared_text(banners, readable=False),
    ]

    assert len(set(texts)) == len(texts)
    assert shared_text(banners, "xx") == texts[0]  # the policy's default


def test_it_names_the_choices_cookie_only_where_scripts_can_read_it() -> None:
    assert POLICY.preferences_cookie in shared_text(banners_of())
    assert POLICY.preferences_cookie not in shared_text(banners_of(), readable=False)


@pytest.mark.behaviour(14)
def test_ids_are_the_same_in_every_process_and_others_under_another_policy() -> None:
    ids = [
        (banners.shared_variant, banners.variant_for(exchange_with(), language="en"))
        for banners in (banners_of(), banners_of())
    ]

    assert ids[0] == ids[1]
    assert banners_of(SIGNALLED).shared_variant != ids[0][0]
    assert banners_of(SIGNALLED).variant_for(exchange_with(SIGNALLED), language="en") != ids[0][1]


@pytest.mark.behaviour(14)
def test_an_id_is_that_of_the_choice_and_of_what_is_asked() -> None:
    banners = banners_of(SIGNALLED)
    exchanges = [
        exchange_with(SIGNALLED),
        exchange_with(SIGNALLED, headers=SIGNAL),
        exchange_with(SIGNALLED, cookie=preferences_for(policy=SIGNALLED)),
        exchange_with(SIGNALLED, cookie=preferences_for("marketing", policy=SIGNALLED)),
    ]

    assert len({banners.variant_for(exchange, language="en") for exchange in exchanges}) == len(
        exchanges
    )


@pytest.mark.behaviour(14)
@pytest.mark.law(19)
def test_an_id_is_that_of_the_language_where_the_page_is_in_none_that_is_served() -> None:
    banners = banners_of()
    english, french = (
        exchange_with(headers=[("accept-language", language)])
        for language in ("en", "fr, en;q=0.5")
    )

    in_japanese = banners.variant_for(english, language="xx")

    assert banners.is_current(in_japanese, english)
    assert not banners.is_current(in_japanese, french)
    assert banners.is_current(banners.variant_for(english, language="en"), french)


@pytest.mark.behaviour(14)
def test_so_it_is_where_the_site_chooses_the_language() -> None:
    chosen = ["en"]
    banners = banners_of(language=lambda request: chosen[-1])
    exchange = exchange_with()
    before = banners.variant_for(exchange, language="")

    chosen.append("fr")

    assert not banners.is_current(before, exchange)


def test_an_id_is_current_where_the_visitor_would_get_the_same_now() -> None:
    banners = banners_of()
    undecided, decided = exchange_with(), exchange_with(cookie=preferences_for())

    assert banners.is_current(banners.variant_for(undecided, language="en"), undecided)
    assert not banners.is_current(banners.variant_for(undecided, language="en"), decided)
    assert banners.is_current(banners.shared_variant, decided)
    assert not banners.is_current("p000000000000", decided)
