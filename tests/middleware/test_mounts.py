"""The banner's form is below the mount of the gate, whoever knows it and however it is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path as django_path
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.middleware.proxied import (
    attribute,
    flask_app,
    get,
    page,
    proxy_fix,
)
from tests.support.frameworks import (
    Send,
    call_asgi,
    call_wsgi,
    options_of,
    scope_of,
)

pytestmark = [
    pytest.mark.behaviour(35),
    pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated"),
]


# A mount that the server knows, or that the application is given


async def asgi_basket(request: Request) -> HTMLResponse:
    # What `url_for` puts before each path.
    return HTMLResponse(page(request.base_url.path.rstrip("/") + "/basket"))


BASKET = Route("/{rest:path}", asgi_basket)


def fastapi_root_path(root_path: str, *, added: bool) -> Any:
    app = FastAPI(root_path=root_path, routes=[BASKET])
    if added:
        app.add_middleware(AsgiMiddleware, **options_of({}))
        return app
    return AsgiMiddleware(app, **options_of({}))


def action_under(app: Any, **facts: Any) -> tuple[str, str]:
    """The framework's link and the banner's action, under ASGI."""
    scope = scope_of(Send(path="/basket")) | facts

    async def with_facts(_: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    reply = call_asgi(with_facts, Send())
    return attribute(reply, 'id="own" href'), attribute(reply, "<form[^>]* action")


@pytest.mark.parametrize("added", [True, False], ids=["added", "around"])
@pytest.mark.parametrize("root_path", ["/shop", "/shop/"])
def test_the_root_path_of_a_fastapi_application_precedes_the_form(
    added: bool, root_path: str
) -> None:
    app = fastapi_root_path(root_path, added=added)

    assert action_under(app) == ("/shop/basket", "/shop/consent/")


@pytest.mark.parametrize(
    ("root_path", "path"),
    [
        ("/shop", "/shop/basket"),
        ("/shop", "/basket"),
        ("/shop/", "/shop/basket"),
        ("/shop/", "/shop//basket"),
        ("/", "/basket"),
        ("", "/basket"),
    ],
    ids=["uvicorn", "cut off", "slash", "uvicorn with a slash", "the root", "none"],
)
def test_the_root_path_of_a_server_precedes_the_form(root_path: str, path: str) -> None:
    app = Starlette(routes=[BASKET])
    app.add_middleware(AsgiMiddleware, **options_of({}))

    link, action = action_under(app, path=path, root_path=root_path)

    assert action == link.removesuffix("/basket") + "/consent/"


@pytest.mark.parametrize("root_path", ["", "/shop"])
def test_a_mount_of_starlettes_inside_of_the_gate_does_not_precede_the_form(root_path: str) -> None:
    inner = Starlette(routes=[Mount("/in", Starlette(routes=[BASKET]))])
    gate = AsgiMiddleware(inner, **options_of({}))

    facts = {"path": f"{root_path}/in/basket", "root_path": root_path}
    _, action = action_under(gate, **facts)

    assert action == f"{root_path}/consent/"


def test_a_mount_of_starlettes_around_the_gate_precedes_the_form() -> None:
    gate = AsgiMiddleware(Starlette(routes=[BASKET]), **options_of({}))

    _, action = action_under(Starlette(routes=[Mount("/shop", gate)]), path="/shop/basket")

    assert action == "/shop/consent/"


@pytest.mark.parametrize("gated", ["inside", "around"])
def test_a_dispatcher_of_werkzeugs_precedes_the_form_only_around_the_gate(gated: str) -> None:
    def gate(app: Any) -> Any:
        return WsgiMiddleware(app, **options_of({}))

    app = (
        gate(DispatcherMiddleware(flask_app(), {"/shop": flask_app()}))
        if gated == "inside"
        else DispatcherMiddleware(flask_app(), {"/shop": gate(flask_app())})
    )

    reply = call_wsgi(app, Send(path="/shop/basket"))

    expected = "/consent/" if gated == "inside" else "/shop/consent/"
    assert attribute(reply, "<form[^>]* action") == expected
    assert attribute(reply, 'name="next" value') == "/shop/basket"


def test_a_prefix_from_a_proxy_and_a_mount_inside_are_told_apart() -> None:
    app = proxy_fix(DispatcherMiddleware(flask_app(), {"/in": flask_app()}))

    reply = call_wsgi(WsgiMiddleware(app, **options_of({})), get("/in/basket"))

    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"
    assert attribute(reply, 'name="next" value') == "/shop/in/basket"


@pytest.mark.parametrize(
    ("mount", "path"),
    [("/shop", "/basket"), ("/shop/", "basket"), ("/shop/", "/basket"), ("//shop", "/basket")],
    ids=["plain", "slash that takes the path's", "two slashes", "leading slashes"],
)
def test_the_mount_of_a_wsgi_server_precedes_the_form_with_one_slash(mount: str, path: str) -> None:
    gate = WsgiMiddleware(flask_app(), **options_of({}))

    def served(environ: Any, start_response: Any) -> Any:
        return gate(environ | {"SCRIPT_NAME": mount, "PATH_INFO": path}, start_response)

    reply = call_wsgi(served, Send())

    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"
    assert attribute(reply, 'name="next" value') == "/shop/basket"


def test_the_pages_are_found_below_a_mount_that_takes_the_paths_slash() -> None:
    gate = WsgiMiddleware(flask_app(), **options_of({}))

    def served(environ: Any, start_response: Any) -> Any:
        facts = {"SCRIPT_NAME": "/shop/", "PATH_INFO": "consent/"}
        return gate(environ | facts, start_response)

    reply = call_wsgi(served, Send())

    assert reply.status == 200
    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"


def test_an_application_that_rewrites_its_path_has_the_mount_that_the_server_gave() -> None:
    def localised(environ: Any, start_response: Any) -> Any:
        environ |= {"SCRIPT_NAME": "/fr", "PATH_INFO": "/panier"}
        start_response("200 OK", [("Content-Type", "text/html")])
        return [page("/").encode()]

    reply = call_wsgi(WsgiMiddleware(localised, **options_of({})), Send(path="/basket"))

    assert attribute(reply, "<form[^>]* action") == "/consent/"


@pytest.mark.parametrize("mount", ["", "/caf\xe9"])
def test_django_may_decode_what_it_finds_in_the_environ(mount: str) -> None:
    with override_settings(ROOT_URLCONF=Anything):
        gate = WsgiMiddleware(WSGIHandler(), **options_of({}))
        reply = call_wsgi(gate, Send(path="/th\xe9", mount=mount))

    quoted = "/caf%C3%A9" if mount else ""
    assert attribute(reply, "<form[^>]* action") == f"{quoted}/consent/"
    assert attribute(reply, 'name="next" value') == f"{quoted}/th%C3%A9"


class Anything:
    """One page at every path."""

    urlpatterns = (django_path("<path:rest>", lambda _, rest: HttpResponse(page("/"))),)


def test_a_forced_mount_and_decoded_paths_go_together() -> None:
    with override_settings(ROOT_URLCONF=Anything, FORCE_SCRIPT_NAME="/shop"):
        gate = WsgiMiddleware(WSGIHandler(), **options_of({}))
        reply = call_wsgi(gate, Send(path="/th\xe9"))

    assert attribute(reply, "<form[^>]* action") == "/shop/consent/"
