"""Policies that well-known middleware sets go on working beside the gate's: what they let run runs,
what they forbid stays forbidden, and the host of a third party that they allow waits for consent.

Flask-Talisman and secure are installed. Django's middleware is that of Django 6, which needs Python
3.12: here a class does what its documentation says.
https://docs.djangoproject.com/en/6.0/ref/csp/
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import flask
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test.utils import override_settings
from django.utils.functional import SimpleLazyObject
from flask_talisman import Talisman
from playwright.sync_api import Browser
from secure import ContentSecurityPolicy, Secure
from secure.middleware import SecureASGIMiddleware
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentgate import Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from consentgate.ext.flask import ConsentGate
from tests.browser.guarded_site import Page
from tests.browser.third_party import JS, ThirdParty
from tests.browser.tracking_browser import Tab, open_chromium
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.http_servers import serve_asgi, serve_wsgi

pytestmark = [pytest.mark.browser, pytest.mark.tracker, pytest.mark.slow]

SECRET = "a key of the application, of 40 characters"
PAGE = """<!doctype html><html lang="en"><head><title>A page</title></head><body>
<script nonce="{nonce}">window.nonced = true</script><script>window.plain = true</script>
<script src="{third}/count.js" nonce="{nonce}"></script></body></html>"""
RAN = "[!!window.nonced, !!window.plain, !!window.consentgate, !!window.counted]"

Options = dict[str, Any]
Serving = Callable[[str, Options], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@contextmanager
def serve_talisman(third: str, options: Options) -> Iterator[str]:
    """A Flask application with Flask-Talisman."""
    app = flask.Flask("talisman")
    app.config["SECRET_KEY"] = SECRET
    app.config |= {f"CONSENTGATE_{name.upper()}": value for name, value in options.items()}
    Talisman(
        app,
        force_https=False,
        content_security_policy={"default-src": "'self'", "script-src": f"'self' {third}"},
        content_security_policy_nonce_in=["script-src"],
    )
    ConsentGate(app)
    template = PAGE.format(nonce="{{ csp_nonce() }}", third=third)
    app.add_url_rule("/page", view_func=lambda: flask.render_template_string(template))
    with serve_wsgi(app) as address:
        yield address


def secure_for(third: str, nonce: str) -> Secure:
    """What the library secure sets."""
    csp = ContentSecurityPolicy()
    csp.default_src("'self'").script_src("'self'", third, ContentSecurityPolicy.nonce(nonce))
    return Secure(csp=csp)


@contextmanager
def serve_secure(third: str, options: Options) -> Iterator[str]:
    """A Starlette application whose views set the headers of secure."""

    async def page(request: Request) -> Response:
        nonce = secrets.token_urlsafe()
        response = HTMLResponse(PAGE.format(nonce=nonce, third=third))
        await secure_for(third, nonce).set_headers_async(response)
        return response

    app = Starlette(routes=[Route("/page", page)])
    with serve_asgi(ConsentMiddleware(app, secret_key=SECRET, **options)) as address:
        yield address


@contextmanager
def serve_secure_outside(third: str, options: Options) -> Iterator[str]:
    """A Starlette application with the middleware of secure around the gate."""

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE.format(nonce="abc", third=third))

    app = Starlette(routes=[Route("/page", page)])
    gate = ConsentMiddleware(app, secret_key=SECRET, **options)
    with serve_asgi(SecureASGIMiddleware(gate, secure=secure_for(third, "abc"))) as address:
        yield address


class DjangoSixPolicy:
    """Django 6's middleware, after its documentation: a nonce for a response that asked for one,
    and no header where a view has set its own."""

    third = ""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.csp_nonce = SimpleLazyObject(secrets.token_urlsafe)
        response: HttpResponse = self.get_response(request)
        policy = f"default-src 'self'; script-src 'self' {self.third} 'nonce-{request.csp_nonce}'"
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


@contextmanager
def serve_django(third: str, options: Options) -> Iterator[str]:
    """A Django project with both middleware classes."""

    def page(request: HttpRequest) -> HttpResponse:
        template = PAGE.format(nonce="{{ request.csp_nonce }}", third=third)
        text = engines["django"].from_string(template).render({}, request)
        return HttpResponse(text)

    DjangoSixPolicy.third = third
    given = {name.upper(): value for name, value in options.items()}
    middleware = [GATE_CLASS, f"{__name__}.{DjangoSixPolicy.__name__}"]
    with (
        override_settings(CONSENTGATE=given, MIDDLEWARE=middleware, ROOT_URLCONF=Urls(page)),
        serve_wsgi(WSGIHandler()) as address,
    ):
        yield address


NEIGHBOURS: dict[str, Serving] = {
    "Flask-Talisman": serve_talisman,
    "secure": serve_secure,
    "secure outside of the gate": serve_secure_outside,
    "Django 6": serve_django,
}


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_both_policies_are_obeyed(browser: Browser, neighbour: str) -> None:
    party = ThirdParty({"/count.js": Page("window.counted = true", JS)})
    with serve_asgi(party) as own:
        third = own.replace("127.0.0.1", "third.localhost")
        host = third.removeprefix("http://")
        told: Options = {"provider": "T", "purpose": "Counts.", "lifetime": "1 day"}
        policy = Policy(cookies=[Cookie("c", category="statistics", hosts=host, **told)])

        ran = {}
        for csp in ("off", "enforce"):
            options = {"policy": policy, "csp": csp, "gated_markup": True}
            with NEIGHBOURS[neighbour](third, options) as site:
                tab = Tab(browser, site)
                tab.open("/page")
                ran[csp, "undecided"] = tab.json(RAN)
                with tab.page.expect_navigation():
                    tab.page.locator("button[value=accept]").click()
                ran[csp, "accepted"] = tab.json(RAN)

    assert ran == {
        ("off", "undecided"): [True, False, True, True],
        ("off", "accepted"): [True, False, True, True],
        ("enforce", "undecided"): [True, False, True, False],
        ("enforce", "accepted"): [True, False, True, True],
    }
