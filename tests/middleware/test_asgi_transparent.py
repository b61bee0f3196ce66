"""With an empty policy and `unknown="report"` a Starlette application is as without the gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from consentgate import Policy
from tests.middleware.cookie_samples import REQUEST_COOKIES, SET_COOKIES
from tests.support.app_calls import scope_of
from tests.support.exchange import Ask
from tests.support.minimal_servers import (
    BODY,
    Message,
    Scope,
    asgi_gate,
    http_scope,
    sender,
    start,
    talk,
    websocket_scope,
)

DONE: list[str] = []
EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)


async def echo(request: Request) -> Response:
    return JSONResponse(
        {
            "header": request.headers.get("cookie"),
            "cookies": request.cookies,
            "body": (await request.body()).decode(),
        }
    )


async def cookies(request: Request) -> Response:
    response = PlainTextResponse("cookies", headers={"Cache-Control": "public", "Vary": "Accept"})
    # No max_age and no deletion by the framework: it would write the present moment.
    response.set_cookie("a", "1", secure=True, httponly=True, samesite="strict")
    response.set_cookie("b", "2", path="/x", domain="example.org", expires=EXPIRES)
    for value in SET_COOKIES:
        response.raw_headers.append((b"set-cookie", value.encode("latin-1")))
    response.raw_headers.append((b"Set-Cookie", b"in another case"))
    return response


async def stream(request: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(5):
            await asyncio.sleep(0)
            yield b"%d" % number * 100

    return StreamingResponse(chunks(), headers={"Set-Cookie": "streamed=1"})


async def redirect(request: Request) -> Response:
    response = RedirectResponse("/elsewhere")
    response.set_cookie("redirected", "1")
    return response


async def file(request: Request) -> Response:
    return FileResponse(Path(__file__), media_type="text/plain", headers={"Set-Cookie": "file=1"})


async def background(request: Request) -> Response:
    return PlainTextResponse("later", background=BackgroundTask(DONE.append, "done"))


async def empty(request: Request) -> Response:
    return Response(status_code=204, headers={"Set-Cookie": "empty=1"})


async def fail(request: Request) -> Response:
    raise RuntimeError("the page failed")


async def forbid(request: Request) -> Response:
    raise HTTPException(403, headers={"Set-Cookie": "forbidden=1"})


async def chat(socket: WebSocket) -> None:
    await socket.accept(subprotocol="chat", headers=[(b"set-cookie", b"accepted=1")])
    await socket.send_text(await socket.receive_text())
    await socket.close(4000, "bye")


async def deny(socket: WebSocket) -> None:
    await socket.send_denial_response(PlainTextResponse("no", 401, {"Set-Cookie": "denied=1"}))


async def close(socket: WebSocket) -> None:
    await socket.close()


PAGES = [echo, cookies, stream, redirect, file, background, empty, fail, forbid]
SITE = Starlette(
    routes=[
        *(Route(f"/{page.__name__}", page, methods=["GET", "POST"]) for page in PAGES),
        *(WebSocketRoute(f"/{page.__name__}", page) for page in (chat, deny, close)),
        Mount("/mounted", routes=[Route("/echo", echo)]),
    ]
)


async def _serve(app: Any, scope: Any, received: list[Message]) -> list[Any]:
    """All that reaches the server: messages, and the error at the end if there is one."""
    taken: list[Any] = []
    waiting = iter(received)

    async def receive() -> Message:
        return next(waiting, {"type": f"{scope['type']}.disconnect"})

    async def send(message: Message) -> None:
        taken.append({**message, "headers": list(message.get("headers", ()))})

    try:
        await app(scope, receive, send)
    except RuntimeError as error:
        taken.append(repr(error))
    return taken


def served(scope: Any, *received: Message, gated: bool) -> list[Any]:
    app: Any = [SITE, asgi_gate(SITE, policy=Policy(), unknown="report")][gated]
    return asyncio.run(_serve(app, scope, list(received)))


PATHS = [*(page.__name__ for page in PAGES), "mounted/echo", "mounted", "missing", "echo/"]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
def test_a_response_is_the_same_to_the_byte(path: str, method: str) -> None:
    def answer(*, gated: bool) -> list[Any]:
        scope = scope_of(Ask(path=f"/{path}", method=method, cookie="session=1; _ga=2"))
        body = {"type": "http.request", "body": b"the body", "more_body": False}
        return served(scope, body, gated=gated)

    bare = answer(gated=False)

    assert len(bare) >= 1
    assert answer(gated=True) == bare


@pytest.mark.parametrize("cookie", REQUEST_COOKIES)
def test_the_application_sees_the_same_cookies(cookie: str) -> None:
    def seen(*, gated: bool) -> list[Any]:
        scope = scope_of(Ask(path="/echo", cookie=cookie))
        return served(scope, {"type": "http.request", "body": b""}, gated=gated)

    bare = seen(gated=False)

    assert bare[0]["status"] == 200
    assert seen(gated=True) == bare


@pytest.mark.parametrize("path", ["chat", "deny", "close", "missing"])
def test_a_websocket_is_the_same_to_the_byte(path: str) -> None:
    def talked(*, gated: bool) -> list[Any]:
        connect = {"type": "websocket.connect"}
        text = {"type": "websocket.receive", "text": "hello"}
        scope = websocket_scope("session=1; _ga=2", path=f"/{path}", subprotocols=["chat"])
        return served(scope, connect, text, gated=gated)

    bare = talked(gated=False)

    assert len(bare) >= 1
    assert talked(gated=True) == bare


def test_background_tasks_run_as_often() -> None:
    DONE.clear()

    for gated in (False, True):
        served(scope_of(Ask(path="/background")), gated=gated)

    assert DONE == ["done", "done"]


def test_a_gate_without_pages_asks_for_no_path() -> None:
    scope = http_scope()
    del scope["path"]

    sent = talk(asgi_gate(sender(start(), BODY), prefix=None), scope)

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


def test_a_handshake_is_no_request_for_a_page_whatever_its_scope_holds() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        seen.append(scope)
        await send({"type": "websocket.close"})

    headers = [(b"accept", b"text/html"), (b"accept-encoding", b"br"), (b"if-none-match", b'"a"')]
    talk(asgi_gate(app, banner="auto"), websocket_scope(method="GET", headers=headers))

    assert seen[0]["headers"] == headers
