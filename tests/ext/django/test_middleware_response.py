"""What the middleware class leaves behind: a head that nothing splits, and no request in memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from consentgate import Event
from tests.ext.django.test_middleware import answer, configure
from tests.support.exchange import preferences_for


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with configure():
        yield


@pytest.mark.behaviour(28)
@pytest.mark.parametrize("mode", ["enforce", "report"])
def test_a_reason_phrase_cannot_split_the_head(mode: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=418, reason="Teapot\r\nSet-Cookie: _ga=1")

    with configure(MODE=mode):
        response = answer(view, RequestFactory().get("/"))

    assert response.reason_phrase.startswith("I'm a Teapot" if mode == "enforce" else "Teapot\r\n")


def test_no_request_for_a_page_waits_for_the_garbage_collector() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("<body>")

    def requests() -> int:
        return sum(issubclass(type(one), HttpRequest) for one in gc.get_objects())

    with configure(BANNER="auto"):
        answer(view, RequestFactory().get("/"))
        gc.collect()
        gc.disable()
        try:
            before = requests()
            answer(view, RequestFactory().get("/"))
            assert requests() == before
        finally:
            gc.enable()


@pytest.mark.behaviour(28)
def test_a_lifetime_is_counted_from_the_date_of_the_response() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(headers={"Date": "Tue, 24 Nov 2015 16:00:00 GMT"})
        response.set_cookie("_ga", "1", expires="Wed, 25 Nov 2026 16:00:00 GMT")
        return response

    with configure(CLAMP=True):
        request = RequestFactory().get("/", HTTP_COOKIE=preferences_for("statistics"))
        response = answer(view, request)

    assert response.cookies["_ga"].OutputString() == "_ga=1; Path=/; Max-Age=34128000"


@pytest.mark.behaviour(41)
def test_a_choice_that_is_cleared_is_reported() -> None:
    events: list[Event] = []
    request = RequestFactory().get("/", HTTP_COOKIE=preferences_for())

    with configure(ON_EVENT=events.append):
        answer(lambda _: HttpResponse(headers={"Clear-Site-Data": '"cookies"'}), request)

    assert [event.reason for event in events] == ["CG147"]
