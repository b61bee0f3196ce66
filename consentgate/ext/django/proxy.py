"""What Django's settings say of a proxy, written where a server would write it.

A gate around Django answers for its pages before Django is asked, so that it must know the same
mount, scheme and host: FORCE_SCRIPT_NAME, SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.core.handlers.asgi import get_script_prefix
from django.core.handlers.wsgi import get_script_name
from django.core.signals import setting_changed
from django.dispatch import receiver

from consentgate.ext.django.host import header_of, raw_host_of
from consentgate.gate.settings import Request

_OF_APACHE = frozenset({"SCRIPT_URL", "REDIRECT_URL"})
"""What mod_rewrite leaves of the path that the browser asked for; Django reads the mount in it."""


@cache
def _names_proxy() -> bool:
    """Return whether the settings say anything of a proxy; asked at each request."""
    names = ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST")
    return settings.FORCE_SCRIPT_NAME is not None or any(getattr(settings, name) for name in names)


@receiver(setting_changed)
def _ask_again(**_: object) -> None:
    _names_proxy.cache_clear()  # as Django's test tools ask of whoever remembers a setting


def write_into_environ(environ: WSGIEnvironment) -> None:
    """Let an environ say what Django makes of it."""
    if not _names_proxy() and environ.keys().isdisjoint(_OF_APACHE):
        return
    if settings.FORCE_SCRIPT_NAME is not None or not environ.keys().isdisjoint(_OF_APACHE):
        # PEP 3333: the code points are the bytes.
        environ["SCRIPT_NAME"] = get_script_name(environ).encode().decode("latin-1")
    scheme = forwarded_scheme(environ)
    if scheme is not None:
        environ["wsgi.url_scheme"] = scheme
    if settings.USE_X_FORWARDED_HOST and (host := raw_host_of(environ)):
        environ["HTTP_HOST"] = host


def scope_with_proxy(scope: Request) -> dict[str, Any]:  # Any: a scope's values are of many types
    """Return a copy of a scope that says what Django makes of it."""
    copy = {**scope, "root_path": get_script_prefix(scope)}
    scheme, host = forwarded_scheme(scope), raw_host_of(scope)
    if scheme is not None:
        is_websocket = scope["type"] == "websocket"
        copy["scheme"] = scheme.replace("http", "ws") if is_websocket else scheme
    if host != header_of(scope, "host"):
        others = [header for header in scope["headers"] if header[0] != b"host"]
        copy["headers"] = [(b"host", host.encode("latin-1")), *others]
    return copy


def forwarded_scheme(request: Request) -> str | None:
    """Return the scheme that Django reads in an environ, a META or a scope from what a trusted
    proxy says; None where that says nothing."""
    if not settings.SECURE_PROXY_SSL_HEADER:
        return None
    key, secure_value = settings.SECURE_PROXY_SSL_HEADER
    if "headers" in request:
        named = header_of(request, key.removeprefix("HTTP_").lower().replace("_", "-")) or None
    else:
        named = request.get(key)
    if named is None:
        return None
    # The proxy nearest to the browser comes first, as for `HttpRequest.scheme`.
    return "https" if named.partition(",")[0].strip() == secure_value else "http"
