"""What is put into a response by what the request asks for and what the body is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.middleware.banner_pages import (
    MIDDLEWARES,
    PAGE,
    PUBLIC,
    REFUSED,
    Page,
    Show,
    asking,
)
from tests.support.exchange import HTML

BY_LINK = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
BY_WORKER = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "empty"))
BY_FRAME = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))
BY_FETCH = (("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"))
BOOSTED = (*BY_FETCH, ("HX-Request", "true"), ("HX-Boosted", "true"))
TURBO = (*BY_FETCH, ("X-Turbo-Request-Id", "a1"))

FRAGMENT = b"<li>one</li>"


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    "headers",
    [BY_LINK, BY_WORKER, (("Accept", "text/html"),)],
    ids=["link", "service worker", "plain http"],
)
def test_who_asks_for_a_page_gets_the_banner(
    show: Show, headers: tuple[tuple[str, str], ...]
) -> None:
    assert show(Page(), asking(*headers)).asks


@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    "body",
    [b"1158201444", b"google-site-verification: google12.html", b"v=1; up", b"OK", PAGE],
    ids=["challenge", "site verification", "metrics", "health", "page"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_program_gets_the_applications_own_bytes(show: Show, body: bytes, method: str) -> None:
    shown = show(Page(chunks=[body]), asking(("Accept", "*/*"), method=method))

    assert shown.body == body
    assert "Accept" in shown.all("vary")[0].split(", ")


@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    "body",
    [
        b'{"applinks": {}}',
        b" \n[1, 2]",
        b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>',
        b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"></feed>',
        b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response/></D:multistatus>',
    ],
    ids=["object", "list", "rss", "atom", "webdav"],
)
def test_what_is_no_html_stays_as_it_is_whoever_asks(show: Show, body: bytes) -> None:
    headers = (HTML, ("ETag", '"a"'), ("Content-Length", str(len(body))))

    shown = show(Page(chunks=[body], headers=headers), asking(*BY_LINK))

    assert shown.body == body
    assert [value for _, value in shown.headers] == [value for _, value in headers]


@pytest.mark.behaviour(33)
@pytest.mark.parametrize("headers", [BOOSTED, TURBO], ids=["htmx", "turbo"])
def test_a_whole_page_that_a_script_shows_gets_the_banner(
    show: Show, headers: tuple[tuple[str, str], ...]
) -> None:
    assert show(Page(), asking(*headers)).asks
    assert not show(Page(), asking(*headers, cookie=REFUSED)).asks
    assert show(Page(), asking(*headers, cookie=REFUSED)).is_put_in


@pytest.mark.behaviour(33)
@pytest.mark.parametrize(
    ("headers", "name"),
    [(BOOSTED, "HX-Boosted"), (TURBO, "X-Turbo-Request-Id")],
    ids=["htmx", "turbo"],
)
def test_a_part_of_one_does_not_and_no_cache_answers_with_it_for_a_page(
    show: Show, headers: tuple[tuple[str, str], ...], name: str
) -> None:
    shown = show(replace(PUBLIC, chunks=[FRAGMENT]), asking(*headers))

    assert shown.body == FRAGMENT
    assert {"Sec-Fetch-Mode", name} <= set(shown.all("vary")[0].split(", "))


@pytest.mark.behaviour(33)
@pytest.mark.parametrize(
    "headers",
    [
        (*BY_FETCH, ("HX-Request", "true")),
        (*TURBO, ("Turbo-Frame", "messages")),
        (("HX-Request", "true"), ("Accept", "text/html")),
    ],
    ids=["htmx", "turbo-frame", "htmx 4, plain http"],
)
def test_a_script_that_asks_for_a_part_gets_the_applications_own_bytes(
    show: Show, headers: tuple[tuple[str, str], ...]
) -> None:
    assert show(Page(), asking(*headers)).body == PAGE


@pytest.mark.behaviour(18)
@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    ("headers", "expired"),
    [
        (BY_WORKER, ["_ga"]),
        (BOOSTED, ["_ga"]),
        (BY_FRAME, []),
        (BY_FETCH, []),
        ((("Accept", "*/*"),), []),
    ],
    ids=["service worker", "htmx", "frame", "fetch", "program"],
)
def test_refused_cookies_expire_with_what_the_banner_is_put_into(
    show: Show, headers: tuple[tuple[str, str], ...], expired: list[str]
) -> None:
    shown = show(Page(), asking(*headers, cookie=f"{REFUSED}; _ga=1"))

    assert [value.partition("=")[0] for value in shown.all("set-cookie")] == expired
    assert shown.is_put_in is bool(expired)


@pytest.mark.behaviour(14)
@pytest.mark.law(19)
def test_a_copy_in_a_language_that_the_visitor_no_longer_reads_is_not_asked_about(
    show: Show,
) -> None:
    page = Page(
        chunks=[b"<!doctype html><html lang=eo><body>x</body></html>"],
        headers=(HTML, ("ETag", '"a"')),
    )
    french, english = ("Accept-Language", "fr"), ("Accept-Language", "en")
    [tag] = show(page, asking(*BY_LINK, french)).all("etag")

    same = show(page, asking(*BY_LINK, french, ("If-None-Match", tag)))
    other = show(page, asking(*BY_LINK, english, ("If-None-Match", tag)))

    assert same.seen["if-none-match"] == '"a"'
    assert "if-none-match" not in other.seen
