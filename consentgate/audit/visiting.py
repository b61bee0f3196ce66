"""Ask an application in this process for pages, as a browser on https would: with GET alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager, nullcontext
from secrets import token_bytes
from typing import Any, Protocol

import httpx

from consentgate._applications import Interface
from consentgate._middleware import MiddlewareOptions
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.audit.loading import FAILURES, Application, ApplicationError, told_error
from consentgate.policy import Policy
from consentgate.testing.bare import environ_of, lifespan, origin_of_tests, scope_of
from consentgate.testing.browser import Sent, open_page
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware

LONGEST_BODY = 1 << 20  # bytes that are read of a page
LONGEST_START_S = 30.0  # until the headers of a page are there
LONGEST_BODY_S = 5.0  # and after that; a stream of events never ends

_MORE_HEADERS = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
_NO_PAGES: MiddlewareOptions = {"prefix": None}


class Client(Protocol):
    """Asks one application for pages."""

    def put_behind_gate(self, policy: Policy) -> None:
        """Put a gate around the application, so that it may ask for the visitor's consent."""
        ...

    def get(self, target: str, *, cookie: str) -> httpx.Response:
        """Return the answer to a GET of a path, query included; redirects are not followed. A body
        may be cut. Text of headers is latin-1, as the gate reads it.

        Raises ApplicationError where the application fails.
        """
        ...


@contextmanager
def client_of(application: Application) -> Iterator[Client]:
    """Start an application, yield what asks it, and end it. Raises ApplicationError."""
    if application.interface is Interface.WSGI:
        yield _WsgiClient(application.app)
        return
    app = _without_exit(application.app)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            started = asyncio.wait_for(stack.enter_async_context(lifespan(app)), LONGEST_START_S)
            state = runner.run(started)
        except FAILURES as error:
            raise ApplicationError(
                f"the application does not start: {told_error(error)}"
            ) from error
        try:
            yield _AsgiClient(app, state, runner)
        finally:
            runner.run(asyncio.wait_for(stack.aclose(), LONGEST_START_S))


def _without_exit(app: Any) -> Any:  # Any, here and below: applications, scopes and messages
    """Return an ASGI application that fails where it would end the process, and with it the event
    loop."""

    async def without_exit(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except SystemExit as error:
            raise RuntimeError(told_error(error)) from error

    return without_exit


def _request(target: str, cookie: str) -> Sent:
    site = origin_of_tests()
    sent = open_page(str(httpx.URL(f"{site}{target}")), referer=site)
    headers = {**sent.headers, **_MORE_HEADERS, **({"Cookie": cookie} if cookie else {})}
    return Sent(sent.method, sent.url, headers)


def _response(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> httpx.Response:
    response = httpx.Response(status, headers=headers, content=body)
    response.headers.encoding = "latin-1"
    return response


class _WsgiClient:
    def __init__(self, app: Any) -> None:
        self._app = self._inner = app

    def put_behind_gate(self, policy: Policy) -> None:
        """Put a gate around the application."""
        key = token_bytes(32)
        self._app = WsgiMiddleware(self._inner, policy=policy, secret_key=key, **_NO_PAGES)

    def get(self, target: str, *, cookie: str) -> httpx.Response:
        """Return the answer to a GET."""
        try:
            return self._get(_request(target, cookie))
        except FAILURES as error:
            raise ApplicationError(f"GET {target} fails: {told_error(error)}") from error

    def _get(self, sent: Sent) -> httpx.Response:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        read = bytearray()

        def start_response(status: str, headers: Any, exc_info: object = None) -> Any:
            started.append((status, headers))
            return read.extend

        body = self._app(environ_of(sent), start_response)
        with closing(body) if hasattr(body, "close") else nullcontext():
            for chunk in body:
                read += chunk
                if len(read) > LONGEST_BODY:
                    break
        if not started:
            raise RuntimeError("the application never calls start_response")
        status, headers = started[-1]
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return _response(int(status.partition(" ")[0]), pairs, bytes(read))


class _AsgiClient:
    def __init__(self, app: Any, state: dict[str, Any], runner: asyncio.Runner) -> None:
        self._app = self._inner = app
        self._state = state
        self._runner = runner

    def put_behind_gate(self, policy: Policy) -> None:
        """Put a gate around the application."""
        key = token_bytes(32)
        self._app = AsgiMiddleware(self._inner, policy=policy, secret_key=key, **_NO_PAGES)

    def get(self, target: str, *, cookie: str) -> httpx.Response:
        """Return the answer to a GET."""
        try:
            return self._runner.run(self._get(_request(target, cookie)))
        except FAILURES as error:
            raise ApplicationError(f"GET {target} fails: {told_error(error)}") from error

    async def _get(self, sent: Sent) -> httpx.Response:
        connection = _Connection()
        scope = scope_of(sent, self._state)
        running = asyncio.ensure_future(self._app(scope, connection.receive, connection.send))
        starting = asyncio.ensure_future(connection.started.wait())
        both = {running, starting}
        await asyncio.wait(both, timeout=LONGEST_START_S, return_when=asyncio.FIRST_COMPLETED)
        if connection.started.is_set():
            await asyncio.wait({running}, timeout=LONGEST_BODY_S)
        connection.is_cut |= not running.done()
        connection.ended.set()
        starting.cancel()
        running.cancel()
        await asyncio.wait(both, timeout=LONGEST_BODY_S)
        return connection.response(running)


class _Connection:
    """One request and the messages of its response (ASGI)."""

    def __init__(self) -> None:
        self.started, self.ended = asyncio.Event(), asyncio.Event()
        self._start: dict[str, Any] = {}
        self._body = bytearray()
        self._is_asked = False
        self.is_cut = False

    async def receive(self) -> dict[str, Any]:
        """Return the request, and then that the client has gone."""
        if not self._is_asked:
            self._is_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Take a message. Raises OSError where the client has gone (ASGI, HTTP)."""
        if self.is_cut:
            raise OSError("the client has gone")
        if message["type"] == "http.response.start":
            self._start = message
            self.started.set()
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            self.is_cut = len(self._body) > LONGEST_BODY
            if self.is_cut or not message.get("more_body"):
                self.ended.set()

    def response(self, running: asyncio.Future[None]) -> httpx.Response:
        """Return what came. Raises what the application raised, unless the client went first."""
        if running.done() and not (running.cancelled() or self.is_cut):
            running.result()
        if not self._start:
            raise RuntimeError("the application sends no response")
        headers = [(bytes(name), bytes(value)) for name, value in self._start.get("headers", ())]
        return _response(self._start["status"], headers, bytes(self._body))
