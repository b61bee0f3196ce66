"""Three applications as they are usually written, each bare and behind its gate.

Each has a page from a template with 40 items, each with the address that the framework makes for
it, and some JSON; it counts the visits in its session, and the page sets one tracker. Nothing here
knows how the gate works: it is put around the applications as the documentation says.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import django
import flask
import jinja2
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.test.utils import override_settings
from django.urls import path
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from benchmarks import asgi, wsgi
from benchmarks.traffic import SECRET, Traffic
from consentgate import Controller, Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from consentgate.ext.django.wrap import wrap_wsgi
from consentgate.ext.flask import ConsentGate

PAGE, JSON, ITEM = "/datasets", "/datasets.json", "/datasets/{}"

ContextProcessor = Callable[[Request], dict[str, Any]]  # Any: a template takes what it likes

TRACKER = "_ga"
TRACKER_VALUE = "GA1.1.1098115397.1736500000"
YEAR_S = 31_536_000
ITEMS = [
    {"title": f"Air quality, station {number}", "name": f"air-quality-{number}"}
    for number in range(40)
]

TEMPLATE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Datasets - Open data portal</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/css/site.css?v=1234567">
<script src="/static/js/site.js" defer></script>
</head>
<body class="catalogue">
<header><a href="/">Open data portal</a> <nav><a href="/datasets">Datasets</a></nav></header>
<main>
<h1>Datasets</h1>
<p>Visits: {{ visits }}</p>
<ul>
{% for item in items %}
<li>
<h2><a href="ADDRESS">{{ item.title }}</a></h2>
<p>Updated every hour</p>
</li>
{% endfor %}
</ul>
</main>
<footer><p>Open data portal</p></footer>
</body>
</html>
"""

JINJA_TEMPLATE = TEMPLATE.replace("ADDRESS", "{{ url_for('show_item', name=item.name) }}")
DJANGO_TEMPLATE = TEMPLATE.replace("ADDRESS", "{% url 'show_item' item.name %}")


def _declare(name: str, category: str) -> Cookie:
    return Cookie(
        name, category=category, provider="Example", purpose="An example.", lifetime="13 months"
    )


POLICY = Policy(
    presets=["django"],
    necessary=["session", "language", "basket", "currency"],
    cookies=[_declare(TRACKER, "statistics"), _declare("_fbp", "marketing")],
    controller=Controller("Example", contact="privacy@example.org"),
)


# How a request is served


@dataclass(frozen=True, slots=True)
class Answer:
    """What one response consists of."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class WsgiSite:
    """A WSGI application, called as a server calls it."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def serve_with(self, traffic: Traffic) -> Callable[[int], None]:
        """Return a function that serves that many requests."""
        return wsgi.serve_with(self.app, traffic)

    def answer(self, traffic: Traffic, *, form: bytes = b"") -> Answer:
        """Return what the application answers; with a form it is posted."""
        environ = wsgi.exchange_maker(traffic)()
        if form:
            environ["REQUEST_METHOD"] = "POST"
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
            environ["CONTENT_LENGTH"] = str(len(form))
            environ["wsgi.input"] = io.BytesIO(form)
        started: list[tuple[str, str]] = []

        def start(_: str, headers: wsgi.Headers, __: wsgi.ExcInfo = None) -> wsgi.Write:
            started[:] = headers
            return _write

        chunks = self.app(environ, start)
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        return Answer(started, body)


class AsgiSite:
    """An ASGI application that waits for nothing, called as a server calls it."""

    def __init__(self, app: asgi.App) -> None:
        self.app = app

    def serve_with(self, traffic: Traffic) -> Callable[[int], None]:
        """Return a function that serves that many requests."""
        return asgi.serve_with(self.app, traffic)

    def answer(self, traffic: Traffic, *, form: bytes = b"") -> Answer:
        """Return what the application answers; with a form it is posted."""
        scope = asgi.exchange_maker(traffic)()
        if form:
            scope["method"] = "POST"
            scope["headers"].append((b"content-type", b"application/x-www-form-urlencoded"))
        sent: list[asgi.Message] = []

        async def receive() -> asgi.Message:
            return {"type": "http.request", "body": form, "more_body": False}

        async def collect(message: asgi.Message) -> None:
            sent.append(message)

        async def serve() -> None:
            await self.app(scope, receive, collect)

        asgi.run_to_end(serve())
        headers = [(name.decode("latin-1"), value.decode()) for name, value in sent[0]["headers"]]
        return Answer(headers, b"".join(message["body"] for message in sent[1:]))


def _write(_: bytes) -> None:
    """No application here writes."""


@dataclass(frozen=True, slots=True)
class Site:
    """One application three times: alone, in a wrapper that does nothing, and behind its gate.

    `session` is the name of its session cookie.
    """

    session: str
    bare: WsgiSite | AsgiSite
    wrapped: WsgiSite | AsgiSite
    gated: WsgiSite | AsgiSite


def _wrap_wsgi_in_nothing(app: WSGIApplication) -> WSGIApplication:
    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app(environ, start_response)

    return call


def _wrap_asgi_in_nothing(app: asgi.App) -> asgi.App:
    async def call(scope: asgi.Exchange, receive: asgi.Receive, send: asgi.Send) -> None:
        await app(scope, receive, send)

    return call


# Flask


@cache
def flask_site() -> Site:
    """Return the application with Flask."""
    gated = _flask_application()
    ConsentGate(gated, policy=POLICY)
    bare = _flask_application()
    return Site("session", WsgiSite(bare), WsgiSite(_wrap_wsgi_in_nothing(bare)), WsgiSite(gated))


def _flask_application() -> flask.Flask:
    app = flask.Flask(__name__)
    app.secret_key = SECRET
    app.jinja_loader = jinja2.DictLoader({"datasets.html": JINJA_TEMPLATE})

    @app.get(PAGE)
    def show_page() -> flask.Response:
        visits = flask.session["visits"] = flask.session.get("visits", 0) + 1
        page = flask.render_template("datasets.html", items=ITEMS, visits=visits)
        response = flask.make_response(page)
        response.set_cookie(TRACKER, TRACKER_VALUE, max_age=YEAR_S, samesite="Lax")
        return response

    @app.get(JSON)
    def show_json() -> flask.Response:
        visits = flask.session["visits"] = flask.session.get("visits", 0) + 1
        return flask.jsonify(visits=visits, items=ITEMS[:10])

    @app.get(ITEM.format("<name>"))
    def show_item(name: str) -> str:
        return name

    return app


# Starlette


@cache
def starlette_site() -> Site:
    """Return the application with Starlette."""
    bare = starlette_application()
    gated = ConsentMiddleware(starlette_application(), policy=POLICY, secret_key=SECRET)
    return Site("session", AsgiSite(bare), AsgiSite(_wrap_asgi_in_nothing(bare)), AsgiSite(gated))


def starlette_application(
    template: str = JINJA_TEMPLATE,
    *,
    policy: str = "",
    context_processors: Sequence[ContextProcessor] = (),
) -> Starlette:
    """Return an application with Starlette, whose page may have another template and a
    Content-Security-Policy of its own."""
    templates = Jinja2Templates(
        env=jinja2.Environment(
            loader=jinja2.DictLoader({"datasets.html": template}), autoescape=True
        ),
        context_processors=[*context_processors],
    )

    async def show_page(request: Request) -> Response:
        visits = request.session["visits"] = request.session.get("visits", 0) + 1
        context = {"items": ITEMS, "visits": visits}
        headers = {"Content-Security-Policy": policy} if policy else None
        response = templates.TemplateResponse(request, "datasets.html", context, headers=headers)
        response.set_cookie(TRACKER, TRACKER_VALUE, max_age=YEAR_S)
        return response

    async def show_json(request: Request) -> Response:
        visits = request.session["visits"] = request.session.get("visits", 0) + 1
        return JSONResponse({"visits": visits, "items": ITEMS[:10]})

    async def show_item(request: Request) -> Response:
        return Response(request.path_params["name"])

    return Starlette(
        routes=[
            Route(PAGE, show_page),
            Route(JSON, show_json),
            Route(ITEM.format("{name}"), show_item),
        ],
        middleware=[Middleware(SessionMiddleware, secret_key=SECRET)],
    )


# Django


USUAL_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
GATE_CLASS = "consentgate.ext.django.middleware.ConsentMiddleware"


@cache
def django_site() -> Site:
    """Return the application with Django, whose gate is wrapped around it."""
    _set_up_django()
    bare = WSGIHandler()
    gated = wrap_wsgi(WSGIHandler())
    return Site("sessionid", WsgiSite(bare), WsgiSite(_wrap_wsgi_in_nothing(bare)), WsgiSite(gated))


@cache
def django_class_site() -> Site:
    """Return the application with Django, whose gate is the first of its middleware."""
    _set_up_django()
    bare = WSGIHandler()
    with override_settings(MIDDLEWARE=[GATE_CLASS, *USUAL_MIDDLEWARE]):
        gated = WSGIHandler()  # it reads the setting once, here
    return Site("sessionid", WsgiSite(bare), WsgiSite(_wrap_wsgi_in_nothing(bare)), WsgiSite(gated))


@cache
def _set_up_django() -> None:
    """Configure Django, which a process can do once."""
    settings.configure(
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS=["www.example.org"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=USUAL_MIDDLEWARE,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "consentgate.ext.django",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        USE_TZ=True,
        CONSENTGATE={"POLICY": POLICY},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                (
                                    "django.template.loaders.locmem.Loader",
                                    {"datasets.html": DJANGO_TEMPLATE},
                                )
                            ],
                        )
                    ],
                },
            }
        ],
    )
    django.setup()


def _show_django_page(request: HttpRequest) -> HttpResponse:
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    response = render(request, "datasets.html", {"items": ITEMS, "visits": visits})
    response.set_cookie(TRACKER, TRACKER_VALUE, max_age=YEAR_S)
    return response


def _show_django_json(request: HttpRequest) -> HttpResponse:
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    return JsonResponse({"visits": visits, "items": ITEMS[:10]})


def _show_django_item(_: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(name)


urlpatterns = [
    path(PAGE.removeprefix("/"), _show_django_page),
    path(JSON.removeprefix("/"), _show_django_json),
    path(ITEM.removeprefix("/").format("<slug:name>"), _show_django_item, name="show_item"),
]
