"""What views and templates ask: the visitor's consent under Flask's own habits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, request
from markupsafe import Markup
from werkzeug.local import LocalProxy

from consentgate.ext.refusal import missing_categories, refusal_page
from consentgate.gate.visitor import VisitorConsent, exchange_of, get_consent
from consentgate.pages.requests import address_in_environ
from consentgate.pages.template_helpers import TemplateHelpers

View = TypeVar("View", bound=Callable[..., Any])  # Any: what Flask takes from a view

current_consent = cast("VisitorConsent", LocalProxy(lambda: get_consent(request)))
"""The `VisitorConsent` of the request that is being answered. Outside of one, and where no gate
is around the application, it raises."""


def consent_allows(category: str) -> bool:
    """True when the visitor allows the category; in templates too."""
    return current_consent.allows(category)


def consent_banner(*, language: str = "", nonce: str = "") -> Markup:
    """What the middleware would put into the page by itself, for templates with
    `banner="manual"`: the banner, or the way back to the choice."""
    return Markup(_placed().banner(language=language, nonce=nonce))  # noqa: S704 (the library's)


def consent_link(*, language: str = "") -> Markup:
    """A link to the preferences page, which leads back to the page."""
    return Markup(_placed().link(language=language))  # noqa: S704 (the library's)


def cookie_charter(*, language: str = "") -> Markup:
    """The cookie charter, for a page of the site's own."""
    return Markup(_placed().charter(language=language))  # noqa: S704 (the library's)


def _placed() -> TemplateHelpers:
    return TemplateHelpers(exchange_of(request), lambda: address_in_environ(request.environ))


def requires_consent(
    *categories: str, response: Callable[[], Any] | None = None
) -> Callable[[View], View]:
    """A decorator: the view runs only where the visitor allows all the categories.

    Elsewhere `response` answers, a function that returns what a view may return, or by default a
    403 with a page that names the categories. Put it below `@app.route`.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:  # Any: the view's own
            missing = missing_categories(current_consent, categories)
            if not missing:
                return current_app.ensure_sync(view)(*arguments, **named)
            if response is not None:
                return current_app.ensure_sync(response)()
            page = refusal_page(exchange_of(request).settings.policy, missing)
            return Response(page, status=403)

        return cast("View", guarded)

    return guard
