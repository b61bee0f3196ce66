"""The head script and the banner together, in one response while it passes."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate.banner.page_insertion import HeadResponse, insertion_for
from consentgate.banner.response import BannerResponse
from consentgate.http.wire import TEXT
from tests.banner.machine import HTML, PAGE, PUT, banners_of, exchange_of, head_of, where, whole

FRAME = (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))
SCRIPT = b'<script src="/consent/static/guard.'


def response_to(*headers: tuple[str, str], **options: Any) -> HeadResponse[str]:
    required = {key: options.pop(key) for key in ("required",) if key in options}
    exchange = exchange_of(*headers, **required)
    banners = banners_of(**{"guard": "enforce"} | options)
    response = insertion_for(banners, exchange, wire=TEXT, address=where)
    assert isinstance(response, HeadResponse)
    return response


def started(*headers: tuple[str, str], **options: Any) -> HeadResponse[str]:
    response = response_to(*headers, **options)
    response.start(200, head_of(HTML))
    return response


def test_without_a_head_script_the_banner_is_alone() -> None:
    response = insertion_for(banners_of(), exchange_of(), wire=TEXT, address=where)

    assert isinstance(response, BannerResponse)


def test_both_are_put_in_and_then_all_passes() -> None:
    response = started()

    text = whole(response)  # type: ignore[arg-type]  # it has the same methods

    assert text.index(SCRIPT) < text.index(PUT)
    assert not response.is_searching
    assert response.feed(b"more") == b"more"
    assert response.end() == b""


@pytest.mark.parametrize("headers", [(), FRAME], ids=["page", "frame"])
def test_what_was_held_back_leaves_as_it_came_where_the_page_is_given_up(headers: Any) -> None:
    response = started(*headers)

    assert response.feed(b"<!doctype html><ht") == b""
    assert response.abort() == b"<!doctype html><ht"
    assert not response.is_holding
    assert not response.is_searching


def test_nothing_is_held_back_of_what_never_started() -> None:
    assert response_to(*FRAME).abort() == b""


@pytest.mark.parametrize(
    ("headers", "options"),
    [
        ([("Sec-Fetch-Mode", "cors")], {}),
        (FRAME, {"required": lambda _: "not-required"}),
    ],
    ids=["no document", "not required"],
)
def test_conditions_are_the_application_s_where_nothing_is_put_in(
    headers: Any, options: Any
) -> None:
    assert response_to(*headers, **options).conditions({"if-none-match": '"a"'}) == {}


def test_an_error_page_takes_the_place_of_a_page_that_was_held() -> None:
    response = started(*FRAME)
    response.feed(b"<!doctype html><ht")

    response.start(500, head_of(HTML))

    assert whole(response).startswith(b"<!doctype html><html><head>" + SCRIPT)  # type: ignore[arg-type]
    assert response.rewrite("content-length", "x") is None
    assert response.rewrite("content-length", str(len(PAGE))) is not None
    assert response.rewrite("last-modified", "today") is None
