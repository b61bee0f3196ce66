"""A response that makes the browser forget all cookies is reported where the choice is lost."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import get_consent
from tests.middleware.banner_pages import ALLOWED, MIDDLEWARES, REFUSED, Page, Show, asking
from tests.support.exchange import HTML

pytestmark = pytest.mark.behaviour(41)


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


def clearing(*values: str, **more: Any) -> Page:
    return Page(headers=(HTML, *(("Clear-Site-Data", value) for value in values)), **more)


@pytest.mark.parametrize("cookie", [ALLOWED, REFUSED], ids=["allowed", "refused"])
@pytest.mark.parametrize(
    "values",
    [('"cookies"',), ('"*"',), ('"cache","cookies"',), ('"cache"', '"storage" , "cookies"')],
    ids=str,
)
def test_a_choice_that_is_cleared_is_reported(
    show: Show, values: tuple[str, ...], cookie: str
) -> None:
    shown = show(clearing(*values), asking(cookie=cookie))

    assert [event.reason for event in shown.events] == ["CG147"]
    assert shown.all("clear-site-data") == list(values)


def test_so_is_one_that_the_same_response_makes(show: Show) -> None:
    page = clearing('"cookies"', act=lambda request: get_consent(request).grant())

    shown = show(page, asking(method="POST"))

    assert [event.reason for event in shown.events] == ["CG147"]


def test_and_one_in_a_response_that_is_no_page(show: Show) -> None:
    page = Page(status=302, headers=(HTML, ("Location", "/"), ("Clear-Site-Data", '"cookies"')))

    shown = show(page, asking(cookie=ALLOWED), banner="manual")

    assert [event.reason for event in shown.events] == ["CG147"]


@pytest.mark.parametrize("value", ['"cache", "storage"', "cookies", '"Cookies"', ""])
def test_what_clears_no_cookies_is_not_reported(show: Show, value: str) -> None:
    assert show(clearing(value), asking(cookie=ALLOWED)).events == []


def test_who_has_made_no_choice_loses_none(show: Show) -> None:
    assert show(clearing('"cookies"'), asking(cookie="session=1")).events == []
