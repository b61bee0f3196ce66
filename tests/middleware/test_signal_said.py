"""What a page says of the browser's Global Privacy Control signal, behind both middlewares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.middleware.banner_pages import (
    ALLOWED,
    MEASURED,
    MIDDLEWARES,
    PUBLIC,
    REFUSED,
    SIGNALLED,
    Page,
    Show,
    asking,
)

SIGNAL = ("Sec-GPC", "1")
SAID = b"Refused by your browser (Global Privacy Control): Marketing."


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


@pytest.mark.law(33)
def test_the_banner_says_what_the_signal_refuses(show: Show) -> None:
    signalling = show(Page(), asking(SIGNAL))

    assert signalling.asks
    assert SAID in signalling.body
    assert SAID not in show(Page()).body
    assert SAID not in show(Page(), asking(("Sec-GPC", "0"))).body


@pytest.mark.law(33)
def test_beside_the_settings_link_it_is_said_too(show: Show) -> None:
    signalling = show(Page(), asking(SIGNAL), policy=SIGNALLED)

    assert not signalling.asks
    assert SAID in signalling.body


@pytest.mark.law(33)
@pytest.mark.parametrize("cookie", [ALLOWED, REFUSED], ids=["allowed", "refused"])
def test_once_the_visitor_has_chosen_it_is_said_no_more(show: Show, cookie: str) -> None:
    assert SAID not in show(Page(), asking(SIGNAL, cookie=cookie)).body


@pytest.mark.behaviour(14)
def test_no_copy_of_a_page_says_it_to_who_sends_no_signal(show: Show) -> None:
    signalling = show(MEASURED, asking(SIGNAL))
    [tag] = signalling.all("etag")

    asked_again = show(MEASURED, asking(("If-None-Match", tag)))

    assert "Sec-GPC" in signalling.all("vary")[0]
    assert "if-none-match" not in asked_again.seen


@pytest.mark.law(33)
def test_a_page_for_everybody_has_it_hidden_for_the_script_to_show(show: Show) -> None:
    body = show(replace(PUBLIC), asking(SIGNAL)).body

    assert b'<p class="consentgate-signal" hidden>' + SAID in body
