"""The servers' applications, run in this process, and what is recorded of the servers."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from consentgate import ConfigurationError
from tests.servers import asgi_apps, wsgi_apps
from tests.servers.commands import ASGI_SERVERS, FLOATING, WSGI_SERVERS
from tests.servers.facts import FACTS
from tests.servers.raw_client import leaks
from tests.support.app_calls import environ_of, scope_of
from tests.support.exchange import Ask

# A visitor may allow the tracker in this case, and then it leaves.
GRANTED = {"grant", "grant-and-start-again"}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "tried.md"
ALL_CASES = {*wsgi_apps.APPS, *asgi_apps.APPS, *asgi_apps.SOCKETS}


def wsgi_stream(setup: str, case: str) -> bytes:
    """The heads that the application starts, as a careless server would send them."""
    heads: list[bytes] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        heads.append(_head(status.encode(), headers))
        return heads.append

    environ = environ_of(Ask(method="POST", path=f"/{setup}/{case}"))
    with contextlib.suppress(RuntimeError):
        body: Any = wsgi_apps.application(environ, start_response)
        with contextlib.closing(body) if hasattr(body, "close") else contextlib.nullcontext():
            heads += body
    return b"".join(heads)


def asgi_stream(setup: str, case: str, *, kind: str = "http") -> bytes:
    """The heads that the application sends, as a careless server would send them on."""
    heads: list[bytes] = []

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        heads.append(_head(b"200", message.get("headers", ())))

    method = {"http": "POST", "websocket": "GET"}[kind]
    scope = scope_of(Ask(method=method, path=f"/{setup}/{case}")) | {"type": kind}
    with contextlib.suppress(RuntimeError):
        asyncio.run(asgi_apps.application(scope, receive, send))
    return b"".join(heads)


def _head(status: bytes, headers: Iterable[tuple[Any, Any]]) -> bytes:
    lines = [
        b"HTTP/1.1 " + status,
        *(_bytes(name) + b": " + _bytes(value) for name, value in headers),
    ]
    return b"\r\n".join([*lines, b"", b""])


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


@pytest.mark.parametrize("case", wsgi_apps.CHANNELS)
def test_wsgi_cases_send_the_tracker(case: str) -> None:
    assert leaks(wsgi_stream("bare", case))


@pytest.mark.parametrize("case", sorted({*wsgi_apps.APPS} - GRANTED))
def test_wsgi_cases_send_no_tracker_through_the_gate(case: str) -> None:
    assert not leaks(wsgi_stream("gated", case))


@pytest.mark.parametrize("case", asgi_apps.CHANNELS)
def test_asgi_cases_send_the_tracker(case: str) -> None:
    assert leaks(asgi_stream("bare", case))


@pytest.mark.parametrize("case", sorted({*asgi_apps.APPS} - GRANTED))
def test_asgi_cases_send_no_tracker_through_a_scanning_gate(case: str) -> None:
    assert not leaks(asgi_stream("scanned", case))


@pytest.mark.parametrize("case", asgi_apps.SOCKET_CHANNELS)
def test_socket_cases_send_the_tracker(case: str) -> None:
    assert leaks(asgi_stream("bare", case, kind="websocket"))


@pytest.mark.parametrize("case", sorted({*asgi_apps.SOCKETS} - GRANTED))
def test_socket_cases_send_no_tracker_through_the_gate(case: str) -> None:
    assert not leaks(asgi_stream("gated", case, kind="websocket"))


@pytest.mark.parametrize("case", sorted(GRANTED))
def test_a_granted_tracker_leaves(case: str) -> None:
    assert b"_ga=leak" in wsgi_stream("gated", case)
    assert b"_fbp=leak" not in wsgi_stream("gated", case)


def test_a_granted_tracker_leaves_by_the_other_middleware_too() -> None:
    assert b"_ga=leak" in asgi_stream("gated", "grant")
    assert b"_fbp=leak" not in asgi_stream("gated", "grant")


def test_a_handshake_grants_nothing() -> None:
    with pytest.raises(ConfigurationError, match="POST"):
        asgi_stream("gated", "grant", kind="websocket")


def test_something_is_recorded_of_every_server_and_of_no_other() -> None:
    assert FACTS.keys() == {*WSGI_SERVERS, *ASGI_SERVERS}


def test_what_is_recorded_names_cases_that_exist() -> None:
    named = {
        case for facts in FACTS.values() for case in (*facts.outcomes, *facts.lacks, *facts.hangs)
    }

    assert named <= ALL_CASES


@pytest.mark.parametrize("server", sorted(FACTS.keys() - {*FLOATING}))
def test_what_is_recorded_is_of_the_version_that_is_tried(server: str) -> None:
    assert importlib.metadata.version(FACTS[server].distribution) == FACTS[server].version


@pytest.mark.parametrize("server", sorted(FACTS))
def test_the_documentation_names_the_versions_that_are_tried(server: str) -> None:
    servers = PAGE.read_text().partition("\n## Servers\n")[2].partition("\n## ")[0]

    assert f" {FACTS[server].version} " in servers


def test_a_stricter_outcome_is_not_laxer_and_a_laxer_one_is() -> None:
    found = {"cookie-lf": "refuses", "blank-lf-after": "leaks"}

    assert FACTS["wsgiref"].laxer(found) == {"blank-lf-after": "leaks"}
