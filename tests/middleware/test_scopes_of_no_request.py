"""A scope that is no request passes before anything is asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from consentgate import Policy
from tests.support.exchange import POLICY, SECRET
from tests.support.minimal_servers import asgi_gate, talk

pytestmark = pytest.mark.behaviour(29)

STARTUP, SHUTDOWN = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}


def never(scope: Any) -> Any:
    raise NotImplementedError


OPTIONS = [
    pytest.param({"policy": never}, id="policy"),
    pytest.param({"required": never}, id="required"),
    pytest.param({"language": never}, id="language"),
    pytest.param({"policy": never, "prefix": None}, id="no pages"),
    pytest.param({"policy": never, "mode": "block"}, id="block"),
]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_lifespan_starts_and_stops_the_application(options: dict[str, Any]) -> None:
    happened: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        happened.append("open")
        yield
        happened.append("closed")

    gated = asgi_gate(Starlette(lifespan=lifespan), **options)
    sent = talk(gated, {"type": "lifespan", "state": {}}, STARTUP, SHUTDOWN)

    assert happened == ["open", "closed"]
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", ["webtransport", "http.push", "HTTP", ""])
def test_nothing_is_taken_from_a_scope_of_an_unknown_type(
    kind: str, options: dict[str, Any]
) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await send({"type": f"{kind}.start", "headers": ()})

    scope = {"type": kind}
    sent = talk(asgi_gate(app, **options), scope)

    assert seen[0] is scope
    assert scope == {"type": kind}
    assert sent == [{"type": f"{kind}.start", "headers": ()}]


def test_a_function_of_the_scope_is_asked_of_requests() -> None:
    asked: list[str] = []

    def pick(scope: Any) -> Policy:
        asked.append(scope["type"])
        return POLICY

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert SECRET not in str(scope)

    gated = asgi_gate(app, policy=pick)
    talk(gated, {"type": "lifespan"})
    talk(gated)

    assert asked == ["http"]
