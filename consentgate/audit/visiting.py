"""Ask an application in this process for pages, as a browser on https would: with GET alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from secrets import token_bytes
from typing import Any, Protocol

import httpx

from consentgate._applications import Interface
from consentgate._middleware import MiddlewareOptions
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.audit.loading import Application, ApplicationError, told_error
from consentgate.policy import Policy
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

SITE = "https://localhost"
LONGEST_BODY = 1 << 20  # bytes that are read of a page
LONGEST_ANSWER_S = 30.0

_BROWSER = {
    "accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "accept-encoding": "gzip",
    "accept-language": "en",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "same-origin",
    "user-agent": "consentgate check",
}


_NO_PAGES: MiddlewareOptions = {"prefix": None}


class Client(Protocol):
    """Asks one application for pages."""

    def put_behind_gate(self, policy: Policy) -> None:
        """Put a gate around the application, so that it may ask for the visitor's consent."""
        ...

    def get(self, target: str, *, cookie: str) -> httpx.Response:
        """Return the answer to a GET of a path, query included; redirects are not followed.

        Raises ApplicationError where the application fails.
        """
        ...


@contextmanager
def client_of(application: Application) -> Iterator[Client]:
    """Start an application, yield what asks it, and end it. Raises ApplicationError."""
    if application.interface is Interface.WSGI:
        yield _WsgiClient(application.app)
        return
    with asyncio.Runner() as runner:
        lifespan = _Lifespan(application.app)
        runner.run(lifespan.start())
        try:
            yield _AsgiClient(lifespan.with_state, runner)
        finally:
            runner.run(lifespan.end())


def _request(target: str, cookie: str) -> httpx.Request:
    headers = {**_BROWSER, "cookie": cookie} if cookie else _BROWSER
    return httpx.Request("GET", f"{SITE}{target}", headers=headers)


class _WsgiClient:
    def __init__(self, app: Any) -> None:  # Any: an application is as its framework types it
        self._app = app
        self._transport = httpx.WSGITransport(app)

    def put_behind_gate(self, policy: Policy) -> None:
        """Put a gate around the application."""
        gated = WsgiMiddleware(self._app, policy=policy, secret_key=token_bytes(32), **_NO_PAGES)
        self._transport = httpx.WSGITransport(gated)

    def get(self, target: str, *, cookie: str) -> httpx.Response:
        """Return the answer to a GET."""
        try:
            answer = self._transport.handle_request(_request(target, cookie))
            body = b""
            try:
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > LONGEST_BODY:
                        break
            finally:
                answer.close()
        except Exception as error:
            raise ApplicationError(f"GET {target} fails: {told_error(error)}") from error
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


class _AsgiClient:
    def __init__(self, app: Any, runner: asyncio.Runner) -> None:  # Any: as above
        self._app = app
        self._transport = httpx.ASGITransport(app)
        self._runner = runner

    def put_behind_gate(self, policy: Policy) -> None:
        """Put a gate around the application."""
        gated = AsgiMiddleware(self._app, policy=policy, secret_key=token_bytes(32), **_NO_PAGES)
        self._transport = httpx.ASGITransport(gated)

    def get(self, target: str, *, cookie: str) -> httpx.Response:
        """Return the answer to a GET."""
        try:
            return self._runner.run(asyncio.wait_for(self._get(target, cookie), LONGEST_ANSWER_S))
        except Exception as error:
            raise ApplicationError(f"GET {target} fails: {told_error(error)}") from error

    async def _get(self, target: str, cookie: str) -> httpx.Response:
        answer = await self._transport.handle_async_request(_request(target, cookie))
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


class _Lifespan:
    """What a server tells an ASGI application of its start and its end."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._state: dict[str, Any] = {}
        self._messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application. Raises ApplicationError where it says that it can't."""
        self._task = asyncio.create_task(self._run())
        answer = await self._say("lifespan.startup")
        if answer["type"] == "lifespan.startup.failed":
            raise ApplicationError(
                f"the application does not start: {answer.get('message') or 'it does not say why'}"
            )

    async def end(self) -> None:
        """End the application."""
        await self._say("lifespan.shutdown")

    async def with_state(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer a request that has what the application kept at its start."""
        await self._app({**scope, "state": {**self._state}}, receive, send)

    async def _say(self, kind: str) -> dict[str, Any]:
        await self._messages.put({"type": kind})
        return await asyncio.wait_for(self._answers.get(), LONGEST_ANSWER_S)

    async def _run(self) -> None:
        scope: dict[str, Any] = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
        }
        scope["state"] = self._state
        with suppress(Exception):  # one that knows no lifespan may raise what it likes
            await self._app(scope, self._messages.get, self._answers.put)
        for _ in range(2):  # then it has nothing to say, at its start and its end
            await self._answers.put({"type": "nothing"})
