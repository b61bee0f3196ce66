"""A client that leaves, or a server that is odd, while a choice is being sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.frameworks import (
    OWN_PAGE,
    Send,
    asgi_app,
    call_wsgi,
    choose,
    environ_of,
    options_of,
    scope_of,
    wsgi_app,
)


def test_under_asgi_nobody_is_answered_who_left() -> None:
    app = AsgiMiddleware(asgi_app, **options_of({}))
    heard: list[str] = []

    async def receive() -> Any:
        heard.append("gone")
        return {"type": "http.disconnect"}

    asyncio.run(app(scope_of(choose("accept")), receive, _never))

    assert heard == ["gone"]


def test_under_wsgi_a_body_that_was_cut_short_grants_nothing() -> None:
    app = WsgiMiddleware(wsgi_app, **options_of({}))
    environ = environ_of(choose("accept")) | {"CONTENT_LENGTH": "100"}
    del environ["wsgi.input_terminated"]
    started: list[Any] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append((status, [name for name, _ in headers]))

    list(app(environ, start))

    assert started[0][0].startswith("400")
    assert "Set-Cookie" not in started[0][1]


def test_under_wsgi_a_server_may_name_no_host() -> None:
    class Bare(Send):
        @property
        def all_headers(self) -> list[tuple[str, str]]:
            return [one for one in super().all_headers if one[0] != "Host"]

    app = WsgiMiddleware(wsgi_app, **options_of({}))
    headers = (
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", "https://www.example.org"),
    )
    send = Bare("POST", headers=headers, parts=(b"choice=refuse",))

    assert call_wsgi(app, send).status == 303


def test_under_asgi_a_websocket_below_the_prefix_is_the_applications() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    scope = scope_of(Send(path="/consent/")) | {"type": "websocket", "scheme": "wss"}

    asyncio.run(AsgiMiddleware(app, **options_of({}))(scope, _never, _never))

    assert seen == ["/consent/"]


async def _never(*_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize("root_path", ["/portal", "/portal/"])
def test_under_asgi_a_server_may_leave_the_mount_out_of_the_path(root_path: str) -> None:
    scope = scope_of(Send(path="/consent")) | {"root_path": root_path}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(AsgiMiddleware(asgi_app, **options_of({}))(scope, receive, send))

    assert (b"location", b"/portal/consent/") in sent[0]["headers"]
    assert OWN_PAGE not in sent[1]["body"]
