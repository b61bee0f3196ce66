"""The facts of a request are those that the server gave: nothing that the application writes into
its scope, environ or request changes a verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings

from consentgate import Category, ConfigurationError, Cookie, Event, Policy, get_consent
from tests.contract.adapters_django import patient
from tests.support.app_calls import run_asgi, run_wsgi, scope_of
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import Ask, options_with, preferences_for
from tests.support.minimal_servers import (
    App,
    asgi_gate,
    cookies,
    sender,
    set_cookies,
    start,
    talk,
    wsgi_gate,
)

pytestmark = pytest.mark.behaviour(26)

# Any: requests, scopes and environs share no type.
Change = Callable[[Any, dict[str, str]], None]
Handle = Callable[[Any], object]
Play = Callable[[Ask, Handle, tuple[str, ...], list[Event], dict[str, Any]], list[str]]

LIE = {"cookie": preferences_for("statistics", "marketing"), "sec-gpc": "1"}

POLICY = Policy(
    categories=[Category("sale", gpc=True)],
    cookies=[
        Cookie("_ga", category="statistics"),
        Cookie("counted", category="sale", anonymous=True),
        Cookie("marked", category="necessary", secure=True),
    ],
)


# How an application writes into what it holds


def replace_headers(scope: Any, headers: dict[str, str]) -> None:
    scope["headers"] = as_pairs(headers)


def write_into_headers(scope: Any, headers: dict[str, str]) -> None:
    scope["headers"][:] = as_pairs(headers)


def add_to_headers(scope: Any, headers: dict[str, str]) -> None:
    scope["headers"] += as_pairs(headers)


def as_pairs(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def write_into_environ(environ: Any, headers: dict[str, str]) -> None:
    kept = {key: value for key, value in environ.items() if not key.startswith("HTTP_")}
    environ.clear()
    environ.update(kept)
    add_to_environ(environ, headers)


def add_to_environ(environ: Any, headers: dict[str, str]) -> None:
    environ.update({f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()})


def write_facts_into_scope(scope: Any, facts: dict[str, str]) -> None:
    scope.update(facts)
    scope["raw_path"] = facts.get("path", "").encode()


def write_facts_into_environ(environ: Any, facts: dict[str, str]) -> None:
    keys = {"method": "REQUEST_METHOD", "path": "PATH_INFO", "scheme": "wsgi.url_scheme"}
    environ.update({keys[name]: value for name, value in facts.items()})


# Under what it does so


def play_asgi(
    ask: Ask, handle: Handle, values: tuple[str, ...], events: list[Event], options: dict[str, Any]
) -> list[str]:
    async def app(scope: Any, receive: App, send: App) -> None:
        handle(scope)
        await sender(start(*cookies(*values)))(scope, receive, send)

    return set_in(run_asgi(asgi_gate(app, events, **options), ask)[1])


def play_wsgi(
    ask: Ask, handle: Handle, values: tuple[str, ...], events: list[Event], options: dict[str, Any]
) -> list[str]:
    def app(environ: Any, start_response: App) -> list[bytes]:
        handle(environ)
        start_response("200 OK", set_cookies(*values))
        return []

    return set_in(run_wsgi(wsgi_gate(app, events, **options), ask)[1])


def play_django(
    ask: Ask, handle: Handle, values: tuple[str, ...], events: list[Event], options: dict[str, Any]
) -> list[str]:
    """The view writes into META, and into what Django made of it."""

    def view(request: HttpRequest) -> HttpResponse:
        handle(request.META)
        request.method = request.META["REQUEST_METHOD"]
        request.path = request.path_info = request.META["PATH_INFO"]
        return answer(values)

    with django_project(view, events, options):
        return set_in(run_wsgi(WSGIHandler(), ask)[1])


def play_django_asgi(
    ask: Ask, handle: Handle, values: tuple[str, ...], events: list[Event], options: dict[str, Any]
) -> list[str]:
    """The view writes into the scope of its request."""

    async def view(request: Any) -> HttpResponse:
        handle(request.scope)
        request.method = request.scope["method"]
        return answer(values)

    with django_project(view, events, options):
        return set_in(run_asgi(patient(ASGIHandler()), ask)[1])


def answer(values: tuple[str, ...]) -> HttpResponse:
    response = HttpResponse()
    for value in values:
        name, _, text = value.partition("=")
        response.set_cookie(name, text)
    return response


def django_project(view: Any, events: list[Event], options: dict[str, Any]) -> Any:
    given = {name.upper(): value for name, value in options_with(events, options).items()}
    return override_settings(CONSENTGATE=given, MIDDLEWARE=[GATE_CLASS], ROOT_URLCONF=Urls(view))


def set_in(headers: list[tuple[str, str]]) -> list[str]:
    """The Set-Cookie values; Django writes a blank before each."""
    return [value.strip() for name, value in headers if name == "set-cookie"]


SERVERS: dict[str, tuple[Play, dict[str, Change], Change]] = {
    "asgi": (
        play_asgi,
        {"replaced": replace_headers, "in place": write_into_headers, "added": add_to_headers},
        write_facts_into_scope,
    ),
    "wsgi": (
        play_wsgi,
        {"in place": write_into_environ, "added": add_to_environ},
        write_facts_into_environ,
    ),
    "django": (
        play_django,
        {"in place": write_into_environ, "added": add_to_environ},
        write_facts_into_environ,
    ),
    "django under asgi": (
        play_django_asgi,
        {"replaced": replace_headers, "in place": write_into_headers, "added": add_to_headers},
        write_facts_into_scope,
    ),
}
all_changes = pytest.mark.parametrize(
    ("play", "change"),
    [
        pytest.param(play, change, id=f"{server}, {how}")
        for server, (play, changes, _) in SERVERS.items()
        for how, change in changes.items()
    ],
)
all_facts = pytest.mark.parametrize(
    ("play", "write"),
    [pytest.param(play, write, id=server) for server, (play, _, write) in SERVERS.items()],
)


def names_left(play: Play, ask: Ask, handle: Handle, *values: str, **options: Any) -> list[str]:
    return [value.partition("=")[0] for value in play(ask, handle, values, [], options)]


@all_changes
@pytest.mark.parametrize("cookie", ["", "session=1", preferences_for()], ids=["", "other", "no"])
def test_a_choice_that_the_application_writes_grants_nothing(
    play: Play, change: Change, cookie: str
) -> None:
    left = names_left(
        play, Ask(cookie=cookie), lambda held: change(held, LIE), "session=1", "_ga=1", "_fbp=1"
    )

    assert left == ["session"]


@all_changes
def test_a_choice_that_the_application_takes_away_still_grants(play: Play, change: Change) -> None:
    ask = Ask(cookie=preferences_for("statistics"))

    left = names_left(play, ask, lambda held: change(held, {"cookie": "a=1"}), "_ga=1", "_fbp=1")

    assert left == ["_ga"]


@all_changes
def test_the_handle_knows_the_choice_that_came_in(play: Play, change: Change) -> None:
    found: list[bool] = []

    def handle(held: Any) -> None:
        change(held, LIE)
        found.append(get_consent(held).allows("marketing"))

    names_left(play, Ask(cookie=preferences_for("statistics")), handle)

    assert found == [False]


@pytest.mark.law(22)
@all_changes
@pytest.mark.parametrize(("sent", "left"), [("1", []), ("0", ["counted"])])
def test_the_browsers_signal_is_the_one_that_came_in(
    play: Play, change: Change, sent: str, left: list[str]
) -> None:
    other = {"sec-gpc": "0" if sent == "1" else "1"}
    ask = Ask(headers=(("Sec-GPC", sent),))

    found = names_left(play, ask, lambda held: change(held, other), "counted=1", policy=POLICY)

    assert found == left


@all_changes
def test_what_came_in_is_not_renewed_whatever_the_application_takes_away(
    play: Play, change: Change
) -> None:
    ask = Ask(cookie="counted=1")

    assert names_left(play, ask, lambda held: change(held, {}), "counted=2", policy=POLICY) == []


@pytest.mark.law(5)
@all_facts
@pytest.mark.parametrize(("sent", "written"), [("GET", "POST"), ("POST", "GET")])
def test_the_method_is_the_one_that_came_in(
    play: Play, write: Change, sent: str, written: str
) -> None:
    errors: list[str] = []

    def handle(held: Any) -> None:
        write(held, {"method": written})
        try:
            get_consent(held).grant("statistics")
        except ConfigurationError as error:
            errors.append(str(error))

    left = names_left(play, Ask(method=sent), handle, "_ga=1")

    assert left == (["cookies_preferences", "_ga"] if sent == "POST" else [])
    assert [f"under {sent}," in error for error in errors] == ([] if left else [True])


@all_facts
def test_the_path_that_is_reported_is_the_one_that_came_in(play: Play, write: Change) -> None:
    events: list[Event] = []

    play(Ask(path="/page"), lambda held: write(held, {"path": "/other"}), ("_ga=1",), events, {})

    assert [(event.name, event.path) for event in events] == [("_ga", "/page")]


@all_facts
@pytest.mark.parametrize("https", [True, False])
def test_the_scheme_is_the_one_that_came_in(play: Play, write: Change, https: bool) -> None:
    written = {"scheme": "http" if https else "https"}

    [left] = play(
        *(Ask(https=https), lambda held: write(held, written), ("marked=1",), []),
        {"policy": POLICY},
    )

    assert left.startswith("marked=1")
    assert ("; Secure" in left) is https


@pytest.mark.parametrize("kind", [list, tuple, iter], ids=["list", "tuple", "iterator"])
@pytest.mark.parametrize("cookie", ["", "session=1", "session=1; _ga=2"])
def test_the_header_list_of_the_server_stays_its_own(
    kind: Callable[[Any], Any], cookie: str
) -> None:
    scope = scope_of(Ask(cookie=cookie))
    before = list(scope["headers"])
    given = scope["headers"] = kind(scope["headers"])

    async def app(inner: Any, receive: App, send: App) -> None:
        assert dict(inner["headers"])[b"host"] == b"www.example.org"
        write_into_headers(inner, LIE)
        await send(start(*cookies("_ga=1")))

    [message] = talk(asgi_gate(app), scope)

    assert b"set-cookie" not in dict(message["headers"])
    assert kind is iter or list(given) == before
