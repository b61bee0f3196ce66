"""Wrap what a server calls: the gate judges the final bytes, and covers everything.

In `wsgi.py`: `application = wrap_wsgi(get_wsgi_application())`; in `asgi.py` the same with
`wrap_asgi` and `get_asgi_application`.
"""

from __future__ import annotations

from typing import Any
from wsgiref.types import WSGIApplication

from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.errors import ConfigurationError
from consentgate.ext.django.caches import guard_caches
from consentgate.ext.django.settings import GateSettings, read_settings
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware


def wrap_wsgi(application: WSGIApplication) -> WsgiMiddleware:
    """Return the WSGI application behind the gate of the settings.

    Raises ConfigurationError, and PolicyError.
    """
    read = _prepare(application)
    return WsgiMiddleware(
        application, policy=read.policy, secret_key=read.secret_key, **read.options
    )


# Any: Django's handler and the servers share no type of an ASGI application.
def wrap_asgi(application: Any) -> AsgiMiddleware:
    """Return the ASGI application behind the gate of the settings.

    Raises ConfigurationError, and PolicyError.
    """
    read = _prepare(application)
    return AsgiMiddleware(
        application, policy=read.policy, secret_key=read.secret_key, **read.options
    )


def _prepare(application: object) -> GateSettings:
    """Return the settings of the gate; Django's caches heed it from now on."""
    _check_single(application)
    guard_caches()
    return read_settings()


def _check_single(application: object) -> None:
    if isinstance(application, WsgiMiddleware | AsgiMiddleware):
        raise ConfigurationError("the application is wrapped in a gate already; wrap it once")
