"""Puts the gate around a Flask application, outside of whatever wraps its `wsgi_app`.

A server calls the application itself, so the gate stands there: in a class of the application's
own. What is wrapped around `wsgi_app`, before or after, is inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from os import PathLike
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

from consentgate._middleware import PolicyOption
from consentgate.errors import ConfigurationError
from consentgate.ext.flask.commands import consent_commands
from consentgate.ext.flask.settings import (
    PREFIX,
    Settings,
    check_keys,
    has_key,
    read_policy,
    read_settings,
)
from consentgate.ext.flask.views import (
    consent_allows,
    consent_banner,
    consent_link,
    cookie_charter,
    current_consent,
)
from consentgate.ext.outer import tell_outer_wrappers
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.wsgi import ConsentMiddleware

EXTENSION = "consentgate"


class ConsentGate:
    """The gate around a Flask application: `ConsentGate(app)`, or `init_app(app)` later.

    `policy` is a Policy, the path of a TOML file, or a function of the environ that picks one of
    a fixed set; without it `CONSENTGATE_POLICY` is read. Each option of the gate is read from
    `CONSENTGATE_` and its name; the key is made of `SECRET_KEY`. What is wrong is raised by
    `init_app`, as ConfigurationError or PolicyError; what is not there yet may come until the
    first request.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        policy: PolicyOption | str | PathLike[str] | None = None,
    ) -> None:
        self._policy = policy
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Put the gate around the application, whatever wraps it before or afterwards."""
        if EXTENSION in app.extensions:
            raise ConfigurationError("this application has a ConsentGate already; remove one")
        door = Door(app, self._policy)
        door.check()
        app.extensions[EXTENSION] = door
        app.__class__ = _guarded(type(app))
        # Before all others, which may answer by themselves.
        app.before_request_funcs.setdefault(None, []).insert(0, _check_door)
        app.jinja_env.globals |= {
            "current_consent": current_consent,
            "consent_allows": consent_allows,
            "consent_banner": consent_banner,
            "consent_link": consent_link,
            "cookie_charter": cookie_charter,
        }
        app.cli.add_command(consent_commands)


class Door:
    """Makes the gate of one application: at the first request, when its configuration stands."""

    def __init__(self, app: Flask, given: PolicyOption | str | PathLike[str] | None) -> None:
        self._app = app
        self._given = given
        # As its class has it, which is to answer behind the gate.
        self._inner: WSGIApplication = partial(type(app).__call__, app)
        self._lock = Lock()
        self._early: tuple[Settings, ConsentMiddleware] | None = None
        self._gate: ConsentMiddleware | None = None

    def settings(self) -> Settings:
        """Return what the configuration says now. Raises ConfigurationError and PolicyError."""
        return read_settings(self._app, read_policy(self._app, self._given))

    def prove(self) -> Settings:
        """Return the settings once a gate could be made of them. Raises what is wrong."""
        settings = self.settings()
        self._make(settings)
        return settings

    def check(self) -> None:
        """Raise now what is wrong with the settings that are there."""
        if self._given is None and PREFIX + "POLICY" not in self._app.config:
            check_keys(self._app.config)
        elif has_key(self._app):
            settings = self.settings()
            self._early = (settings, self._make(settings))
        else:
            read_policy(self._app, self._given)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request behind the gate."""
        return (self._gate or self._first())(environ, start)

    def _first(self) -> ConsentMiddleware:
        with self._lock:
            # Another thread's first request may have made it meanwhile.
            self._gate = self._gate or self._settle()
            return self._gate

    def _settle(self) -> ConsentMiddleware:
        tell_outer_wrappers()
        settings = self.settings()
        if self._early is not None and self._early[0] == settings:
            return self._early[1]
        return self._make(settings)

    def _make(self, settings: Settings) -> ConsentMiddleware:
        return ConsentMiddleware(
            self._inner,
            policy=settings.policy,
            secret_key=settings.secret_key,
            **settings.keywords,
        )


_classes: dict[type[Flask], type[Flask]] = {}


def _guarded(kind: type[Flask]) -> type[Flask]:
    """The class of applications of this kind that answer behind their gate."""
    if kind not in _classes:
        _classes[kind] = type(
            kind.__name__, (kind,), {"__call__": _answer, "__doc__": kind.__doc__}
        )
    return _classes[kind]


# Any: a method of a class that is made while the program runs.
def _answer(app: Any, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    answer: Iterable[bytes] = app.extensions[EXTENSION](environ, start)
    return answer


def _check_door() -> None:
    """Refuse what did not come through the gate: it would let every cookie out."""
    if CONSENT_KEY not in request.environ:
        raise ConfigurationError(
            "a request reached the application's wsgi_app past its gate; serve or mount the "
            "application itself, not its wsgi_app"
        )
