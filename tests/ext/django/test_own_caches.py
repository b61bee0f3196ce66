"""What a view or a class of the site's own keeps in Django's cache, inside of the gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.cache import UpdateCacheMiddleware

from consentgate.ext.django.caches import vary_on_choice
from tests.ext.django.test_caches import (
    ALLOWED,
    FETCH,
    REFUSED,
    VISITS,
    Visit,
    answer_in,
    by_allows,
    visit_class,
)

pytestmark = pytest.mark.behaviour(34)


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(params=VISITS)
def visit(request: pytest.FixtureRequest) -> Visit:
    """A visit behind each gate."""
    return VISITS[request.param]


def page_of(text: str) -> HttpResponse:
    response = HttpResponse(f"<!doctype html><title>t</title><body>{text}")
    response.set_cookie("_pk_id.1", "1")
    return response


def kept_by_hand(request: HttpRequest) -> HttpResponse:
    response = cache.get("page")
    if response is None:
        response = page_of("news")
        cache.set("page", response)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.behaviour(14)
def test_a_response_that_a_view_keeps_is_judged_and_asks_anew_for_each_visitor(
    visit: Visit,
) -> None:
    allowed = visit(kept_by_hand, ALLOWED, banner="auto")
    undecided = visit(kept_by_hand, banner="auto")
    again = visit(kept_by_hand, ALLOWED, banner="auto")

    assert "_pk_id.1" in str(allowed.cookies)
    assert undecided.cookies == []
    assert b"consentgate-banner" in undecided.body
    assert b"consentgate-banner" not in allowed.body
    assert (again.cookies, again.body) == (allowed.cookies, allowed.body)


def kept_with_the_answer(request: HttpRequest) -> HttpResponse:
    answer = answer_in(request)
    text = cache.get_or_set(f"page:{answer}", answer)
    return HttpResponse(text)


def test_what_a_view_keeps_with_the_answer_in_its_key_is_given_to_that_answer(
    visit: Visit,
) -> None:
    bodies = [visit(kept_with_the_answer, cookie).body for cookie in (ALLOWED, REFUSED, ALLOWED)]

    assert bodies == [b"counted", b"alone", b"counted"]


class OwnTimeout(UpdateCacheMiddleware):
    """A class of the site's own, which lets Django's do the rest."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        response["X-Kept"] = "yes"
        return super().process_response(request, response)


class OwnKeys(UpdateCacheMiddleware):
    """A class that keeps pages by a key of its own, of the headers in their Vary."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        vary_on_choice(request, response)
        names = response.get("Vary", "").split(", ")
        cache.set("vary", names)
        cache.set(own_key(request, names), response)
        return response


class FromOwnKeys:
    """The other half of `OwnKeys`."""

    def __init__(self, get_response: Any) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        kept = cache.get(own_key(request, cache.get("vary", [])))
        return kept or self._get_response(request)


def own_key(request: HttpRequest, names: list[str]) -> str:
    values = [request.headers.get(name, "") for name in names]
    return f"{request.path}:{hash(tuple(values))}"


@pytest.mark.parametrize(
    "middleware",
    [[f"{__name__}.OwnTimeout", *FETCH], [f"{__name__}.OwnKeys", f"{__name__}.FromOwnKeys"]],
    ids=["calls Django's", "has keys of its own"],
)
def test_a_class_of_the_sites_own_keeps_answers_apart(middleware: list[str]) -> None:
    bodies = [
        visit_class(by_allows, cookie, middleware=middleware).body
        for cookie in (ALLOWED, REFUSED, "", ALLOWED)
    ]

    assert bodies == [b"counted", b"alone", b"alone", b"counted"]
