"""The middleware class: what it does to Django's requests and responses, and what it can't see."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory, Client, RequestFactory
from django.test.utils import override_settings

from consentgate import ConfigurationError, Cookie, Policy, get_consent
from consentgate.ext.django.middleware import ConsentMiddleware
from consentgate.ext.django.settings import GateSettings
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.ext.django.written import WrittenMorsel
from consentgate.gate.visitor import CONSENT_KEY, exchange_of
from tests.contract.adapters_django import AsyncPlugin, Plugin, patient
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import POLICY, SECRET, Ask, Clock, preferences_for

OUTER = f"{__name__}.set_tracker"
OTHER = Policy(necessary=["session"], cookies=[Cookie("_fbp", category="statistics")])


def configure(**options: Any) -> Any:
    return override_settings(
        CONSENTGATE={
            "POLICY": POLICY,
            "SECRET_KEY": SECRET,
            "CLOCK": Clock(),
            "BANNER": "manual",
            **options,
        }
    )


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with configure():
        yield


def set_tracker(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """A middleware that sets an undeclared cookie."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.set_cookie("_promo_id", "7")
        return response

    return answer


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def with_tracker(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("hello")
    response.set_cookie("session", "1")
    response.set_cookie("_ga", "2")
    return response


def request_with(factory: Any, cookie: str) -> HttpRequest:
    """A request as the factory makes it; the header in the way that each has it."""
    made = factory()
    made.cookies.load(cookie)
    request: HttpRequest = made.get("/")
    return request


def answer(view: Any, request: HttpRequest | None = None) -> Any:
    return ConsentMiddleware(view)(request or RequestFactory().get("/"))


# Requests and responses


def test_what_a_view_sets_is_judged_in_place() -> None:
    response = answer(with_tracker)

    assert list(response.cookies) == ["session"]
    assert response.headers["Cache-Control"] == "private"


def test_a_response_without_cookies_is_left_as_it_is() -> None:
    response = answer(plain)

    assert list(response.headers) == ["Content-Type"]


def test_a_set_cookie_among_the_headers_is_judged_as_well() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Set-Cookie": "_ga=2; Path=/"})

    assert "Set-Cookie" not in answer(view).headers


def test_a_deletion_among_the_headers_leaves_in_canonical_form() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Set-Cookie": "_ga=2; Max-Age=0"})

    value = answer(view).headers["Set-Cookie"]

    assert value.startswith("_ga=; Max-Age=0; Expires=Thu, 01 Jan 1970")


@pytest.mark.parametrize("factory", [RequestFactory, AsyncRequestFactory])
def test_a_view_reads_its_visitors_consent(factory: Any) -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(get_consent(request).allows("statistics"))
        return plain(request)

    answer(view, request_with(factory, preferences_for("statistics")))

    assert seen == [True]


@pytest.mark.parametrize("factory", [RequestFactory, AsyncRequestFactory])
@pytest.mark.parametrize("cookie", ["_ga=1; session=2", "_ga=1"], ids=["some", "all"])
def test_what_a_view_may_not_read_is_hidden_in_every_place(factory: Any, cookie: str) -> None:
    request = request_with(factory, cookie)
    read = (dict(request.COOKIES), dict(request.headers))  # by a middleware outside of the gate

    def view(request: HttpRequest) -> HttpResponse:
        assert "_ga" not in request.COOKIES
        assert "_ga" not in request.headers.get("Cookie", "")
        scope: Any = getattr(request, "scope", {"headers": []})
        assert b"_ga" not in dict(scope["headers"]).get(b"cookie", b"")
        return plain(request)

    assert "_ga" in read[0]
    assert answer(view, request).status_code == 200


def test_a_streamed_response_keeps_its_stream() -> None:
    chunks = iter([b"one", b"two"])

    def view(request: HttpRequest) -> StreamingHttpResponse:
        response = StreamingHttpResponse(chunks)
        response.set_cookie("_ga", "2")
        return response

    response = answer(view)

    assert not response.cookies
    assert list(response.streaming_content) == [b"one", b"two"]


def test_a_choice_can_not_be_changed_once_the_response_left_the_gate() -> None:
    request = RequestFactory().post("/")

    answer(plain, request)

    with pytest.raises(ConfigurationError, match="after the response"):
        get_consent(request).grant()


def test_a_view_that_fails_ends_the_exchange_too() -> None:
    request = RequestFactory().get("/")

    def view(request: HttpRequest) -> HttpResponse:
        raise ValueError("the view's own")

    with pytest.raises(ValueError, match="own"):
        answer(view, request)
    assert not exchange_of(request).is_running


@pytest.mark.parametrize("method", ["get", "head"])
def test_mode_block_answers_500_and_closes_what_the_response_held(method: str) -> None:
    held = BytesIO(b"content")

    def view(request: HttpRequest) -> FileResponse:
        response = FileResponse(held)
        response.set_cookie("new", "1")
        return response

    with configure(MODE="block"):
        response = answer(view, getattr(RequestFactory(), method)("/"))

    assert response.status_code == 500
    assert (b"CG110 new" in response.content) == (method == "get")
    assert not response.cookies
    response.close()
    assert held.closed


def test_the_test_client_keeps_the_choice_and_sees_what_is_expired() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        consent = get_consent(request)
        {"/grant": consent.grant, "/withdraw": consent.withdraw}[request.path]()
        return with_tracker(request)

    client = Client()
    with override_settings(MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(view)):
        granted = client.post("/grant")
        withdrawn = client.post("/withdraw")

    assert list(granted.cookies) == ["cookies_preferences", "session", "_ga"]
    assert withdrawn.cookies["_ga"]["max-age"] == "0"
    paths = [one["path"] for one in withdrawn.cookies.values() if one.key == "_fbp"]
    assert paths == ["/", "/shop"]


def test_a_written_cookie_survives_pickling() -> None:
    morsel = pickle.loads(pickle.dumps(WrittenMorsel("a=b; Path=/; Secure; New=1")))

    assert morsel.OutputString() == "a=b; Path=/; Secure; New=1"
    assert (morsel.key, morsel.value, morsel["path"], morsel["secure"]) == ("a", "b", "/", True)


# Several gates


@pytest.mark.parametrize("path", ["/", "/again"])
def test_the_class_inside_the_wrapper_filters_once(path: str) -> None:
    events: list[Any] = []
    with (
        configure(ON_EVENT=events.append),
        override_settings(MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(with_tracker)),
    ):
        _, headers, _ = run_wsgi(wrap_wsgi(WSGIHandler()), Ask(path=path))

    assert [value for name, value in headers if name == "set-cookie"] == [" session=1; Path=/"]
    assert [event.name for event in events] == ["_ga"]


def test_a_gate_of_another_policy_inside_the_wrapper_filters_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with configure(POLICY=OTHER), override_settings(ROOT_URLCONF=Urls(with_tracker)):
        gated = wrap_wsgi(WSGIHandler())
    with override_settings(MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(with_tracker)):
        inner = WSGIHandler()
        monkeypatch.setattr(gated, "app", inner)
        _, headers, _ = run_wsgi(gated, Ask(cookie=preferences_for("statistics") + "; _fbp=1"))

    assert [value for name, value in headers if name == "set-cookie"] == [" session=1; Path=/"]


@pytest.mark.parametrize("wrap", [wrap_wsgi, wrap_asgi])
def test_a_wrapped_application_is_not_wrapped_again(wrap: Any) -> None:
    with pytest.raises(ConfigurationError, match="already"):
        wrap(wrap(plain))


# Several portals on one platform


def choose_policy(host: str) -> Policy:
    return {"other.example.org": OTHER}.get(host, POLICY)


def test_each_portal_has_its_policy_behind_the_class() -> None:
    with configure(POLICY=choose_policy):
        guard = ConsentMiddleware(with_tracker)
        requests = [
            RequestFactory().get(
                "/", headers={"Host": host, "Cookie": preferences_for("statistics")}
            )
            for host in ("www.example.org", "other.example.org")
        ]
        responses: list[Any] = [guard(request) for request in requests]

    left = [list(response.cookies) for response in responses]
    assert left == [["session", "_ga"], ["session"]]


@pytest.mark.parametrize("host", ["www.example.org", "other.example.org"])
def test_each_portal_has_its_policy_behind_the_wrappers(host: str) -> None:
    ask = Ask(headers=(("Host", host),), cookie=preferences_for("statistics"))
    with configure(POLICY=choose_policy), override_settings(ROOT_URLCONF=Urls(with_tracker)):
        wsgi = run_wsgi(wrap_wsgi(WSGIHandler()), ask)
        asgi = run_asgi(patient(rename_host(wrap_asgi(ASGIHandler()))), ask)

    expected = {"www.example.org": ["session", "_ga"], "other.example.org": ["session"]}
    for _, headers, _ in (wsgi, asgi):
        left = [value.strip().partition("=")[0] for name, value in headers if name == "set-cookie"]
        assert left == expected[host]


def rename_host(app: Any) -> Any:
    """The ASGI application, told the last Host only."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "headers": scope["headers"][1:]}, receive, send)

    return call


def test_the_settings_of_a_gate_are_a_value() -> None:
    assert GateSettings(POLICY, SECRET, {}) == GateSettings(POLICY, SECRET, {})


# What the class can't see, and the wrapper does: each is set outside of Django's own response,
# or outside of the class.


class MadeUpResponse(HttpResponse):
    """A response that says more when it is sent than its headers and cookies hold."""

    def items(self) -> Any:
        return [*super().items(), ("Set-Cookie", "_promo_id=7")]


def made_up(request: HttpRequest) -> HttpResponse:
    return MadeUpResponse()


def around(app: Any) -> Any:
    return Plugin(app, ["_promo_id=7"])


def nothing(app: Any) -> Any:
    return app


UNSEEN_BY_THE_CLASS = {
    "a middleware before it": ([OUTER, GATE_CLASS], plain, nothing),
    "a plug-in around the application": ([GATE_CLASS], plain, around),
    "a response that makes up headers when it is sent": ([GATE_CLASS], made_up, nothing),
}


@pytest.mark.parametrize("case", UNSEEN_BY_THE_CLASS)
@pytest.mark.parametrize(
    ("guard", "left"), [(nothing, 1), (wrap_wsgi, 0)], ids=["class", "wrapper"]
)
def test_the_wrapper_sees_what_the_class_can_not(case: str, guard: Any, left: int) -> None:
    middleware, view, plug_in = UNSEEN_BY_THE_CLASS[case]
    with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF=Urls(view)):
        _, headers, _ = run_wsgi(guard(plug_in(WSGIHandler())), Ask())

    assert [name for name, _ in headers].count("set-cookie") == left


@pytest.mark.parametrize(
    ("guard", "left"), [(nothing, 1), (wrap_asgi, 0)], ids=["class", "wrapper"]
)
def test_the_wrapper_sees_a_plugin_under_asgi_as_well(guard: Any, left: int) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        return HttpResponse()

    with override_settings(MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(view)):
        app = AsyncPlugin(ASGIHandler(), ["_promo_id=7"])
        _, headers, _ = run_asgi(patient(guard(app)), Ask())

    assert [name for name, _ in headers].count("set-cookie") == left


def test_a_plain_request_without_an_environ_is_served() -> None:
    request = HttpRequest()
    request.method = "GET"
    request.META["HTTP_COOKIE"] = "_ga=1"

    answer(with_tracker, request)

    assert CONSENT_KEY in request.META
    assert request.COOKIES == {}
