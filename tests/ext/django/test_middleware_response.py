"""What the middleware class leaves behind: a head that nothing splits, and no request in memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from http.cookies import Morsel

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.test.utils import override_settings

from consentgate import Event, Policy, get_consent
from consentgate.ext.django.proxy import write_into_environ
from tests.ext.django.test_middleware import answer, configure
from tests.support.exchange import preferences_for


class Plainest(HttpResponseBase):
    """A response whose content Django's own handlers alone know how to send."""


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


def test_a_reason_phrase_that_is_merely_odd_is_left_as_it_is() -> None:
    response = answer(
        lambda _: HttpResponse(status=418, reason="Tea\x07pot"), RequestFactory().get("/")
    )

    assert response.reason_phrase == "Tea\x07pot"


class Kept(MutableMapping[str, str]):
    """Headers that hold their pairs elsewhere than Django's do."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self.kept = {name.lower(): value for name, value in pairs.items()}

    def __getitem__(self, name: str) -> str:
        return self.kept[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self.kept[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        del self.kept[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.kept)

    def __len__(self) -> int:
        return len(self.kept)


def test_headers_that_are_kept_in_another_way_are_judged_too() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.headers = Kept({"Content-Type": "text/plain", "Set-Cookie": "_ga=1"})  # type: ignore[assignment]
        return response

    response = answer(view, RequestFactory().get("/"))

    assert [*response.headers] == ["content-type", "cache-control", "vary"]


def test_a_page_with_the_banner_keeps_its_necessary_cookies() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("<body>")
        response.set_cookie("session", "1", httponly=True)
        return response

    with configure(BANNER="auto"):
        response = answer(view, RequestFactory().get("/", headers={"Accept": "text/html"}))

    assert b"consentgate" in response.content
    cookies = [cookie.OutputString() for cookie in response.cookies.values()]
    assert cookies == ["session=1; HttpOnly; Path=/"]


@pytest.mark.parametrize(
    ("make", "is_readable"),
    [(partial(HttpResponse, b"<body>"), True), (Plainest, False)],
    ids=["usual", "plainest"],
)
def test_what_asks_about_a_page_may_get_anything(
    make: Callable[..., HttpResponseBase], is_readable: bool
) -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": '"a"', "Accept": "text/html"})

    with configure(BANNER="auto"):
        data = answer(lambda _: make(content_type="application/json"), request)
        page = answer(lambda _: make(content_type="text/html"), request)

    assert [*data.headers] == ["Content-Type"]
    assert page.headers["Content-Type"] == "text/html"
    assert (b"consentgate" in getattr(page, "content", b"")) == is_readable


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


class Lying(str):
    """A text that is written as another."""

    __slots__ = ()

    def __str__(self) -> str:
        return "1\r\nX: y"


def morsel(key: str, value: str, **attributes: str) -> Morsel[str]:
    """A cookie as an unpickled response can hold it: nothing checks its name."""
    made: Morsel[str] = Morsel()
    made.__setstate__({"key": key, "value": value, "coded_value": value})  # type: ignore[attr-defined]
    made.update(attributes)
    return made


@pytest.mark.parametrize(
    "broken",
    [
        morsel("app_\r\nX: y", "1"),
        morsel("app_\0", "1"),
        morsel("app_a", "1\nX: y"),
        morsel("app_a", Lying("1")),
        morsel("app_a", "1", path="/\r\nX: y"),
    ],
    ids=["name", "NUL", "value", "another text", "path"],
)
@pytest.mark.behaviour(28)
def test_no_part_of_a_necessary_cookie_splits_the_head(broken: Morsel[str]) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.cookies["app_a"] = broken
        return response

    events: list[Event] = []
    with configure(POLICY=Policy(necessary=["app_*"]), ON_EVENT=events.append):
        response = answer(view, RequestFactory().get("/"))

    assert not response.cookies
    assert [event.reason for event in events] == ["CG130"]


@pytest.mark.parametrize("refused", [[], [morsel("_ga", "2")]], ids=["alone", "beside a refused"])
@pytest.mark.parametrize("second", [morsel("session", "1"), morsel("session", "", path="/shop")])
def test_a_name_under_two_keys_is_two_cookies(
    second: Morsel[str], refused: list[Morsel[str]]
) -> None:
    first = morsel("session", "1", httponly="HttpOnly")

    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        for key, cookie in zip("abc", [first, second, *refused], strict=False):
            response.cookies[key] = cookie
        return response

    response = answer(view, RequestFactory().get("/"))

    assert [*response.cookies.values()] == [first, second]


FORWARDED = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(
    ("setting", "meta"),
    [
        (None, {}),
        (None, {"wsgi.url_scheme": "https"}),
        (FORWARDED, {"HTTP_X_FORWARDED_PROTO": "https"}),
        (FORWARDED, {"HTTP_X_FORWARDED_PROTO": "https, http"}),
        (FORWARDED, {"wsgi.url_scheme": "https"}),
        (FORWARDED, {"wsgi.url_scheme": "https", "HTTP_X_FORWARDED_PROTO": ""}),
        (FORWARDED, {"wsgi.url_scheme": "https", "HTTP_X_FORWARDED_PROTO": "http"}),
        (("HTTPS", "on"), {"HTTPS": "on"}),
        (("REQUEST_SCHEME", "https"), {"HTTP_REQUEST_SCHEME": "https"}),  # anybody sends that
    ],
)
def test_https_is_what_django_takes_for_it(
    setting: tuple[str, str] | None, meta: dict[str, str]
) -> None:
    seen: list[bool] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.is_secure())
        get_consent(request).grant()
        return HttpResponse()

    request = RequestFactory().post("/")
    request.META |= meta
    with override_settings(SECURE_PROXY_SSL_HEADER=setting):
        response = answer(view, request)

    assert [response.cookies["cookies_preferences"]["secure"] is True] == seen


def test_a_proxy_that_says_nothing_changes_no_environ() -> None:
    environ = {"wsgi.url_scheme": "http"}

    with override_settings(SECURE_PROXY_SSL_HEADER=FORWARDED):
        write_into_environ(environ)

    assert environ == {"wsgi.url_scheme": "http"}
