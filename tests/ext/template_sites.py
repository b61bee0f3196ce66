"""A page of one template, under each framework, behind a gate that leaves the banner to it."""

from __future__ import annotations

from typing import Any, Protocol

import flask
import jinja2
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test.utils import override_settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.templating import Jinja2Templates

from consentgate.asgi import ConsentMiddleware
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.ext.flask import ConsentGate
from consentgate.ext.starlette import consent_context
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.frameworks import Reply, Send, call_asgi, call_wsgi, options_of

JINJA = {
    "banner": "{{ consent_banner() }}",
    "banner with a nonce": "{{ consent_banner(nonce='abc') }}",
    "link": "{{ consent_link() }}",
    "charter": "{{ cookie_charter() }}",
    "embed": (
        "{% call consent_embed('statistics', provider='Maps', width=4, height=3, name='map') %}"
        "<b>{{ 1 + 1 }}</b>{% endcall %}"
    ),
    "embed in French": (
        "{% call consent_embed('statistics', language='fr') %}<b>2</b>{% endcall %}"
    ),
    "all in French": (
        "{{ consent_banner(language='fr') }}{{ consent_link(language='fr') }}"
        "{{ cookie_charter(language='fr') }}"
    ),
}
DJANGO = {
    "banner": "{% consent_banner %}",
    "banner with a nonce": "{% consent_banner nonce='abc' %}",
    "link": "{% consent_link %}",
    "charter": "{% cookie_charter %}",
    "embed": (
        "{% consent 'statistics' provider='Maps' width=4 height=3 name='map' %}"
        "<b>{{ 1|add:1 }}</b>{% endconsent %}"
    ),
    "embed in French": (
        "{% load i18n %}{% language 'fr' %}{% consent 'statistics' %}<b>2</b>{% endconsent %}"
        "{% endlanguage %}"
    ),
    "all in French": (
        "{% load i18n %}{% language 'fr' %}{% consent_banner %}{% consent_link %}"
        "{% cookie_charter %}{% endlanguage %}"
    ),
}


class Show(Protocol):
    """Shows a page of one template."""

    def __call__(self, what: str, send: Send, **options: Any) -> Reply:
        """The answer: `what` is a key of JINJA."""


def manual(options: dict[str, Any]) -> dict[str, Any]:
    """The options of the middleware for these tests."""
    return options_of({"banner": "manual"} | options)


def show_in_flask(what: str, send: Send, **options: Any) -> Reply:
    """Show it in Flask, by the globals of its templates."""
    app = flask.Flask("showing")
    app.config |= {f"CONSENTGATE_{name.upper()}": one for name, one in manual(options).items()}
    app.config |= {"SECRET_KEY": "of the application only", "TESTING": True}
    ConsentGate(app)

    @app.get("/page")
    def page() -> str:
        return flask.render_template_string(JINJA[what])

    return call_wsgi(app, send)


def show_in_starlette(what: str, send: Send, **options: Any) -> Reply:
    """Show it in Starlette, by the context processor."""
    return _in_starlette(what, send, options, routes=lambda page: [Route("/page", page)])


def show_below_a_mount(what: str, send: Send, **options: Any) -> Reply:
    """Show it in a part of a Starlette application that is mounted inside the gate."""
    below = send.path.removesuffix("/page")
    inner = {"routes": lambda page: [Mount(below or "/", routes=[Route("/page", page)])]}
    return _in_starlette(what, send, options, **inner)


def _in_starlette(what: str, send: Send, options: dict[str, Any], *, routes: Any) -> Reply:
    loader = jinja2.DictLoader({"page": JINJA[what]})
    environment = jinja2.Environment(loader=loader, autoescape=True)
    templates = Jinja2Templates(env=environment, context_processors=[consent_context])

    async def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "page")

    app = Starlette(routes=routes(page))
    app.add_middleware(ConsentMiddleware, **manual(options))
    return call_asgi(app, send)


def show_in_django(what: str, send: Send, **options: Any) -> Reply:
    """Show it in Django, wrapped for WSGI."""
    with _project(what, options):
        return call_wsgi(wrap_wsgi(WSGIHandler()), send)


def show_in_django_under_asgi(what: str, send: Send, **options: Any) -> Reply:
    """Show it in Django, wrapped for ASGI."""
    with _project(what, options):
        return call_asgi(wrap_asgi(ASGIHandler()), send)


def show_by_djangos_middleware(what: str, send: Send, **options: Any) -> Reply:
    """Show it in Django with the middleware class only."""
    with _project(what, options, MIDDLEWARE=[GATE_CLASS]):
        return call_wsgi(WSGIHandler(), send)


def _project(what: str, options: dict[str, Any], **more: Any) -> Any:
    def page(request: HttpRequest) -> HttpResponse:
        template = Template("{% load consentgate %}" + DJANGO[what])
        return HttpResponse(template.render(Context({"request": request})))

    given = {name.upper(): value for name, value in manual(options).items()}
    more |= {"ROOT_URLCONF": Urls(page), "DEBUG_PROPAGATE_EXCEPTIONS": True}
    return override_settings(CONSENTGATE=given, **more)


EVERYWHERE: dict[str, Show] = {
    "flask": show_in_flask,
    "starlette": show_in_starlette,
    "django": show_in_django,
    "django under asgi": show_in_django_under_asgi,
    "django's middleware": show_by_djangos_middleware,
}
"""All the ways."""
