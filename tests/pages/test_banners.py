"""Whose page has which text, what is noted of that, and which texts are kept ready."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from consentgate import Cookie, Policy, VisitorConsent
from consentgate.pages import banners as module
from consentgate.pages.banners import Banners, Where
from consentgate.pages.endpoints import PagesByPolicy
from consentgate.pages.options import PagesOptions
from tests.support.exchange import POLICY, gate_of, preferences_for
from tests.support.gate_exchange import visit_of

SIGNALLED = Policy(
    necessary=["session"],
    cookies=[Cookie("_fbp", category="marketing", provider="F", purpose="p", lifetime="90 days")],
)
SIGNAL = [("sec-gpc", "1")]


def where(inside: str = "/page", query: str = "") -> Where:
    return Where("", inside, query, str, lambda: "fr")


def banners_of(policy: Policy = POLICY) -> Banners:
    return PagesByPolicy(PagesOptions()).site_of(policy).banners


def visitor_of(policy: Policy = POLICY, **request: Any) -> VisitorConsent:
    return visit_of(gate_of(policy=policy), **request)


def text_of(banners: Banners, visitor: VisitorConsent, page: Where, nonce: str = "") -> bytes:
    return banners.text_for(visitor, language="en", where=page, nonce=nonce)


@pytest.mark.law(22)
def test_the_signal_is_heeded_only_where_it_answers_all() -> None:
    some, all_of_it = banners_of(), banners_of(SIGNALLED)

    assert some.asks(visitor_of(headers=SIGNAL))
    assert not some.heeds_signal(visitor_of(headers=SIGNAL))
    assert not all_of_it.asks(visitor_of(SIGNALLED, headers=SIGNAL))
    assert all_of_it.heeds_signal(visitor_of(SIGNALLED))


def test_it_is_heeded_no_more_once_a_choice_was_made() -> None:
    visitor = visitor_of(SIGNALLED, cookie=preferences_for("marketing", policy=SIGNALLED))

    assert not banners_of(SIGNALLED).heeds_signal(visitor)


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    ("policy", "noted"), [(POLICY, (True, True, False)), (SIGNALLED, (True, True, True))]
)
def test_the_gate_is_told_on_what_a_placed_text_depends(
    policy: Policy, noted: tuple[bool, bool, bool]
) -> None:
    visitor = visitor_of(policy)

    text_of(banners_of(policy), visitor, where())

    assert (visitor.varies_on_cookie, visitor.needs_review, visitor.varies_on_gpc) == noted


def test_a_text_that_is_kept_ready_is_the_same_as_a_new_one() -> None:
    banners, visitor = banners_of(), visitor_of()

    first, again = (text_of(banners, visitor, where()) for _ in range(2))

    assert again is first
    assert text_of(banners_of(), visitor, where()) == first


def test_it_is_that_of_the_page_the_state_and_the_language() -> None:
    banners = banners_of()
    decided = visitor_of(cookie=preferences_for())

    texts = {
        text_of(banners, visitor_of(), where()),
        text_of(banners, visitor_of(), where("/other")),
        text_of(banners, visitor_of(), where(query="a=b")),
        text_of(banners, decided, where()),
        banners.text_for(visitor_of(), language="fr", where=where(), nonce=""),
        text_of(banners, visitor_of(), where(), nonce="abc"),
    }

    assert len(texts) == 6


def test_texts_that_visitors_can_make_up_are_not_kept() -> None:
    banners, visitor = banners_of(), visitor_of()

    text_of(banners, visitor, where(query="x" * 300))
    text_of(banners, visitor, where(), nonce="abc")

    assert banners._filled == {}


def test_no_more_are_kept_than_a_limit() -> None:
    banners, visitor = banners_of(), visitor_of()

    with patch.object(module, "MOST_TEXTS", 3):
        for number in range(10):
            text_of(banners, visitor, where(f"/{number}"))

    assert len(banners._filled) <= 3


def test_marks_are_the_same_in_every_process() -> None:
    marks = [
        (banners.shared_mark, banners.mark_for(visitor_of()))
        for banners in (banners_of(), banners_of())
    ]

    assert marks[0] == marks[1]
    assert marks[0] != (banners_of(SIGNALLED).shared_mark, marks[0][1])
