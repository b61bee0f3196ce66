"""The visitor's consent for views and templates, in the manner of Flask."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, request
from markupsafe import Markup
from werkzeug.local import LocalProxy

from consentgate.ext.consent_required import consent_required_page, missing_categories
from consentgate.gate.visitor import Level, VisitorConsent, exchange_of, get_consent
from consentgate.pages.http import address_in_environ
from consentgate.pages.template_helpers import TemplateHelpers

View = TypeVar("View", bound=Callable[..., Any])  # Any: what Flask accepts

current_consent = cast("VisitorConsent", LocalProxy(lambda: get_consent(request)))
"""The `VisitorConsent` of the current request. It raises outside of a request, and if no gate is
around the application."""


def consent_allows(category: str) -> bool:
    """Return True if the visitor allows the category; in templates too."""
    return current_consent.allows(category)


def consent_level(category: str) -> Level:
    """Return how far the visitor lets a category go, in templates too: "refused", "exempt" or
    "granted"."""
    return current_consent.level(category)


def consent_banner(*, language: str = "", nonce: str = "") -> Markup:
    """Return what the middleware would insert into the page itself, for templates with
    `banner="manual"`: the banner, or the link back to the choice."""
    html = _helpers().banner(language=language, nonce=nonce)
    return Markup(html)  # noqa: S704 (the library's)


def consent_link(*, language: str = "") -> Markup:
    """Return a link to the preferences page, which leads back to this one."""
    return Markup(_helpers().link(language=language))  # noqa: S704 (the library's)


def consent_embed(
    category: str,
    *,
    caller: Callable[[], str],
    provider: str = "",
    width: int = 0,
    height: int = 0,
    name: str = "",
    language: str = "",
) -> Markup:
    """Return what a template embeds, or what stands for it without consent:
    `{% call consent_embed("videos", width=560, height=315) %}<iframe ...>{% endcall %}`."""
    html = _helpers().embed(
        category,
        str(caller()),
        provider=provider,
        width=width,
        height=height,
        name=name,
        language=language,
    )
    return Markup(html)  # noqa: S704 (the library's, around the template's own)


def cookie_charter(*, language: str = "") -> Markup:
    """Return the cookie charter, for a page of the site's own."""
    return Markup(_helpers().charter(language=language))  # noqa: S704 (the library's)


def _helpers() -> TemplateHelpers:
    exchange = exchange_of(request)
    return TemplateHelpers(exchange, lambda: address_in_environ(request.environ, exchange.request))


def requires_consent(
    *categories: str, response: Callable[[], Any] | None = None
) -> Callable[[View], View]:
    """Decorate a view to run only if the visitor allows all the categories.

    Otherwise `response` answers, a function that returns what a view may return, by default a 403
    with a page that names the categories. Put it below `@app.route`.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:  # Any: the view's own
            missing = missing_categories(current_consent, categories)
            if not missing:
                return current_app.ensure_sync(view)(*arguments, **named)
            if response is not None:
                return current_app.ensure_sync(response)()
            page = consent_required_page(exchange_of(request).settings.policy, missing)
            return Response(page, status=403)

        return cast("View", guarded)

    return guard
