"""The headers of pages with the banner, and what their copies are worth, in both middlewares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consentgate import Enforcement
from tests.middleware.banner_pages import (
    ALLOWED,
    DOCUMENT,
    MEASURED,
    MIDDLEWARES,
    PUBLIC,
    REFUSED,
    SIGNALLED,
    Page,
    Show,
    asking,
)
from tests.support.exchange import preferences_for


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


# Headers


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("cookie", ["", ALLOWED], ids=["undecided", "decided"])
def test_a_page_of_one_visitor_is_for_nobody_else(show: Show, cookie: str) -> None:
    shown = show(MEASURED, asking(cookie=cookie))

    assert shown.all("cache-control") == ["private, no-cache"]
    assert shown.all("vary")[0].startswith("Cookie")
    assert shown.all("content-length") == [str(len(shown.body))]
    assert shown.all("etag")[0].startswith('W/"a~cg')
    assert [shown.all(name) for name in ("last-modified", "accept-ranges")] == [[], []]


@pytest.mark.behaviour(14)
def test_its_tag_tells_states_apart_and_nobody_from_another(show: Show) -> None:
    cookies = ["", "session=1", ALLOWED, REFUSED, preferences_for("statistics"), f"a=b; {ALLOWED}"]

    tags = [show(MEASURED, asking(cookie=cookie)).all("etag")[0] for cookie in cookies]

    assert tags[0] == tags[1]
    assert tags[2] == tags[5]
    assert len(set(tags)) == 4


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    ("page", "options"),
    [
        (PUBLIC, {}),
        (replace(PUBLIC, headers=(*PUBLIC.headers[:-1], ("Cache-Control", "s-maxage=9"))), {}),
        (PUBLIC, {"banner": "static"}),
    ],
    ids=["public", "s-maxage", "static"],
)
def test_a_page_for_everybody_is_the_same_for_everybody(
    show: Show, page: Page, options: dict[str, Any]
) -> None:
    asks = [
        asking(DOCUMENT),
        asking(DOCUMENT, cookie=ALLOWED),
        asking(("Sec-GPC", "1"), ("Accept-Language", "fr"), DOCUMENT, cookie=REFUSED),
    ]

    first, *others = [show(page, ask, **options) for ask in asks]

    assert first.is_put_in
    assert [(one.headers, one.body) for one in others] == [(first.headers, first.body)] * 2
    assert first.all("cache-control") == [page.headers[-1][1]]
    assert first.all("vary") == ["Sec-Fetch-Mode, Sec-Fetch-Dest"]
    assert first.all("content-length") == [str(len(first.body))]
    assert [first.all(name) for name in ("last-modified", "accept-ranges")] == [[], []]


def test_a_static_banner_is_so_on_every_page(show: Show) -> None:
    shown = show(MEASURED, asking(DOCUMENT), banner="static")

    assert shown.all("cache-control") == ["max-age=60"]
    assert shown.all("vary") == ["Sec-Fetch-Mode, Sec-Fetch-Dest"]
    assert b"data-state=" in shown.body


@pytest.mark.parametrize(("http_only", "readable"), [(False, 1), (True, 0)])
def test_scripts_are_told_of_a_choice_that_they_can_read(
    show: Show, http_only: bool, readable: int
) -> None:
    shown = show(PUBLIC, http_only=http_only)

    assert shown.body.count(b'data-cookie="cookies_preferences"') == readable


# Conditional requests


def tag_of(show: Show, page: Page, cookie: str = "", **options: Any) -> str:
    return show(page, asking(cookie=cookie), **options).all("etag")[0]


NOT_MODIFIED = Page(
    status=304, chunks=(), headers=(("ETag", '"a"'), ("Cache-Control", "max-age=60"))
)


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("cookie", ["", ALLOWED], ids=["undecided", "decided"])
def test_a_copy_of_the_same_state_is_still_good(show: Show, cookie: str) -> None:
    tag = tag_of(show, MEASURED, cookie)

    shown = show(NOT_MODIFIED, asking(("If-None-Match", tag), DOCUMENT, cookie=cookie))

    assert shown.seen["if-none-match"] == '"a"'
    assert (shown.status, shown.all("etag")) == (304, [tag])
    assert shown.all("cache-control") == ["private, no-cache"]
    assert shown.all("vary")[0].startswith("Cookie")


@pytest.mark.behaviour(14)
@pytest.mark.parametrize(
    ("before", "now"), [("", ALLOWED), (ALLOWED, ""), (ALLOWED, REFUSED)], ids=str
)
@pytest.mark.parametrize("more", [(), (DOCUMENT,)], ids=["absent", "document"])
def test_a_copy_of_another_state_is_not_asked_about(
    show: Show, before: str, now: str, more: tuple[tuple[str, str], ...]
) -> None:
    tag = tag_of(show, MEASURED, before)
    modified = ("If-Modified-Since", "Tue, 24 Nov 2026 16:00:00 GMT")

    shown = show(MEASURED, asking(("If-None-Match", tag), modified, *more, cookie=now))

    assert {"if-none-match", "if-modified-since"}.isdisjoint(shown.seen)
    assert shown.is_put_in


def test_a_copy_for_everybody_is_good_for_everybody(show: Show) -> None:
    tag = tag_of(show, PUBLIC)
    page = replace(NOT_MODIFIED, headers=(("ETag", '"a"'), ("Cache-Control", "public")))

    shown = show(page, asking(("If-None-Match", tag), DOCUMENT, cookie=ALLOWED))

    assert shown.seen["if-none-match"] == '"a"'
    assert shown.headers[:2] == [("etag", tag), ("cache-control", "public")]
    assert shown.all("vary") == ["Sec-Fetch-Mode, Sec-Fetch-Dest"]


@pytest.mark.behaviour(14)
def test_a_copy_with_another_banner_for_everybody_is_not_asked_about(show: Show) -> None:
    before = tag_of(show, PUBLIC, policy=SIGNALLED)

    assert before != tag_of(show, PUBLIC)
    assert "if-none-match" not in show(PUBLIC, asking(("If-None-Match", before))).seen


@pytest.mark.behaviour(14)
def test_a_copy_from_before_is_not_asked_about_as_a_document(show: Show) -> None:
    conditions = (
        ("If-None-Match", '"a"'),
        ("If-Modified-Since", "Tue, 24 Nov 2026 16:00:00 GMT"),
        ("Range", "bytes=0-9"),
        ("If-Range", '"a"'),
    )

    shown = show(MEASURED, asking(*conditions, DOCUMENT))

    assert set(shown.seen) == {"host", "sec-fetch-dest"}


@pytest.mark.behaviour(32)
@pytest.mark.parametrize(
    "header", [("Accept", "*/*"), ("Sec-Fetch-Mode", "no-cors")], ids=["program", "image"]
)
def test_what_is_for_something_else_is_asked_about_as_it_was(
    show: Show, header: tuple[str, str]
) -> None:
    conditions = (
        ("If-None-Match", '"a"'),
        ("If-Modified-Since", "Tue, 24 Nov 2026 16:00:00 GMT"),
        ("Range", "bytes=0-9"),
        ("If-Range", '"a"'),
    )

    shown = show(NOT_MODIFIED, asking(*conditions, header))

    assert {name: shown.seen[name.lower()] for name, _ in conditions} == dict(conditions)
    assert shown.headers == [("etag", '"a"'), ("cache-control", "max-age=60")]


def test_where_nothing_is_asked_conditions_are_the_applications(show: Show) -> None:
    condition = ("If-None-Match", '"a"')

    shown = show(
        NOT_MODIFIED, asking(condition, DOCUMENT), required=lambda request: Enforcement.SILENT
    )

    assert shown.seen["if-none-match"] == '"a"'
    assert shown.all("etag") == ['"a"']
