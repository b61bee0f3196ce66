"""ASGI middleware outside of the gate is named in the log, once, at the first request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import fastapi
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from consentgate.asgi import ConsentMiddleware
from tests.support.app_calls import run_asgi
from tests.support.exchange import POLICY, SECRET, Ask
from tests.support.minimal_servers import talk, websocket_scope

pytestmark = pytest.mark.behaviour(31)

OPTIONS: dict[str, Any] = {"policy": POLICY, "secret_key": SECRET}
SESSION = "starlette.middleware.sessions.SessionMiddleware"
HERE = __name__


@pytest.fixture
def outside(caplog: pytest.LogCaptureFixture) -> Callable[..., list[str]]:
    """What is named as outside of the gate in the log of some requests."""

    def look(app: Any, requests: int = 2) -> list[str]:
        with caplog.at_level(logging.WARNING, "consentgate"):
            for _ in range(requests):
                run_asgi(app, Ask(path="/"))
        lines = [record.getMessage() for record in caplog.records if "CG150" in record.message]
        return [line.partition("gate: ")[2].partition(";")[0] for line in lines]

    return look


async def page(request: Request) -> Response:
    return PlainTextResponse("page")


def site(*middleware: Any) -> Starlette:
    return Starlette(routes=[Route("/", page)], middleware=middleware)


class Plugin:
    """Middleware in the form of a class."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class InATask(BaseHTTPMiddleware):
    """Middleware that calls the next in a task of its own."""

    async def dispatch(self, request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response


GATE = Middleware(ConsentMiddleware, **OPTIONS)
SESSIONS = Middleware(SessionMiddleware, secret_key="s")


def test_nothing_is_said_of_a_gate_that_was_added_last(outside: Any) -> None:
    app = site(SESSIONS)
    app.add_middleware(ConsentMiddleware, **OPTIONS)

    assert outside(app) == []


def test_nor_in_fastapi(outside: Any) -> None:
    app = fastapi.FastAPI()
    app.add_api_route("/", lambda: "page")
    app.add_middleware(ConsentMiddleware, **OPTIONS)

    assert outside(app) == []


def test_middleware_that_was_added_after_the_gate_is_named_once(outside: Any) -> None:
    app = site(GATE)
    app.add_middleware(SessionMiddleware, secret_key="s")
    app.add_middleware(Plugin)

    assert outside(app) == [f"{HERE}.Plugin, {SESSION}"]


def test_what_wraps_the_gate_is_named(outside: Any) -> None:
    app = Plugin(SessionMiddleware(ConsentMiddleware(site(), **OPTIONS), secret_key="s"))

    assert outside(app) == [f"{HERE}.Plugin, {SESSION}"]


def test_so_is_a_function_that_wraps_it(outside: Any) -> None:
    gated = ConsentMiddleware(site(), **OPTIONS)

    async def plugin(scope: Any, receive: Any, send: Any) -> None:
        await gated(scope, receive, send)

    assert outside(plugin) == [f"{HERE}.{plugin.__qualname__}"]


def test_so_is_middleware_that_calls_the_gate_in_a_task_of_its_own(outside: Any) -> None:
    assert outside(InATask(ConsentMiddleware(site(), **OPTIONS))) == [f"{HERE}.InATask"]


def test_and_all_that_is_around_such_middleware_in_the_same_application(outside: Any) -> None:
    app = site(SESSIONS, Middleware(InATask), GATE)

    assert outside(app) == [f"{HERE}.InATask, {SESSION}"]


def test_a_function_of_fastapi_is_named_itself(outside: Any) -> None:
    app = fastapi.FastAPI()
    app.add_middleware(ConsentMiddleware, **OPTIONS)
    app.add_api_route("/", lambda: "page")

    @app.middleware("http")
    async def measure(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response

    named = outside(app)

    assert named == [f"{HERE}.{measure.__qualname__}"]


def test_around_a_gate_of_a_mounted_application_all_is_named(outside: Any) -> None:
    inner = ConsentMiddleware(site(), **OPTIONS)
    app = Starlette(routes=[Mount("/", inner)], middleware=[SESSIONS])

    assert outside(app) == [SESSION]


def test_what_only_compresses_is_not_named(outside: Any) -> None:
    assert outside(site(Middleware(GZipMiddleware), GATE)) == []
    assert outside(GZipMiddleware(ConsentMiddleware(site(), **OPTIONS))) == []


def test_what_is_between_two_gates_is_inside_of_one(outside: Any) -> None:
    inner = ConsentMiddleware(site(), **OPTIONS, audience="inner")

    assert outside(ConsentMiddleware(Plugin(inner), **OPTIONS)) == []


def test_at_a_websocket_it_is_named_as_well(caplog: pytest.LogCaptureFixture) -> None:
    async def accept(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    with caplog.at_level(logging.WARNING, "consentgate"):
        talk(Plugin(ConsentMiddleware(accept, **OPTIONS)), websocket_scope())

    assert f"CG150 outside the gate: {HERE}.Plugin;" in caplog.text


def test_a_scope_that_is_no_request_is_not_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        return None

    with caplog.at_level(logging.WARNING, "consentgate"):
        talk(Plugin(ConsentMiddleware(nothing, **OPTIONS)), {"type": "lifespan"})

    assert "CG150" not in caplog.text
