"""Starlette's and FastAPI's extension: the consent in endpoints, templates and dependencies."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import fastapi
import jinja2
import pytest
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from consentgate import ConfigurationError, Enforcement, get_consent
from consentgate.asgi import ConsentMiddleware
from consentgate.ext import starlette as extension
from consentgate.ext.starlette import (
    ConsentRequired,
    CurrentConsent,
    consent_context,
    find_outer_middleware,
    requires_consent,
    vary_on_choice,
)
from tests.support.app_calls import run_asgi
from tests.support.exchange import POLICY, SECRET, Ask, preferences_for
from tests.support.minimal_servers import talk, websocket_scope

OPTIONS: dict[str, Any] = {"policy": POLICY, "secret_key": SECRET, "banner": "manual"}
NOW_ALLOWED = preferences_for("statistics")


def gated(app: Starlette) -> Starlette:
    """The application with its gate added last."""
    app.add_middleware(ConsentMiddleware, policy=POLICY, secret_key=SECRET, banner="manual")
    return app


def asked(app: Any, cookie: str = "") -> tuple[int, str]:
    """The status and text of the page."""
    status, _, body = run_asgi(app, Ask(path="/", cookie=cookie))
    return status, body.decode()


# Endpoints of Starlette


@requires_consent("statistics")
async def counted(request: Request) -> Response:
    return PlainTextResponse("counted")


@requires_consent("statistics")
def counted_in_a_thread(request: Request) -> Response:
    return PlainTextResponse("counted")


@pytest.mark.parametrize("endpoint", [counted, counted_in_a_thread])
def test_an_endpoint_that_needs_consent_runs_where_it_is_there(endpoint: Any) -> None:
    app = gated(Starlette(routes=[Route("/", endpoint)]))

    assert asked(app, NOW_ALLOWED) == (200, "counted")


@pytest.mark.parametrize("endpoint", [counted, counted_in_a_thread])
def test_elsewhere_a_page_says_what_it_needs(endpoint: Any) -> None:
    app = gated(Starlette(routes=[Route("/", endpoint)]))

    status, text = asked(app)

    assert status == 403
    assert "<li>Statistics</li>" in text


def test_another_response_may_replace_the_page() -> None:
    def choose(request: HTTPConnection) -> Response:
        return PlainTextResponse("Choose first", status_code=451)

    guarded = requires_consent("marketing", response=choose)(counted)
    app = gated(Starlette(routes=[Route("/", guarded)]))

    assert asked(app, NOW_ALLOWED) == (451, "Choose first")


def test_a_method_of_a_class_of_endpoints_is_guarded_alike() -> None:
    class Page(HTTPEndpoint):
        @requires_consent("statistics")
        async def get(self, request: Request) -> Response:
            return PlainTextResponse("counted")

    app = gated(Starlette(routes=[Route("/", Page)]))

    assert [asked(app, cookie)[0] for cookie in ("", NOW_ALLOWED)] == [403, 200]


def test_an_endpoint_that_takes_no_request_raises_with_what_to_take() -> None:
    api = fastapi.FastAPI()

    @api.get("/")
    @requires_consent("statistics")
    async def read(item: str = "") -> str:
        raise NotImplementedError

    gated(api)

    with pytest.raises(ConfigurationError, match="must take the request"):
        asked(api)


# Templates


def test_templates_ask_for_the_consent() -> None:
    text = "{{ consent_allows('statistics') }} {{ current_consent.decided }} "
    text += "{{ consent_level('statistics') }}"
    env = jinja2.Environment(loader=jinja2.DictLoader({"page": text}), autoescape=True)
    templates = Jinja2Templates(env=env, context_processors=[consent_context])

    def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "page")

    app = gated(Starlette(routes=[Route("/", page)]))

    assert asked(app)[1] == "False False refused"
    assert asked(app, NOW_ALLOWED)[1] == "True True granted"


# Dependencies of FastAPI


def make_api(consent: Any, *, guards: tuple[Any, ...] = ()) -> fastapi.FastAPI:
    """An API with one endpoint, which has a parameter of this type."""
    api = fastapi.FastAPI(dependencies=guards)

    async def read(item: str, visitor: Any) -> str:
        raise NotImplementedError

    read.__annotations__ = {"item": str, "visitor": consent, "return": str}
    api.get("/{item}")(read)
    return api


def nothing() -> None:
    raise NotImplementedError


def test_the_typed_dependency_is_the_visitors_consent() -> None:
    api = fastapi.FastAPI()

    @api.get("/")
    async def read(consent: CurrentConsent) -> bool:
        return consent.allows("statistics")

    gated(api)

    assert asked(api) == (200, "false")
    assert asked(api, NOW_ALLOWED) == (200, "true")


def test_a_required_category_answers_for_the_endpoint_until_it_is_allowed() -> None:
    api = fastapi.FastAPI()

    @api.get("/", dependencies=[fastapi.Depends(ConsentRequired("statistics", "marketing"))])
    async def read() -> str:
        return "counted"

    gated(api)

    assert asked(api, NOW_ALLOWED) == (403, '{"detail":"this needs consent to: marketing"}')
    assert asked(api, preferences_for("statistics", "marketing")) == (200, '"counted"')


def test_a_websocket_is_denied_until_its_category_is_allowed() -> None:
    api = fastapi.FastAPI()

    @api.websocket("/", dependencies=[fastapi.Depends(ConsentRequired("statistics"))])
    async def converse(socket: fastapi.WebSocket) -> None:
        await socket.accept()
        await socket.close(4000)

    gated(api)
    handshakes = [
        talk(api, websocket_scope(cookie, path="/"), {"type": "websocket.connect"})
        for cookie in ("", NOW_ALLOWED)
    ]

    assert handshakes[0][0]["status"] == 403
    assert handshakes[1][0]["type"] == "websocket.accept"


def test_the_schema_is_the_same_with_and_without() -> None:
    bare = make_api(Annotated[None, fastapi.Depends(nothing)])
    guarded = make_api(CurrentConsent, guards=(fastapi.Depends(ConsentRequired("statistics")),))

    assert gated(guarded).openapi() == bare.openapi()  # type: ignore[attr-defined]


# Where the gate is


class Outer:
    """Middleware that does nothing."""

    def __init__(self, app: Any) -> None:
        self.app = app


def test_a_gate_that_was_added_last_has_nothing_around_it() -> None:
    app = Starlette()
    app.add_middleware(SessionMiddleware, secret_key="s")

    assert find_outer_middleware(gated(app)) == ()


def test_middleware_that_was_added_after_the_gate_is_named() -> None:
    app = gated(Starlette())
    app.add_middleware(SessionMiddleware, secret_key="s")
    app.add_middleware(GZipMiddleware)

    assert find_outer_middleware(app) == ("starlette.middleware.sessions.SessionMiddleware",)


@pytest.mark.behaviour(39)
def test_what_only_compresses_is_better_outside_and_not_named() -> None:
    added = gated(Starlette())
    added.add_middleware(GZipMiddleware)

    assert find_outer_middleware(added) == ()
    assert find_outer_middleware(GZipMiddleware(gated(Starlette()))) == ()


def test_what_wraps_the_application_is_named_too() -> None:
    app = Outer(gated(Starlette()))

    assert find_outer_middleware(app) == (f"{__name__}.Outer",)


def test_a_gate_that_wraps_the_application_is_found() -> None:
    inner = Starlette()
    inner.add_middleware(GZipMiddleware)
    app = Outer(ConsentMiddleware(inner, policy=POLICY, secret_key=SECRET))

    assert find_outer_middleware(app) == (f"{__name__}.Outer",)


@pytest.mark.parametrize("app", [Starlette(), Outer(None)], ids=["Starlette", "bare"])
def test_without_a_gate_the_check_says_so(app: Any) -> None:
    with pytest.raises(ConfigurationError, match="no gate"):
        find_outer_middleware(app)


# Caches inside


@pytest.mark.behaviour(34)
@pytest.mark.parametrize(
    ("ask", "given", "vary", "control"),
    [
        (lambda consent: consent.allows("statistics"), {}, "Accept, Cookie", None),
        (lambda consent: consent.value, {}, "Accept, Cookie, Sec-GPC", None),
        (lambda consent: None, {}, "Accept", None),
        (
            lambda consent: consent.allows("statistics"),
            {"required": lambda _: Enforcement.NOT_REQUIRED},
            "Accept",
            "private",
        ),
    ],
    ids=["allows", "value", "nothing", "not required"],
)
def test_a_cache_inside_learns_what_a_response_depends_on(
    ask: Any, given: dict[str, Any], vary: str, control: str | None
) -> None:
    seen: list[tuple[str, str | None]] = []

    async def page(request: Request) -> Response:
        ask(get_consent(request))
        response = PlainTextResponse("page", headers={"Vary": "Accept"})
        vary_on_choice(request, response)
        seen.append((response.headers["vary"], response.headers.get("cache-control")))
        return response

    asked(ConsentMiddleware(Starlette(routes=[Route("/", page)]), **OPTIONS | given))

    assert seen == [(vary, control)]


# Without the frameworks


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    monkeypatch.delitem(sys.modules, "consentgate.ext.starlette")

    with pytest.raises(ConfigurationError, match=r"consentgate\[starlette\]"):
        importlib.import_module("consentgate.ext.starlette")


def test_without_fastapi_only_its_type_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastapi", None)

    with pytest.raises(ConfigurationError, match="pip install fastapi"):
        _ = extension.CurrentConsent


def test_a_missing_name_raises_as_in_python() -> None:
    assert not hasattr(extension, "NoSuchName")


def test_importing_it_does_not_import_fastapi() -> None:
    source = Path(extension.__file__).read_text()

    assert "\nfrom fastapi" not in source
