"""The frameworks' extensions as ways to run the gate."""

from __future__ import annotations

from typing import Any

import fastapi
import flask
from starlette.responses import Response

from consentgate import Event
from consentgate._middleware import MiddlewareOptions
from consentgate.asgi import ConsentMiddleware
from consentgate.ext.flask import ConsentGate, current_consent
from consentgate.ext.starlette import CurrentConsent
from tests.contract.adapters import METHODS, Stage
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.exchange import Answer, Ask, Say, options_with


def flask_settings(options: dict[str, Any]) -> dict[str, Any]:
    """Options of the middleware as a Flask application's configuration has them."""
    names = ("policy", "secret_key", *MiddlewareOptions.__annotations__)
    return {f"CONSENTGATE_{name.upper()}": options[name] for name in names if name in options}


def play_flask_extension(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a Flask application with the extension, configured as its documentation says."""
    stage, events = Stage(), list[Event]()
    app = flask.Flask("contract")
    # A name of the session's cookie that the rules don't speak of.
    app.config |= {"SESSION_COOKIE_NAME": "app_session", "SECRET_KEY": "of the application only"}
    app.config |= flask_settings(options_with(events, options))
    ConsentGate(app)

    @app.route("/<path:path>", methods=METHODS)
    def page(path: str) -> flask.Response:
        stage.seen = flask.request.headers.get("Cookie")
        stage.acted = say.act(current_consent) if say.act else None
        response = flask.Response(say.body, status=say.status)
        for name, value in say.headers:
            response.headers[name] = value
        for value in say.cookies:
            response.headers.add("Set-Cookie", value)
        return response

    return stage.answer(run_wsgi(app, ask), events)


def play_fastapi(ask: Ask, say: Say, **options: Any) -> Answer:
    """Run a FastAPI application whose endpoint gets its consent by the typed dependency."""
    stage, events = Stage(), list[Event]()
    app = fastapi.FastAPI()

    @app.api_route("/{path:path}", methods=METHODS)
    async def page(request: fastapi.Request, consent: CurrentConsent) -> Response:
        stage.seen = request.headers.get("cookie")
        stage.acted = say.act(consent) if say.act else None
        response = Response(say.body, status_code=say.status)
        for name, value in say.headers:
            response.headers[name] = value
        for value in say.cookies:
            response.raw_headers.append((b"set-cookie", value.encode("latin-1")))
        return response

    app.add_middleware(ConsentMiddleware, **options_with(events, options))
    return stage.answer(run_asgi(app, ask), events)
