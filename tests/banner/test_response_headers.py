"""The headers of a page into which the banner is put, and conditional requests about it."""

from __future__ import annotations

import pytest

from consentgate.banner.response import BannerResponse
from consentgate.gate.exchange import Exchange
from consentgate.http.header_names import OF_BODY
from consentgate.pages.banners import Banners
from tests.banner.machine import (
    HTML,
    PAGE,
    PUBLIC,
    banner_for,
    banners_of,
    exchange_of,
    head_of,
    nowhere,
    started,
    whole,
)
from tests.support.exchange import preferences_for


def rewritten(banner: BannerResponse[str], **values: str) -> dict[str, str | None]:
    given = {name.replace("_", "-"): value for name, value in values.items()}
    return {name: banner.rewrite(name, value) for name, value in given.items()}


def test_the_length_is_that_of_the_longer_body() -> None:
    banner = started(exchange_of(), HTML)
    page = whole(banner)

    assert banner.rewrite("content-length", f" {len(PAGE)}\t") == str(len(page))


@pytest.mark.parametrize("value", ["", "-1", "1.5", "0x10", "\xb2", "1, 1"])
def test_a_length_that_is_none_goes(value: str) -> None:
    banner = started(exchange_of(), HTML)
    whole(banner)

    assert banner.rewrite("content-length", value) is None


@pytest.mark.behaviour(14)
def test_dates_digests_and_ranges_of_other_bytes_go() -> None:
    banner = started(exchange_of(), HTML)
    whole(banner)

    others = OF_BODY - {"content-length", "etag"}
    assert {banner.rewrite(name, "x") for name in others} == {None}


@pytest.mark.behaviour(14)
def test_the_tag_is_that_of_the_page_and_of_what_was_put_in() -> None:
    exchange, banners = exchange_of(), banners_of()
    private, public = (started(exchange, headers, banners=banners) for headers in (HTML, PUBLIC))
    whole(private)
    whole(public)

    assert private.rewrite("etag", '"a"') == f'W/"a~cg{banners.variant_for(exchange)}s"'
    assert public.rewrite("etag", '"a"') == f'W/"a~cg{banners.shared_variant}s"'
    assert private.rewrite("etag", "no tag") is None


# Conditional requests


def asked_with(
    exchange: Exchange, banners: Banners, variant: str, tag: str = '"a"'
) -> BannerResponse[str]:
    """The banner of a request whose If-None-Match has a tag with this variant."""
    banner = banner_for(exchange, banners, address=nowhere)
    marked = f'W/"{tag.strip(chr(34))}~cg{variant}s"'
    changes = banner.conditions({"if-none-match": marked, "range": "bytes=0-9"})
    assert changes == {"if-none-match": tag}
    return banner


@pytest.mark.behaviour(14)
@pytest.mark.parametrize("headers", [[("ETag", '"a"')], []], ids=["tag", "no tag"])
def test_a_confirmation_is_of_the_variant_that_was_asked_about(
    headers: list[tuple[str, str]],
) -> None:
    exchange, banners = exchange_of(), banners_of()
    variant = banners.variant_for(exchange)
    banner = asked_with(exchange, banners, variant)

    banner.start(304, head_of(headers))

    assert (banner.is_holding, banner.changes_body, banner.is_for_visitor) == (False, True, True)
    assert exchange.varies_on_cookie
    assert rewritten(banner, etag='"a"', content_length="10", last_modified="x") == {
        "etag": f'W/"a~cg{variant}s"',
        "content-length": None,
        "last-modified": None,
    }


@pytest.mark.behaviour(14)
def test_a_confirmation_of_what_is_for_everybody_depends_on_nobody() -> None:
    exchange, banners = exchange_of(), banners_of()
    banner = asked_with(exchange, banners, banners.shared_variant)

    banner.start(304, head_of([("ETag", '"a"')]))

    assert (banner.changes_body, banner.is_for_visitor) == (True, False)
    assert not exchange.needs_review
    assert banner.rewrite("etag", '"a"') == f'W/"a~cg{banners.shared_variant}s"'


@pytest.mark.behaviour(14)
def test_a_confirmation_of_a_page_into_which_nothing_was_put_passes() -> None:
    exchange, banners = exchange_of(), banners_of()
    asked = asked_with(exchange, banners, banners.variant_for(exchange))
    unasked = banner_for(exchange_of())

    asked.start(304, head_of([("ETag", '"b"')]))
    unasked.start(304, head_of([("ETag", '"a"')]))

    assert (asked.changes_body, unasked.changes_body) == (False, False)


@pytest.mark.behaviour(14)
def test_a_copy_of_before_the_choice_is_not_asked_about() -> None:
    banners = banners_of()
    before = banners.variant_for(exchange_of())
    banner = banner_for(exchange_of(cookie=preferences_for()), banners)

    assert banner.conditions({"if-none-match": f'W/"a~cg{before}s"'}) == {"if-none-match": None}


@pytest.mark.behaviour(14)
def test_a_document_is_asked_for_whole() -> None:
    banner = banner_for(exchange_of(("sec-fetch-dest", "document")))

    changes = banner.conditions({"if-modified-since": "x", "range": "bytes=0-9"})

    assert changes == {"if-modified-since": None, "range": None}
