"""Wrap what a server calls: the gate judges the final bytes, and covers everything.

In `wsgi.py`: `application = wrap_wsgi(get_wsgi_application())`; in `asgi.py` the same with
`wrap_asgi` and `get_asgi_application`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from consentgate._asgi_exchange import Receive, Scope, Send
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.errors import ConfigurationError
from consentgate.ext.django.caches import guard_caches
from consentgate.ext.django.proxy import scope_with_proxy, write_into_environ
from consentgate.ext.django.settings import GateSettings, read_settings
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware


class _WsgiWrapper(WsgiMiddleware):
    """The gate around Django, which trusts the proxies that Django trusts."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        write_into_environ(environ)
        return super().__call__(environ, start_response)


class _AsgiWrapper(AsgiMiddleware):
    """The same under ASGI."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = scope_with_proxy(scope)
        await super().__call__(scope, receive, send)


def wrap_wsgi(application: WSGIApplication) -> WsgiMiddleware:
    """Return the WSGI application behind the gate of the settings.

    Raises ConfigurationError, and PolicyError.
    """
    read = _prepare(application)
    return _WsgiWrapper(application, policy=read.policy, secret_key=read.secret_key, **read.options)


# Any: Django's handler and the servers share no type of an ASGI application.
def wrap_asgi(application: Any) -> AsgiMiddleware:
    """Return the ASGI application behind the gate of the settings.

    Raises ConfigurationError, and PolicyError.
    """
    read = _prepare(application)
    return _AsgiWrapper(application, policy=read.policy, secret_key=read.secret_key, **read.options)


def _prepare(application: object) -> GateSettings:
    """Return the settings of the gate; Django's caches heed it from now on."""
    _check_single(application)
    guard_caches()
    return read_settings()


def _check_single(application: object) -> None:
    if isinstance(application, WsgiMiddleware | AsgiMiddleware):
        raise ConfigurationError("the application is wrapped in a gate already; wrap it once")
