"""Put the gate around a Flask application, outside of whatever wraps its `wsgi_app`.

A server calls the application itself, so the gate is in its `__call__`, in a class made for it. A
wrapper of `wsgi_app` is inside the gate, whether it was added before or after. The visitor's pages
are answered inside of those wrappers, since one of them may be what knows the proxy (ProxyFix).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, request

from consentgate._applications import Interface, check_interface
from consentgate._middleware import PolicyOption
from consentgate._outer_middleware import warn_of_outer_wrappers
from consentgate.errors import ConfigurationError
from consentgate.ext.flask.caches import guard_stores, vary_on_choice
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
    consent_embed,
    consent_level,
    consent_link,
    cookie_charter,
    current_consent,
)
from consentgate.gate.visitor import CONSENT_KEY
from consentgate.policy.keywords import names_keywords
from consentgate.wsgi import ConsentMiddleware

# Each use of an attribute of the proxy costs more than this call.
_current_request: Callable[[], Request] = request._get_current_object  # type: ignore[attr-defined]

EXTENSION = "consentgate"

PAGE_KEY = "consentgate.page"
"""The key under which an environ holds the page of the library's that it asks for."""


@names_keywords
class ConsentGate:
    """The gate around a Flask application: `ConsentGate(app)`, or `init_app(app)` later.

    `policy` is a Policy, the path of a TOML file, or a function of the environ that picks one of
    a fixed set; without it `CONSENTGATE_POLICY` is read. Each option of the gate is read from
    `CONSENTGATE_` and its name; the key is derived from `SECRET_KEY`. `init_app` raises
    ConfigurationError or PolicyError for a wrong setting; a missing one may follow until the
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
        if not isinstance(app, Flask):
            check_interface(app, expected=Interface.WSGI, owner="the extension of Flask")
            raise ConfigurationError(
                f"ConsentGate is for a Flask application, not for a {type(app).__name__}: wrap "
                "that in consentgate.wsgi.ConsentMiddleware"
            )
        if EXTENSION in app.extensions:
            raise ConfigurationError("this application has a ConsentGate already; remove one")
        gate = LazyGate(app, self._policy)
        gate.check_early()
        app.extensions[EXTENSION] = gate
        app.__class__ = _guarded(type(app))
        app.jinja_env.globals |= {
            "current_consent": current_consent,
            "consent_allows": consent_allows,
            "consent_level": consent_level,
            "consent_banner": consent_banner,
            "consent_embed": consent_embed,
            "consent_link": consent_link,
            "cookie_charter": cookie_charter,
        }
        app.cli.add_command(consent_commands)


class LazyGate:
    """The gate of one application, made at its first request, from its final configuration.

    `answer` is the application behind it.
    """

    def __init__(self, app: Flask, policy: PolicyOption | str | PathLike[str] | None) -> None:
        self._app = app
        self._policy = policy
        # Of the class that the application had before: the gate is to be around that.
        self._inner: WSGIApplication = partial(type(app).__call__, app)
        self._lock = Lock()
        self._early: tuple[Settings, ConsentMiddleware] | None = None
        self._gate: ConsentMiddleware | None = None
        self.answer: WSGIApplication = self._answer_first

    def settings(self) -> Settings:
        """Return the settings in the configuration now. Raises ConfigurationError, PolicyError."""
        return read_settings(self._app, read_policy(self._app, self._policy))

    def checked_settings(self) -> Settings:
        """Return the settings, of which a gate was made. Raises what is wrong with them."""
        settings = self.settings()
        self._make(settings)
        return settings

    def check_early(self) -> None:
        """Raise what is wrong with the settings that exist already."""
        if self._policy is None and PREFIX + "POLICY" not in self._app.config:
            check_keys(self._app.config)
        elif has_key(self._app):
            settings = self.settings()
            self._early = (settings, self._make(settings))
        else:
            read_policy(self._app, self._policy)

    def _answer_first(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with self._lock:
            # The first request of another thread may have made it meanwhile.
            gate = self._gate = self._gate or self._make_final()
        self.answer = gate
        return gate(environ, start)

    def _make_final(self) -> ConsentMiddleware:
        warn_of_outer_wrappers()
        guard_stores(self._app)
        settings = self.settings()
        if self._early is not None and self._early[0] == settings:
            return self._early[1]
        return self._make(settings)

    def _make(self, settings: Settings) -> ConsentMiddleware:
        return _FlaskMiddleware(
            self._inner,
            policy=settings.policy,
            secret_key=settings.secret_key,
            **settings.keywords,
        )


class _FlaskMiddleware(ConsentMiddleware):
    """The gate of a Flask application, which answers its pages behind whatever wraps `wsgi_app`."""

    def _answer_page(
        self, page: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        environ[PAGE_KEY] = page
        return self.app(environ, start_response)


_classes: dict[type[Flask], type[Flask]] = {}


def _guarded(kind: type[Flask]) -> type[Flask]:
    """Return the class of applications of this kind that answer behind their gate."""
    if kind not in _classes:
        # Any: methods of a class that is made while the program runs.
        members: dict[str, Any] = {
            "__call__": _answer,
            "__doc__": kind.__doc__,
            "full_dispatch_request": _dispatching(kind.full_dispatch_request),
            "process_response": _varying(kind.process_response),
        }
        _classes[kind] = type(kind.__name__, (kind,), members)
    return _classes[kind]


def _answer(app: Flask, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    answer: Iterable[bytes] = app.extensions[EXTENSION].answer(environ, start)
    return answer


def _dispatching(dispatch: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method that answers a request: with the library's page that is asked for, without
    any hook of the application, else as Flask does."""

    def full_dispatch_request(app: Flask, *context: Any) -> Any:
        environ = _current_request().environ
        if PAGE_KEY in environ:
            return environ.pop(PAGE_KEY)
        if CONSENT_KEY not in environ:
            # No cookie of the response would be judged.
            raise ConfigurationError(
                "a request reached the application's wsgi_app past its gate; serve or mount the "
                "application itself, not its wsgi_app"
            )
        return dispatch(app, *context)

    return full_dispatch_request


def _varying(process: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method that runs the functions for after a request: they see a response that says
    that it depends on the choice, so that one which keeps it keeps it for that choice."""

    def process_response(app: Flask, *context: Any) -> Any:
        exchange = _current_request().environ.get(CONSENT_KEY)
        if exchange is not None and exchange.varies_on_cookie:
            vary_on_choice(context[-1], exchange)
        return process(app, *context)

    return process_response
