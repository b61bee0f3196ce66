"""Starlette and FastAPI: the visitor's consent for endpoints, templates and dependencies.

The gate itself is `consentgate.asgi.ConsentMiddleware`, added last. FastAPI is imported only when
`CurrentConsent` is used.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from markupsafe import Markup

from consentgate._outer_middleware import compresses, middleware_before, name_of
from consentgate.asgi import ConsentMiddleware
from consentgate.errors import ConfigurationError
from consentgate.ext.consent_required import consent_required_page, missing_categories
from consentgate.gate.visitor import VisitorConsent, exchange_of, get_consent
from consentgate.http.caching import COOKIE, COOKIE_AND_GPC
from consentgate.pages.http import address_in_scope
from consentgate.pages.template_helpers import TemplateHelpers

try:
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import HTMLResponse, Response
except ImportError as error:
    raise ConfigurationError(
        "consentgate.ext.starlette needs Starlette: pip install 'consentgate[starlette]'"
    ) from error

__all__ = [
    "ConsentRequired",
    "CurrentConsent",
    "consent_context",
    "current_consent",
    "find_outer_middleware",
    "requires_consent",
    "vary_on_choice",
]

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])  # Any: what frameworks accept
Answer = Callable[[HTTPConnection], Response | Awaitable[Response]]


async def current_consent(connection: HTTPConnection) -> VisitorConsent:
    """Return the `VisitorConsent` of a request or a websocket; a dependency that FastAPI can
    call. Raises ConfigurationError if no gate is around the application."""
    return get_consent(connection)


class ConsentRequired:
    """A dependency of FastAPI: `Depends(ConsentRequired("marketing"))`.

    A visitor who does not allow all the categories gets a 403 that names the missing ones.
    """

    def __init__(self, *categories: str) -> None:
        self._categories = categories

    async def __call__(self, connection: HTTPConnection) -> VisitorConsent:
        """Return the visitor's consent, which allows the categories."""
        consent = get_consent(connection)
        missing = missing_categories(consent, self._categories)
        if missing:
            raise HTTPException(403, f"this needs consent to: {', '.join(missing)}")
        return consent


def requires_consent(
    *categories: str, response: Answer | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Decorate an endpoint, a function or method that takes the request, to run only if the visitor
    allows all the categories.

    Otherwise `response`, a function of the request, answers, by default with a 403 and a page that
    names the categories. In FastAPI use `ConsentRequired`, which needs no request.
    """

    def guard(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(*arguments: Any, **named: Any) -> Any:  # Any: the endpoint's own
            request = _connection_among((*arguments, *named.values()))
            consent = get_consent(request)
            missing = missing_categories(consent, categories)
            if not missing:
                return await _call(endpoint, *arguments, **named)
            if response is not None:
                return await _call(response, request)
            return HTMLResponse(
                consent_required_page(exchange_of(request).settings.policy, missing),
                status_code=403,
            )

        return cast("Endpoint", guarded)

    return guard


def _connection_among(arguments: Iterable[object]) -> HTTPConnection:
    """Return the request or websocket among the arguments of an endpoint."""
    for argument in arguments:
        if isinstance(argument, HTTPConnection):
            return argument
    raise ConfigurationError(
        "an endpoint under requires_consent must take the request; FastAPI's take "
        "Depends(ConsentRequired(...)) instead"
    )


async def _call(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Call a function as Starlette calls its endpoints, and return its result."""
    if iscoroutinefunction(function):
        return await function(*arguments, **named)
    return await run_in_threadpool(function, *arguments, **named)


def consent_context(request: Request) -> dict[str, Any]:
    """Return the visitor's consent for templates: a context processor, for
    `Jinja2Templates(..., context_processors=[consent_context])`.

    It has `current_consent`, `consent_allows("statistics")`, `consent_level("statistics")`,
    `consent_embed("videos")` to call with what is embedded, as in
    `{% call consent_embed("videos") %}...{% endcall %}`, and for a site that places the banner
    itself (`banner="manual"`) `consent_banner()`, `consent_link()` and `cookie_charter()`.
    """
    consent = get_consent(request)
    exchange = exchange_of(request)
    helpers = TemplateHelpers(exchange, lambda: address_in_scope(request.scope, exchange.request))
    return {
        "current_consent": consent,
        "consent_allows": consent.allows,
        "consent_level": consent.level,
        "consent_banner": _as_markup(helpers.banner),
        "consent_embed": _embedding(helpers),
        "consent_link": _as_markup(helpers.link),
        "cookie_charter": _as_markup(helpers.charter),
    }


def vary_on_choice(connection: HTTPConnection, response: Response) -> None:
    """Let a response say, before it leaves the gate, what it depends on through the gate: with Vary
    on the visitor's choice, with `Cache-Control: private` on this visitor alone.

    A cache inside of the gate needs it: Starlette has no place where it could be done for all.
    Raises ConfigurationError if no gate is around the application.
    """
    exchange = exchange_of(connection)
    if exchange.varies_on_cookie:
        for name in COOKIE_AND_GPC if exchange.varies_on_gpc else COOKIE:
            response.headers.add_vary_header(name)
    if exchange.is_private or exchange.has_changed:
        response.headers["cache-control"] = "private"


def _as_markup(render: Callable[..., str]) -> Callable[..., Markup]:
    def render_markup(**options: str) -> Markup:
        return Markup(render(**options))  # noqa: S704 (the library's own)

    return render_markup


def _embedding(helpers: TemplateHelpers) -> Callable[..., Markup]:
    def embed(category: str, *, caller: Callable[[], str], **options: Any) -> Markup:  # Any: sizes
        return Markup(helpers.embed(category, str(caller()), **options))  # noqa: S704

    return embed


def find_outer_middleware(app: object) -> tuple[str, ...]:
    """Return the names of the middleware around the gate, outermost first.

    Their cookies are not judged; a test can assert that there is none. What only compresses is not
    named, since it is better outside. `app` is the application
    that the server runs. Raises ConfigurationError if it has no gate.
    """
    outer: list[str] = []
    while app is not None:
        if isinstance(app, ConsentMiddleware):
            return tuple(outer)
        if isinstance(app, Starlette):
            return (*outer, *_before_gate(app))
        if not compresses(type(app)):
            outer.append(name_of(type(app)))
        app = getattr(app, "app", None)
    raise ConfigurationError(_NO_GATE)


_NO_GATE = "no gate is around this application: add consentgate.asgi.ConsentMiddleware last"


def _before_gate(app: Starlette) -> list[str]:
    """Return the application's own middleware outside of its gate, outermost first."""
    kinds: list[Any] = [entry.cls for entry in app.user_middleware]  # Any: a class or a function
    if ConsentMiddleware not in kinds:
        raise ConfigurationError(_NO_GATE)
    return middleware_before(ConsentMiddleware, app)


if TYPE_CHECKING:
    CurrentConsent = Annotated[VisitorConsent, current_consent]
    """The type of an endpoint's parameter that is the visitor's consent, for FastAPI."""


def __getattr__(name: str) -> object:
    """Return `CurrentConsent`, which needs FastAPI, when it is imported."""
    if name != "CurrentConsent":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from fastapi import Depends  # noqa: PLC0415 (Starlette's users don't have it)
    except ImportError as error:
        raise ConfigurationError("CurrentConsent needs FastAPI: pip install fastapi") from error
    return Annotated[VisitorConsent, Depends(current_consent)]
