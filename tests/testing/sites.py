"""One small site in each framework, and a test client of each kind in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import fastapi
import flask
import httpx
import werkzeug.test
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import override_settings
from django.urls import re_path
from fastapi.testclient import TestClient as FastApiClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient as StarletteClient
from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response as WerkzeugResponse

from consentgate import Controller, Cookie, Policy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.flask import ConsentGate
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS

SECRET = "for tests only, of 32 characters"
POLICY = Policy(
    necessary=["session"],
    cookies=[
        Cookie(
            "visits",
            category="statistics",
            provider="Example Town",
            purpose="Counts how often you came.",
            lifetime="1 day",
        ),
        Cookie(
            "_fbp",
            category="marketing",
            provider="Meta",
            purpose="Measures advertising.",
            lifetime="90 days",
        ),
    ],
    controller=Controller("Example Town", contact="dpo@example.org"),
)

BODY = "<!doctype html><html lang=en><body>a page"
COOKIES: dict[str, dict[str, Any]] = {
    "session": {"httponly": True},
    "visits": {"max_age": 86_400},
    "_fbp": {"max_age": 86_400},
    "_promo_id": {},
}
"""What the page at / sets; the page at /plain sets the session alone, and /old leads to /."""


# Any: each framework's response sets cookies by the same keywords.
def set_on(path: str, set_cookie: Callable[..., Any]) -> None:
    for name, attributes in COOKIES.items():
        if path != "/plain" or name == "session":
            set_cookie(name, "1", **attributes)


def options(given: dict[str, Any]) -> dict[str, Any]:
    return {"policy": POLICY, "secret_key": SECRET} | given


def flask_app(**given: Any) -> flask.Flask:
    """The site on Flask, with the extension."""
    app = flask.Flask("site")
    # Not the name of the tests' own session, so that nothing but the policy declares that.
    app.config |= {"SESSION_COOKIE_NAME": "flask_session"}
    app.config |= {f"CONSENTGATE_{name.upper()}": value for name, value in options(given).items()}
    ConsentGate(app)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>")
    def page(path: str) -> Any:
        if path == "old":
            return flask.redirect("/")
        if path == "missing":
            flask.abort(404)
        response = flask.make_response(BODY)
        set_on(f"/{path}", response.set_cookie)
        return response

    return app


def bare_wsgi_app() -> Any:
    """The site on Werkzeug, without a gate."""

    @WerkzeugRequest.application
    def page(request: WerkzeugRequest) -> WerkzeugResponse:
        if request.path == "/old":
            return WerkzeugResponse(status=302, headers={"Location": "/"})
        response = WerkzeugResponse(BODY, 404 if request.path == "/missing" else 200)
        response.mimetype = "text/html"
        set_on(request.path, response.set_cookie)
        return response

    return page


def wsgi_app(**given: Any) -> Any:
    """The site on Werkzeug."""
    return WsgiMiddleware(bare_wsgi_app(), **options(given))


def bare_asgi_app() -> Starlette:
    """The site on Starlette, without a gate."""

    async def page(request: Request) -> Response:
        if request.url.path == "/old":
            return RedirectResponse("/")
        response = HTMLResponse(BODY, 404 if request.url.path == "/missing" else 200)
        set_on(request.url.path, response.set_cookie)
        return response

    return Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])


def asgi_app(**given: Any) -> Starlette:
    """The site on Starlette."""
    app = bare_asgi_app()
    app.add_middleware(AsgiMiddleware, **options(given))
    return app


def fastapi_app(**given: Any) -> fastapi.FastAPI:
    """The site on FastAPI."""
    app = fastapi.FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    def page(path: str) -> Response:
        if path == "old":
            return RedirectResponse("/")
        response = HTMLResponse(BODY, 404 if path == "missing" else 200)
        set_on(f"/{path}", response.set_cookie)
        return response

    app.add_middleware(AsgiMiddleware, **options(given))
    return app


def django_page(request: HttpRequest) -> HttpResponse:
    """The site on Django."""
    if request.path == "/old":
        return HttpResponse(status=302, headers={"Location": "/"})
    response = HttpResponse(BODY, status=404 if request.path == "/missing" else 200)
    set_on(request.path, response.set_cookie)
    return response


urlpatterns = [re_path("", django_page)]


@contextmanager
def django_site(**given: Any) -> Iterator[None]:
    """The settings of the site on Django."""
    names = {name.upper(): value for name, value in options(given).items()}
    with override_settings(
        CONSENTGATE={"LANGUAGE": None} | names,
        MIDDLEWARE=[GATE_CLASS],
        ROOT_URLCONF=__name__,
        SESSION_COOKIE_NAME="django_session",
    ):
        yield


@contextmanager
def use_flask(**given: Any) -> Iterator[Any]:
    yield flask_app(**given).test_client()


@contextmanager
def use_werkzeug(**given: Any) -> Iterator[Any]:
    yield werkzeug.test.Client(wsgi_app(**given))


@contextmanager
def use_starlette(**given: Any) -> Iterator[Any]:
    with StarletteClient(asgi_app(**given)) as client:
        yield client


@contextmanager
def use_fastapi(**given: Any) -> Iterator[Any]:
    yield FastApiClient(fastapi_app(**given))


@contextmanager
def use_django(**given: Any) -> Iterator[Any]:
    with django_site(**given):
        yield Client()


@contextmanager
def use_httpx(**given: Any) -> Iterator[Any]:
    transport = httpx.WSGITransport(wsgi_app(**given))
    with httpx.Client(transport=transport, base_url="http://shop.example.org") as client:
        yield client


CLIENTS = {
    "Flask": use_flask,
    "Werkzeug": use_werkzeug,
    "Starlette": use_starlette,
    "FastAPI": use_fastapi,
    "Django": use_django,
    "httpx": use_httpx,
}


@contextmanager
def use_async_httpx(**given: Any) -> Iterator[Any]:
    transport = httpx.ASGITransport(asgi_app(**given))
    yield httpx.AsyncClient(transport=transport, base_url="https://shop.example.org")


@contextmanager
def use_async_django(**given: Any) -> Iterator[Any]:
    with django_site(**given):
        yield AsyncClient()


ASYNC_CLIENTS = {"httpx": use_async_httpx, "Django": use_async_django}
