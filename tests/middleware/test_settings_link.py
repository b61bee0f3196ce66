"""The settings link at the end of pages for who has chosen, behind both middlewares."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import ConfigurationError, Reason
from consentgate.pages.options import PagesOptions, SettingsLink
from tests.middleware.banner_pages import (
    ALLOWED,
    MEASURED,
    MIDDLEWARES,
    PAGE,
    PUBLIC,
    PUT,
    REFUSED,
    SIGNALLED,
    Page,
    Show,
    asking,
)
from tests.support.app_calls import run_wsgi
from tests.support.exchange import HTML, Ask
from tests.support.minimal_servers import wsgi_gate

TAIL = b"</body></html>"
LINK = b'href="/consent/?next='


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


@pytest.mark.law(9)
@pytest.mark.parametrize("cookie", [ALLOWED, REFUSED], ids=["allowed", "refused"])
def test_it_is_the_last_thing_in_the_page(show: Show, cookie: str) -> None:
    shown = show(Page(), asking(cookie=cookie))

    before, _, after = shown.body.partition(PUT)
    assert before == PAGE.removesuffix(TAIL)
    assert after.endswith(b"</div>" + TAIL)
    assert LINK in after


def test_who_signals_a_refusal_of_all_has_it_there_too(show: Show) -> None:
    shown = show(Page(), asking(("Sec-GPC", "1")), policy=SIGNALLED)

    assert shown.body.startswith(PAGE.removesuffix(TAIL) + PUT)


def test_a_page_in_chunks_has_it_once(show: Show) -> None:
    chunks = (PAGE[:20], PAGE[20:70], b"", PAGE[70:].removesuffix(TAIL), TAIL, b"")

    shown = show(Page(chunks=chunks), asking(cookie=ALLOWED))

    assert shown.body.startswith(PAGE.removesuffix(TAIL) + PUT)
    assert shown.body.endswith(b"</div>" + TAIL)
    assert shown.body.count(PUT) == 1


def test_a_page_without_end_tags_has_it_after_its_last_byte(show: Show) -> None:
    shown = show(Page(chunks=(b"<p>x",)), asking(cookie=ALLOWED))

    assert shown.body.startswith(b"<p>x" + PUT)


def test_the_length_and_the_tag_are_those_of_what_leaves(show: Show) -> None:
    shown = show(MEASURED, asking(cookie=ALLOWED))

    assert shown.all("content-length") == [str(len(shown.body))]
    [tag] = shown.all("etag")
    assert tag.startswith('W/"a~cgv')
    assert shown.all("cache-control") == ["private, no-cache"]
    assert shown.all("last-modified") == []


def test_its_tag_brings_a_304_and_that_of_another_choice_none(show: Show) -> None:
    [tag] = show(MEASURED, asking(cookie=ALLOWED)).all("etag")

    same = show(MEASURED, asking(("If-None-Match", tag), cookie=ALLOWED))
    other = show(MEASURED, asking(("If-None-Match", tag), cookie=REFUSED))

    assert same.seen["if-none-match"] == '"a"'
    assert "if-none-match" not in other.seen


@pytest.mark.behaviour(28)
def test_head_has_no_length_that_lies(show: Show) -> None:
    page = Page(chunks=(b"",), headers=MEASURED.headers)

    shown = show(page, asking(cookie=ALLOWED, method="HEAD"))

    assert shown.body == b""
    assert shown.all("content-length") == []
    assert shown.all("cache-control") == ["private, no-cache"]


def test_a_list_of_one_stays_one() -> None:
    bodies: list[Any] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [HTML])
        return [PAGE[:40], PAGE[40:]]

    gated = wsgi_gate(app, banner="auto")

    def watching(environ: Any, start_response: Any) -> Any:
        bodies.append(gated(environ, start_response))
        return bodies[0]

    run_wsgi(watching, asking(cookie=ALLOWED))

    assert (type(bodies[0]), len(bodies[0])) == (list, 1)
    assert bodies[0][0].startswith(PAGE.removesuffix(TAIL) + PUT)


def test_what_an_application_writes_has_it_too() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [HTML])
        write(PAGE[:60])
        write(PAGE[60:])
        return []

    _, _, body = run_wsgi(wsgi_gate(app, banner="auto"), asking(cookie=ALLOWED))

    assert body.startswith(PAGE.removesuffix(TAIL) + PUT)
    assert body.endswith(TAIL)


@pytest.mark.behaviour(37)
def test_its_address_does_not_depend_on_the_base_of_the_page(show: Show) -> None:
    page = PAGE.replace(b"<title>", b'<base href="https://cdn.example/"><title>')

    shown = show(Page(chunks=(page,)), asking(cookie=ALLOWED))

    assert b'href="http' in shown.body.partition(PUT)[2]
    assert b'href="/consent/' not in shown.body


def test_a_page_whose_rules_block_forms_is_no_event_where_it_has_none(show: Show) -> None:
    headers = (HTML, ("Content-Security-Policy", "form-action 'none'"))

    shown = show(Page(headers=headers), asking(cookie=ALLOWED))

    assert shown.is_put_in
    assert Reason.BANNER_FORM_BLOCKED not in [event.reason for event in shown.events]


def test_data_that_says_it_is_html_leaves_as_it_came(show: Show) -> None:
    shown = show(Page(chunks=(b'{"a": 1}',)), asking(cookie=ALLOWED))

    assert shown.body == b'{"a": 1}'


# Where a site wants it


def test_at_the_top_it_is_where_the_banner_was(show: Show) -> None:
    shown = show(Page(), asking(cookie=ALLOWED), settings_link="top")

    before, _, after = shown.body.partition(PUT)
    assert before == PAGE.partition(b"<p>")[0]
    assert LINK in after


OWN = PAGE.replace(b"<p>", b'<a href="/consent/">Cookies</a><p>')


def missing(shown: Any) -> list[Reason]:
    return [event.reason for event in shown.events if event.reason is Reason.SETTINGS_LINK_MISSING]


@pytest.mark.law(9)
def test_where_the_site_places_it_none_is_put_in(show: Show) -> None:
    shown = show(Page(chunks=(OWN,)), asking(cookie=ALLOWED), settings_link="none")

    assert shown.body.count(b">Cookie settings</a>") == 0
    assert missing(shown) == []


@pytest.mark.law(9)
def test_where_the_site_does_not_place_it_an_event_says_so(show: Show) -> None:
    shown = show(Page(), asking(cookie=ALLOWED), settings_link="none")

    assert missing(shown) == [Reason.SETTINGS_LINK_MISSING]


def test_what_is_no_page_needs_none(show: Show) -> None:
    shown = show(Page(chunks=(b"{}",)), asking(cookie=ALLOWED), settings_link="none")

    assert missing(shown) == []


def test_an_undecided_visitor_is_asked_whatever_a_site_wants_of_the_link(show: Show) -> None:
    for place in SettingsLink:
        shown = show(Page(), Ask(), settings_link=place)

        assert (shown.asks, missing(shown)) == (True, [])


def test_a_page_for_everybody_is_the_same_for_who_has_chosen(show: Show) -> None:
    assert show(PUBLIC, asking(cookie=ALLOWED)).body == show(PUBLIC).body


def test_another_place_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="settings_link='bottom' is unknown"):
        PagesOptions(settings_link="bottom")  # type: ignore[arg-type]
