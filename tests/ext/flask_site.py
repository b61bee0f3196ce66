"""A Flask site with log-in, messages, remember-me and a plug-in that sets a tracker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask
import flask_login

from consentgate import Cookie, Policy
from consentgate.ext.flask import ConsentGate, current_consent, requires_consent

KEY = "a key of the application, of 40 characters"
TRACKER = ("Set-Cookie", "_promo_id=77; Path=/")

PAGE = """{% for text in get_flashed_messages() %}{{ text }}. {% endfor %}
{% if current_user.is_authenticated %}Hello {{ current_user.id }}.{% endif %}
{% if consent_allows("statistics") %}You are counted.{% endif %}
{% if not current_consent.decided %}Please choose.{% endif %}"""

POLICY = Policy(
    cookies=[
        Cookie("visits", category="statistics", provider="Us", purpose="Counts.", lifetime="1 day")
    ]
)


class PromoPlugin:
    """WSGI middleware that sets a cookie that nobody declared."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            return start_response(status, [*headers, TRACKER], exc_info)

        answer: Iterable[bytes] = self.app(environ, start)
        return answer


class User(flask_login.UserMixin):  # type: ignore[misc]  # untyped
    """Whoever logs in, by name."""

    def __init__(self, name: str) -> None:
        self.id = name


def create_site(**config: Any) -> flask.Flask:
    """The site with its gate in the middle of everything, where most would put it by accident."""
    app = flask.Flask("site")
    app.config |= {"SECRET_KEY": KEY, "CONSENTGATE_POLICY": POLICY, **config}
    app.config["CONSENTGATE_BANNER"] = "manual"  # nothing but what the pages say
    app.wsgi_app = PromoPlugin(app.wsgi_app)  # type: ignore[method-assign]
    ConsentGate(app)
    app.wsgi_app = PromoPlugin(app.wsgi_app)  # type: ignore[method-assign]
    login = flask_login.LoginManager(app)
    login.user_loader(User)
    app.add_url_rule("/", view_func=home)
    app.add_url_rule("/login", view_func=log_in, methods=["POST"])
    app.add_url_rule("/choice", view_func=choose, methods=["POST"])
    app.add_url_rule("/counted/<name>", view_func=counted)
    return app


def home() -> flask.Response:
    response = flask.make_response(flask.render_template_string(PAGE))
    response.set_cookie("visits", "1")
    return response


def log_in() -> Any:
    flask_login.login_user(User(flask.request.form["name"]), remember=True)
    flask.flash("Welcome")
    return flask.redirect("/")


def choose() -> Any:
    current_consent.grant()
    return flask.redirect("/")


@requires_consent("statistics")
def counted(name: str) -> str:
    return f"Counted {name}."


def make_app(**config: Any) -> flask.Flask:
    """An application that sets a session and three more cookies."""
    app = flask.Flask("site")
    app.config |= {"SECRET_KEY": KEY, "CONSENTGATE_BANNER": "manual", **config}

    @app.route("/", methods=["GET", "POST"])
    def home() -> flask.Response:
        flask.session["seen"] = "yes"
        response = flask.make_response("home")
        for name in ("visits", "remember_token", "undeclared"):
            response.set_cookie(name, "1")
        return response

    return app


def left(app: flask.Flask, cookie: str = "") -> list[str]:
    """The names of the cookies that leave."""
    headers = {"Cookie": cookie} if cookie else {}
    answer = app.test_client(use_cookies=False).get("/", headers=headers)
    return [value.partition("=")[0] for value in answer.headers.getlist("Set-Cookie")]
