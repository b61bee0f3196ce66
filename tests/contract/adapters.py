"""The ways to run the gate that the contract is held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from wsgiref.validate import validator

import flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from consentgate import Event, Gate, get_consent
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.gate.exchange import Exchange
from consentgate.gate.settings import GateSettings
from consentgate.gate.visitor import VisitorConsent
from consentgate.http.wire import TEXT
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.exchange import Answer, Ask, Say, options_with
from tests.support.wire_headers import filtered

METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"]


class CoreExchange(Exchange):
    """An exchange whose facts are in an `Ask`: what a third middleware would write."""

    def __init__(self, ask: Ask, settings: GateSettings) -> None:
        self.settings = settings
        self.request = {}
        self.cookie_header = ask.cookie
        self.ask = ask

    @property
    def method(self) -> str:
        return self.ask.method

    @property
    def path(self) -> str:
        return self.ask.path

    @property
    def secure(self) -> bool:
        return self.ask.https

    def header(self, name: str) -> str:
        headers = (("host", "www.example.org"), *self.ask.headers)
        return ", ".join(value for key, value in headers if key.lower() == name)

    def sent_among(self, names: Collection[str]) -> list[str]:
        raise NotImplementedError


def play_core(ask: Ask, say: Say, **options: Any) -> Answer:
    """Ask the gate itself, without a server interface."""
    events: list[Event] = []
    given = options_with(events, options)
    del given["banner"]
    gate = Gate(given.pop("policy"), **given)
    exchange = CoreExchange(ask, gate.settings)
    seen = ask.cookie
    if seen and gate.request_filter is not None:
        seen = gate.request_filter.visible(exchange, seen)
    acted = say.act(VisitorConsent(exchange)) if say.act else None
    headers = [*say.headers, *(("Set-Cookie", value) for value in say.cookies)]
    left = filtered(gate.response_filter(TEXT), exchange, headers)
    lowered = [(name.lower(), value) for name, value in left]
    return Answer(say.status, lowered, say.body, seen or None, acted, events)


class Stage:
    """What an application noticed while it ran."""

    seen: str | None = None
    acted: Any = None

    def answer(self, raw: tuple[int, list[tuple[str, str]], bytes], events: list[Event]) -> Answer:
        status, headers, body = raw
        return Answer(status, headers, body, self.seen, self.acted, events)


def play_asgi(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a bare ASGI application behind the middleware."""
    stage, events = Stage(), list[Event]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found = [value for name, value in scope["headers"] if name == b"cookie"]
        stage.seen = b"; ".join(found).decode("latin-1") if found else None
        stage.acted = say.act(get_consent(scope)) if say.act else None
        headers = [(n.lower().encode(), v.encode("latin-1")) for n, v in say.headers]
        headers += [(b"set-cookie", value.encode("latin-1")) for value in say.cookies]
        await send({"type": "http.response.start", "status": say.status, "headers": headers})
        await send({"type": "http.response.body", "body": say.body})

    gated = AsgiMiddleware(app, **options_with(events, options))
    return stage.answer(run_asgi(gated, ask), events)


def play_wsgi(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a bare WSGI application behind the middleware, validators on both sides."""
    stage, events = Stage(), list[Event]()

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        stage.seen = environ.get("HTTP_COOKIE")
        stage.acted = say.act(get_consent(environ)) if say.act else None
        headers = [*say.headers, *(("Set-Cookie", value) for value in say.cookies)]
        start_response(f"{say.status} Status", headers)
        return [say.body]

    gated = WsgiMiddleware(validator(app), **options_with(events, options))
    return stage.answer(run_wsgi(validator(gated), ask), events)


def play_starlette(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a Starlette application with the middleware added as its documentation says."""
    stage, events = Stage(), list[Event]()

    async def page(request: Request) -> Response:
        stage.seen = request.headers.get("cookie")
        stage.acted = say.act(get_consent(request)) if say.act else None
        response = Response(say.body, status_code=say.status)
        for name, value in say.headers:
            response.headers[name] = value
        for value in say.cookies:
            response.raw_headers.append((b"set-cookie", value.encode("latin-1")))
        return response

    app = Starlette(routes=[Route("/{path:path}", page, methods=METHODS)])
    app.add_middleware(AsgiMiddleware, **options_with(events, options))
    return stage.answer(run_asgi(app, ask), events)


def play_flask(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a Flask application with its `wsgi_app` wrapped."""
    stage, events = Stage(), list[Event]()
    app = flask.Flask("contract")

    @app.route("/<path:path>", methods=METHODS)
    def page(path: str) -> flask.Response:
        stage.seen = flask.request.headers.get("Cookie")
        stage.acted = say.act(get_consent(flask.request)) if say.act else None
        response = flask.Response(say.body, status=say.status)
        for name, value in say.headers:
            response.headers[name] = value
        for value in say.cookies:
            response.headers.add("Set-Cookie", value)
        return response

    gated = WsgiMiddleware(app.wsgi_app, **options_with(events, options))
    app.wsgi_app = gated  # type: ignore[method-assign]
    return stage.answer(run_wsgi(app, ask), events)
