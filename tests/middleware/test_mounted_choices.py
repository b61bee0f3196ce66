"""Applications that share a host each keep the choice that was made on them."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import flask
import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path as django_path
from starlette.applications import Starlette
from starlette.routing import Mount
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from consentgate import Action, Event, Policy, Reason, get_consent
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.flask import ConsentGate
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS
from tests.support.exchange import POLICY, SECRET
from tests.support.frameworks import (
    Reply,
    Send,
    asgi_app,
    call_asgi,
    call_wsgi,
    choose,
    options_of,
    wsgi_app,
)

pytestmark = pytest.mark.behaviour(38)

Call = Callable[[Send], Reply]
SHOP, BLOG = "the key of the shop, of 32 characters", "the key of the blog, of 32 characters"


def wsgi_site(**options: Any) -> Call:
    """A shop and a blog below one host, under WSGI, the main site with a gate of its own."""

    def gate(key: str) -> Any:
        return WsgiMiddleware(wsgi_app, **options_of(options | {"secret_key": key}))

    site = DispatcherMiddleware(gate(SECRET), {"/shop": gate(SHOP), "/blog": gate(BLOG)})
    return lambda send: call_wsgi(site, send)


def asgi_site(**options: Any) -> Call:
    """The same under ASGI."""

    def gate(key: str) -> Any:
        return AsgiMiddleware(asgi_app, **options_of(options | {"secret_key": key}))

    mounts = {"/shop": gate(SHOP), "/blog": gate(BLOG), "": gate(SECRET)}
    site = Starlette(routes=[Mount(path, app) for path, app in mounts.items()])
    return lambda send: call_asgi(site, send)


sites = pytest.mark.parametrize("site", [wsgi_site, asgi_site], ids=["wsgi", "asgi"])


class Jar:
    """The cookies of one browser, by path and name, as RFC 6265bis section 5.8.3 sends them."""

    def __init__(self) -> None:
        self.cookies: dict[tuple[str, str], str] = {}

    def keep(self, reply: Reply) -> None:
        """Store what an answer sets."""
        for value in reply.cookies:
            for morsel in SimpleCookie(value).values():
                self.cookies[morsel["path"], morsel.key] = morsel.value

    def header(self, path: str) -> str:
        """The Cookie header for a path, longer paths first."""
        found = [
            (place, f"{name}={value}")
            for (place, name), value in self.cookies.items()
            if f"{path}/".startswith(f"{place.rstrip('/')}/")
        ]
        return "; ".join(text for _, text in sorted(found, key=lambda one: -len(one[0])))


def state(call: Call, jar: Jar, mount: str) -> str:
    """What the application at this mount knows of the choice."""
    path = f"{mount}/consent/state"
    return call(Send(path=path, cookie=jar.header(path))).text


def make(call: Call, jar: Jar, mount: str, choice: str) -> None:
    path = f"{mount}/consent/"
    sent = choose(choice)
    reply = call(
        Send("POST", path, headers=sent.headers, parts=sent.parts, cookie=jar.header(path))
    )
    assert reply.status == 303
    jar.keep(reply)


@sites
def test_each_application_keeps_its_choice(site: Callable[..., Call]) -> None:
    call, jar = site(), Jar()
    choices = {"/shop": "accept", "/blog": "refuse", "": "accept"}

    for mount, choice in choices.items():
        make(call, jar, mount, choice)

    for mount, choice in choices.items():
        word = "granted" if choice == "accept" else "refused"
        assert f'"statistics":"{word}"' in state(call, jar, mount)


@sites
def test_a_choice_that_is_changed_is_changed_where_it_was_made(site: Callable[..., Call]) -> None:
    call, jar = site(), Jar()
    make(call, jar, "/shop", "accept")
    make(call, jar, "/blog", "accept")

    make(call, jar, "/shop", "withdraw")

    assert '"statistics":"refused"' in state(call, jar, "/shop")
    assert '"statistics":"granted"' in state(call, jar, "/blog")


@sites
def test_one_choice_for_the_whole_host_is_a_matter_of_path_and_key(
    site: Callable[..., Call],
) -> None:
    call, jar = site(path="/"), Jar()

    make(call, jar, "/shop", "accept")

    assert [place for place, _ in jar.cookies] == ["/"]


def path_of(reply: Reply) -> str:
    return reply.cookies[0].partition("Path=")[2].partition(";")[0]


@pytest.mark.parametrize(
    ("mount", "expected"),
    [
        ("", "/"),
        ("/shop", "/shop"),
        ("/shop/", "/shop"),
        ("/a/b-c_d.e~f", "/a/b-c_d.e~f"),
        ("/caf\xe9", "/"),
        ("/a b", "/"),
        ("/a;Domain=b", "/"),
    ],
)
def test_the_path_is_the_mount_where_browsers_write_it_in_one_way_only(
    mount: str, expected: str
) -> None:
    sent = choose("refuse", mount=mount)

    assert path_of(call_wsgi(WsgiMiddleware(wsgi_app, **options_of({})), sent)) == expected
    assert path_of(call_asgi(AsgiMiddleware(asgi_app, **options_of({})), sent)) == expected


def test_a_choice_in_a_handler_is_kept_at_the_mount_of_the_gate() -> None:
    inner, gated = flask.Flask("inner"), flask.Flask("gated")

    @inner.post("/choose")
    def choose_here() -> str:
        get_consent(flask.request).refuse()
        return "chosen"

    mounted = DispatcherMiddleware(gated, {"/inside": inner})
    site = DispatcherMiddleware(wsgi_app, {"/shop": WsgiMiddleware(mounted, **options_of({}))})

    assert path_of(call_wsgi(site, Send("POST", "/shop/inside/choose"))) == "/shop"


FORWARDED = (("X-Forwarded-Prefix", "/shop"), ("Sec-Fetch-Site", "same-origin"))


def test_in_flask_it_is_kept_at_the_prefix_of_a_trusted_proxy() -> None:
    app = flask.Flask("shop")
    app.config |= {"SECRET_KEY": SECRET, "CONSENTGATE_POLICY": POLICY}
    app.wsgi_app = ProxyFix(app.wsgi_app, x_prefix=1)  # type: ignore[method-assign]
    ConsentGate(app)
    sent = choose("refuse", headers=FORWARDED)

    assert path_of(call_wsgi(app, sent)) == "/shop"


class NoUrls:
    """No page of the project's own."""

    urlpatterns = (django_path("nothing", lambda _: HttpResponse()),)


@pytest.mark.parametrize(
    "call",
    [lambda sent: call_wsgi(WSGIHandler(), sent), lambda sent: call_asgi(ASGIHandler(), sent)],
    ids=["wsgi", "asgi"],
)
def test_in_django_it_is_kept_at_the_forced_script_name(call: Call) -> None:
    given = {name.upper(): value for name, value in options_of({}).items()}
    with override_settings(
        CONSENTGATE=given,
        MIDDLEWARE=[GATE_CLASS],
        ROOT_URLCONF=NoUrls,
        FORCE_SCRIPT_NAME="/shop",
    ):
        assert path_of(call(choose("refuse"))) == "/shop"


HOST_ONLY = Policy(cookies=POLICY.cookies, preferences_cookie="__Host-cookies_preferences")


@pytest.mark.parametrize(
    ("mount", "options", "expected"),
    [
        ("/shop", {}, (Reason.CHOICE_AT_MOUNT, "Path=/shop, mounted on /shop")),
        ("/shop", {"path": "/shop"}, (Reason.CHOICE_AT_MOUNT, "Path=/shop, mounted on /shop")),
        ("/shop", {"path": "/"}, (Reason.CHOICE_FOR_HOST, "Path=/, mounted on /shop")),
        ("/shop", {"policy": HOST_ONLY}, (Reason.CHOICE_FOR_HOST, "Path=/, mounted on /shop")),
        ("/a b", {}, (Reason.CHOICE_FOR_HOST, "Path=/, mounted on /a%20b")),
    ],
    ids=["by default", "given", "the whole host", "__Host-", "not plain"],
)
def test_the_event_says_for_what_the_choice_counts(
    mount: str, options: dict[str, Any], expected: tuple[Reason, str]
) -> None:
    events: list[Event] = []
    gate = WsgiMiddleware(wsgi_app, **options_of(options | {"on_event": events.append}))

    call_wsgi(gate, choose("refuse", mount=mount))

    assert [(event.reason, event.detail) for event in events] == [expected]
    assert events[0].action is Action.NOTE


def test_without_a_mount_there_is_nothing_to_say() -> None:
    events: list[Event] = []

    call_wsgi(WsgiMiddleware(wsgi_app, **options_of({"on_event": events.append})), choose("refuse"))

    assert events == []
