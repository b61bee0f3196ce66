"""Ask an application in this process for pages, as a browser on https would: with GET alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from secrets import token_bytes
from typing import Any, Protocol

import httpx

from consentgate._applications import Interface
from consentgate._middleware import MiddlewareOptions
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.audit.loading import Application, ApplicationError, told_error
from consentgate.policy import Policy
from consentgate.testing.bare import lifespan, origin_of_tests
from consentgate.testing.browser import open_page
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

LONGEST_BODY = 1 << 20  # bytes that are read of a page
LONGEST_ANSWER_S = 30.0

_MORE_HEADERS = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
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
    app = application.app
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            started = asyncio.wait_for(stack.enter_async_context(lifespan(app)), LONGEST_ANSWER_S)
            state = runner.run(started)
        except Exception as error:
            raise ApplicationError(
                f"the application does not start: {told_error(error)}"
            ) from error

        async def with_state(scope: dict[str, Any], receive: Any, send: Any) -> None:
            await app({**scope, "state": {**state}}, receive, send)

        try:
            yield _AsgiClient(with_state, runner)
        finally:
            runner.run(asyncio.wait_for(stack.aclose(), LONGEST_ANSWER_S))


def _request(target: str, cookie: str) -> httpx.Request:
    site = origin_of_tests()
    sent = open_page(f"{site}{target}", referer=site)
    headers = {**sent.headers, **_MORE_HEADERS, **({"Cookie": cookie} if cookie else {})}
    return httpx.Request(sent.method, sent.url, headers=headers)


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
