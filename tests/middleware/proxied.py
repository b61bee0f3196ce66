"""Sites behind a proxy that their framework trusts, in each of the places where it may be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import flask
import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path as django_path
from django.urls import reverse
from werkzeug.middleware.proxy_fix import ProxyFix

from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.ext.flask import ConsentGate
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS
from tests.support.exchange import POLICY, SECRET
from tests.support.frameworks import (
    Reply,
    Send,
    call_asgi,
    call_wsgi,
    options_of,
)

Visit = Callable[[Send], Reply]

# What a proxy sends on that ends https for https://www.example.org/shop/ and cuts /shop off.
FORWARDED = (
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "shop.example"),
    ("X-Forwarded-Prefix", "/shop"),
)
VISITOR = "https://shop.example/shop"


def page(link: str) -> str:
    """A page with a link of the framework's own to itself."""
    return f'<!doctype html><html><body><a id="own" href="{link}">here</a></body></html>'


# Flask


def flask_app() -> flask.Flask:
    app = flask.Flask("shop")
    app.add_url_rule("/basket", "basket", lambda: page(flask.url_for("basket")))
    return app


def flask_site(*wrappers: Callable[[Any], Any], after: bool = False) -> flask.Flask:
    """A Flask application with its gate, wrapped before or after."""
    app = flask_app()
    app.config |= {"SECRET_KEY": SECRET, "CONSENTGATE_POLICY": POLICY}
    if after:
        ConsentGate(app)
    for wrap in wrappers:
        app.wsgi_app = wrap(app.wsgi_app)  # type: ignore[method-assign]
    if not after:
        ConsentGate(app)
    return app


def proxy_fix(app: Any) -> ProxyFix:
    return ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_prefix=1)


def flask_extension(send: Send) -> Reply:
    return call_wsgi(flask_site(proxy_fix), send)


def flask_extension_wrapped_later(send: Send) -> Reply:
    return call_wsgi(flask_site(proxy_fix, after=True), send)


def proxy_fix_outside(send: Send) -> Reply:
    return call_wsgi(proxy_fix(WsgiMiddleware(flask_app(), **options_of({}))), send)


def proxy_fix_inside(send: Send) -> Reply:
    return call_wsgi(WsgiMiddleware(proxy_fix(flask_app()), **options_of({})), send)


def prefix_wrapper_of_ones_own(send: Send) -> Reply:
    def trust_prefix(app: Any) -> Any:
        def trusting(environ: Any, start_response: Any) -> Iterable[bytes]:
            environ["SCRIPT_NAME"] = environ["HTTP_X_FORWARDED_PREFIX"]
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
            environ["HTTP_HOST"] = environ["HTTP_X_FORWARDED_HOST"]
            answer: Iterable[bytes] = app(environ, start_response)
            return answer

        return trusting

    return call_wsgi(flask_site(trust_prefix), send)


# Django


def basket(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page(reverse("basket")))


class Shop:
    """The URLs of the project."""

    urlpatterns = (django_path("basket", basket, name="basket"),)


def django_project(**more: Any) -> Any:
    return override_settings(
        CONSENTGATE={name.upper(): value for name, value in options_of({}).items()},
        ROOT_URLCONF=Shop,
        FORCE_SCRIPT_NAME="/shop",
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        USE_X_FORWARDED_HOST=True,
        **more,
    )


def django_wrapped(send: Send) -> Reply:
    with django_project():
        return call_wsgi(wrap_wsgi(WSGIHandler()), send)


def django_wrapped_under_asgi(send: Send) -> Reply:
    with django_project():
        return call_asgi(wrap_asgi(ASGIHandler()), send)


def django_class(send: Send) -> Reply:
    with django_project(MIDDLEWARE=[GATE_CLASS]):
        return call_wsgi(WSGIHandler(), send)


def django_class_under_asgi(send: Send) -> Reply:
    with django_project(MIDDLEWARE=[GATE_CLASS]):
        return call_asgi(ASGIHandler(), send)


TRUSTING: dict[str, Visit] = {
    "flask's extension": flask_extension,
    "flask's extension, wrapped later": flask_extension_wrapped_later,
    "a wrapper of one's own": prefix_wrapper_of_ones_own,
    "ProxyFix outside": proxy_fix_outside,
    "django wrapped": django_wrapped,
    "django wrapped under asgi": django_wrapped_under_asgi,
    "django's class": django_class,
    "django's class under asgi": django_class_under_asgi,
}
"""Where all that the proxy says is known to the visitor's pages too."""

trusting = pytest.mark.parametrize("visit", TRUSTING.values(), ids=TRUSTING)
behind_proxy = pytest.mark.parametrize(
    "visit",
    [*TRUSTING.values(), proxy_fix_inside],
    ids=[*TRUSTING, "ProxyFix inside"],
)


def attribute(reply: Reply, pattern: str) -> str:
    """The value of the attribute that the pattern ends with."""
    found = re.search(pattern + '="([^"]*)"', reply.text)
    assert found is not None, reply.text
    return found[1]


def get(path: str, **more: Any) -> Send:
    return Send(path=path, headers=FORWARDED, https=False, **more)
