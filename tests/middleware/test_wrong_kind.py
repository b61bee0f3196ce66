"""A middleware that is given an application of another kind says so, and what to use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import flask
import pytest
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware

from consentgate import ConfigurationError, Policy, asgi, wsgi
from consentgate._applications import Interface, extra_for, framework_of, interface_of
from consentgate.ext import flask as flask_extension
from consentgate.ext.django import middleware, wrap
from tests.support.exchange import SECRET

pytestmark = pytest.mark.behaviour(45)

# Any: a type checker sees what these tests do
AsgiMiddleware: Any = asgi.ConsentMiddleware
WsgiMiddleware: Any = wsgi.ConsentMiddleware
DjangoMiddleware: Any = middleware.ConsentMiddleware
ConsentGate: Any = flask_extension.ConsentGate
wrap_asgi: Any = wrap.wrap_asgi
wrap_wsgi: Any = wrap.wrap_wsgi

OPTIONS: dict[str, Any] = {"policy": Policy(), "secret_key": SECRET}
OF_WSGI = "consentgate.wsgi.ConsentMiddleware"
OF_ASGI = "consentgate.asgi.ConsentMiddleware"
OF_DJANGO = "consentgate.ext.django.middleware.ConsentMiddleware"


def error_of(act: Callable[[], object]) -> str:
    """What the error says that comes up."""
    with pytest.raises(ConfigurationError) as caught:
        act()
    return str(caught.value)


async def asgi_app(scope: Any, receive: Any, send: Any) -> None: ...


def wsgi_app(environ: Any, start_response: Any) -> Any: ...


class WsgiClass:
    """An application whose instances are the responses, as PEP 3333 allows."""

    def __init__(self, environ: Any, start_response: Any) -> None: ...


class AsgiObject:
    """An application that is an object."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


# The middlewares


@pytest.mark.parametrize("app", [asgi_app, AsgiObject(), partial(asgi_app)])
def test_the_wsgi_middleware_refuses_an_asgi_application(app: Any) -> None:
    error = error_of(lambda: WsgiMiddleware(app, **OPTIONS))

    assert error == f"this is the WSGI middleware; this ASGI application needs {OF_ASGI}"


@pytest.mark.parametrize("app", [wsgi_app, WsgiClass, partial(wsgi_app)])
def test_the_asgi_middleware_refuses_a_wsgi_application(app: Any) -> None:
    error = error_of(lambda: AsgiMiddleware(app, **OPTIONS))

    assert error == f"this is the ASGI middleware; this WSGI application needs {OF_WSGI}"


@pytest.mark.parametrize("framework", [Starlette, FastAPI])
def test_starlette_and_fastapi_are_told_of_the_asgi_middleware(framework: Any) -> None:
    added = framework()
    added.add_middleware(WsgiMiddleware, **OPTIONS)
    given = framework(middleware=[Middleware(WsgiMiddleware, **OPTIONS)])

    expected = f"this is the WSGI middleware; Starlette or FastAPI needs {OF_ASGI}"
    assert error_of(added.build_middleware_stack) == expected
    assert error_of(given.build_middleware_stack) == expected


def test_a_framework_s_application_is_named() -> None:
    class Site(flask.Flask): ...

    app = Site(__name__)
    expected = f"this is the ASGI middleware; Flask needs {OF_WSGI}"

    assert error_of(lambda: AsgiMiddleware(app, **OPTIONS)) == expected
    assert error_of(lambda: AsgiMiddleware(app.wsgi_app, **OPTIONS)) == expected
    assert "FastAPI needs" in error_of(lambda: WsgiMiddleware(FastAPI(), **OPTIONS))


def test_one_middleware_around_the_other_is_refused() -> None:
    inner = WsgiMiddleware(wsgi_app, **OPTIONS)

    assert OF_WSGI in error_of(lambda: AsgiMiddleware(inner, **OPTIONS))


# Flask and Django


def test_the_extension_of_flask_refuses_other_applications() -> None:
    assert OF_ASGI in error_of(lambda: ConsentGate(FastAPI()))
    assert OF_WSGI in error_of(lambda: ConsentGate(wsgi_app))


@pytest.mark.parametrize("name", [OF_WSGI, OF_ASGI])
def test_django_s_setting_is_told_of_the_class_for_it(name: str) -> None:
    with override_settings(MIDDLEWARE=[name]):
        assert f"MIDDLEWARE needs {OF_DJANGO}" in error_of(get_wsgi_application)
        assert f"MIDDLEWARE needs {OF_DJANGO}" in error_of(get_asgi_application)


def test_django_s_wrappers_name_each_other() -> None:
    with override_settings(MIDDLEWARE=[], CONSENTGATE={"POLICY": Policy()}):
        of_wsgi, of_asgi = get_wsgi_application(), get_asgi_application()

        assert "Django needs consentgate.ext.django.wrap.wrap_wsgi" in error_of(
            lambda: wrap_asgi(of_wsgi)
        )
        assert "Django needs consentgate.ext.django.wrap.wrap_asgi" in error_of(
            lambda: wrap_wsgi(of_asgi)
        )
        assert "wrap_wsgi" in error_of(lambda: DjangoMiddleware(of_wsgi))
        assert "wrap_asgi" in error_of(lambda: DjangoMiddleware(of_asgi))


# How applications are told apart


class Anything:
    """What takes any arguments says nothing about itself."""

    def __call__(self, *arguments: Any) -> Any: ...


class AnythingAsync:
    async def __call__(self, *arguments: Any) -> Any: ...


async def handle(request: Any) -> Any: ...


async def call_with_two(environ: Any, start_response: Any) -> Any: ...


@pytest.mark.parametrize(
    ("app", "interface"),
    [
        (asgi_app, Interface.ASGI),
        (lambda scope, receive, send: None, Interface.ASGI),
        (AnythingAsync(), Interface.ASGI),
        (wsgi_app, Interface.WSGI),
        (lambda request: None, None),
        (handle, None),
        (Anything(), None),
        (lambda environ, start_response, extra=None: None, None),
        (lambda: None, None),
        (call_with_two, None),
        (dict.fromkeys, None),
        (print, None),
        (7, None),
    ],
)
def test_an_application_is_told_by_how_it_can_be_called(
    app: Any, interface: Interface | None
) -> None:
    assert interface_of(app) is interface


def test_what_cannot_be_told_is_taken_for_what_it_is_given_as() -> None:
    AsgiMiddleware(Anything(), **OPTIONS)
    WsgiMiddleware(Anything(), **OPTIONS)


@pytest.mark.parametrize(
    ("app", "name"),
    [
        (flask.Flask("x"), "flask"),
        (partial(flask.Flask.__call__, flask.Flask("x")), "flask"),
        (FastAPI(), "fastapi"),
        (Starlette().router, "starlette"),
        (wsgi_app, ""),
    ],
)
def test_the_framework_is_told_by_where_the_application_is_from(app: Any, name: str) -> None:
    assert framework_of(app) == name


# What a missing toolkit's error says


@pytest.mark.parametrize(
    ("app", "extra"),
    [
        (flask.Flask("x").wsgi_app, "flask"),
        (FastAPI(), "starlette"),
        (Starlette(), "starlette"),
        (wsgi_app, "other"),
    ],
)
def test_the_extra_is_that_of_the_framework_in_use(app: Any, extra: str) -> None:
    assert extra_for(app, default="other") == extra


@pytest.mark.parametrize(
    ("pages", "make", "wrapper"),
    [
        ("consentgate.pages.wsgi", get_wsgi_application, wrap_wsgi),
        ("consentgate.pages.asgi", get_asgi_application, wrap_asgi),
    ],
)
def test_a_missing_toolkit_names_the_extra_of_django_around_its_applications(
    monkeypatch: pytest.MonkeyPatch, pages: str, make: Any, wrapper: Any
) -> None:
    monkeypatch.setattr(f"{pages}._missing", ImportError("none"))

    with override_settings(MIDDLEWARE=[], CONSENTGATE={"POLICY": Policy()}):
        assert "pip install 'consentgate[django]'" in error_of(lambda: wrapper(make()))
