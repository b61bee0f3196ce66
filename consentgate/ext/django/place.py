"""Which page a request of Django's asks for, and in which language its project speaks."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.template import Context
from django.utils.module_loading import import_string
from django.utils.translation import get_supported_language_variant

from consentgate.ext.django.host import header_of
from consentgate.gate.settings import Request
from consentgate.http.cookie_header import cookie_values
from consentgate.pages.http import PageAddress, checked_origin, page_address


def holder_of(request: HttpRequest) -> MutableMapping[str, Any]:
    """Return where `get_consent` looks: the scope of an ASGI request, else the environ."""
    # Any: the values of scopes and environs are the specifications', of many types.
    scope: MutableMapping[str, Any] | None = getattr(request, "scope", None)
    return request.META if scope is None else scope


def request_in(context: Context) -> HttpRequest | None:
    """Return the request that a template is rendered for, None where it was rendered without one.

    `render` gives it to the context; that it is among the variables too takes a context processor.
    """
    request: HttpRequest | None = context.get("request")
    return getattr(context, "request", None) if request is None else request


def address_of(
    request: HttpRequest, *, path: str | None = None, with_origin: bool = False
) -> PageAddress:
    """Return the address of the page that a request asks for, under WSGI and ASGI alike, or of
    another one below the same mount."""
    address = page_address(
        # What `reverse` puts before each path: FORCE_SCRIPT_NAME counts.
        request.META.get("SCRIPT_NAME", ""),
        request.path_info if path is None else path,
        request.META.get("QUERY_STRING", "") if path is None else "",
        encoding="utf-8",
    )
    return address._replace(origin=_origin_of(request)) if with_origin else address


def _origin_of(request: HttpRequest) -> str:
    try:
        return checked_origin(f"{request.scheme}://{request.get_host()}")
    except DisallowedHost:
        return ""


def language_of(request: Request) -> str | None:
    """Return the language that the project chose for an environ or a scope: the one in Django's
    cookie, or the only one of a project whose middleware chooses none.

    None where it is for the browser to say.
    """
    if not (settings.USE_I18N and _chooses_language(tuple(settings.MIDDLEWARE))):
        return str(settings.LANGUAGE_CODE)
    # A browser's cookies may come in several lines (RFC 9113 section 8.2.3).
    cookies = header_of(request, "cookie", between="; ")
    chosen = cookie_values(cookies, settings.LANGUAGE_COOKIE_NAME)
    try:
        return get_supported_language_variant(chosen[0]) if chosen else None
    except LookupError:
        return None


@cache
def _chooses_language(middleware: tuple[str, ...]) -> bool:
    """True where Django's LocaleMiddleware, or what a project made of it, is among them."""
    classes = (import_string(path) for path in middleware)
    return any(isinstance(kind, type) and issubclass(kind, LocaleMiddleware) for kind in classes)
