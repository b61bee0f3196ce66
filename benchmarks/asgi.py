"""ASGI: exchanges, an application that answers with what the exchange holds, and the contenders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

from starlette.middleware.sessions import SessionMiddleware

from benchmarks.timing import Contender
from benchmarks.traffic import (
    POLICY,
    SECRET,
    SESSION,
    Traffic,
    browser_request,
    page,
    session_value,
)
from benchmarks.truth import NotTrue, Outcome, cookie_names, hidden_names
from consentgate import Policy
from consentgate.asgi import ConsentMiddleware

# One request, and what the application will answer it with.
Exchange = MutableMapping[str, Any]  # an ASGI scope: its values are anything
Message = MutableMapping[str, Any]  # as ASGI has it: the values depend on the message's type
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Exchange, Receive, Send], Awaitable[None]]

RESPONSE = "benchmarks.response"
BODY = b"hello"
SESSION_ONLY = Traffic(browser_request(f"session={session_value()}"), page())


async def application(scope: Exchange, receive: Receive, send: Send) -> None:
    """Answers with what the exchange holds, in messages made for it alone."""
    flow: Traffic = scope[RESPONSE]
    headers = flow.response.as_bytes()
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(flow.chunks - 1):
        await send({"type": "http.response.body", "body": BODY, "more_body": True})
    await send({"type": "http.response.body", "body": BODY})


class PassThrough:
    """The leanest middleware that sees each message: the N of the table."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Exchange, receive: Receive, send: Send) -> None:
        """Serve one request; messages go on as awaitables of the server's own `send`."""

        def pass_on(message: Message) -> Awaitable[None]:
            return send(message)

        await self._app(scope, receive, pass_on)


class AsyncPassThrough:
    """The usual middleware that sees each message, with an `async def` of its own."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Exchange, receive: Receive, send: Send) -> None:
        """Serve one request; each message makes one more coroutine."""

        async def pass_on(message: Message) -> None:
            await send(message)

        await self._app(scope, receive, pass_on)


def gated(
    app: App,
    *,
    hide_cookies: str = "",
    banner: str = "manual",
    csp: str = "off",
    policy: Policy = POLICY,
) -> App:
    """The application behind the gate; cookies are hidden as by default unless it is said how."""
    options: dict[str, Any] = {"banner": banner, "csp": csp}  # Any: options are of many types
    if hide_cookies:
        options["hide_cookies"] = hide_cookies
    return ConsentMiddleware(app, policy=policy, secret_key=SECRET, **options)


def asgi_contenders(
    traffic: Traffic,
    *,
    hide_cookies: str = "",
    banner: str = "manual",
    csp: str = "off",
    policy: Policy = POLICY,
) -> dict[str, Contender]:
    """Every contender that a row may compare the gate with, over the same traffic.

    S, Starlette's SessionMiddleware, gets what is cheapest for it: a session cookie alone, and an
    application that leaves the session as it is.
    """

    def over(flow: Traffic, app: App, baseline: str = "") -> Contender:
        return Contender(serve_with(app, flow), baseline)

    behind_gate = gated(
        application, hide_cookies=hide_cookies, banner=banner, csp=csp, policy=policy
    )
    return {
        "bare": over(traffic, application),
        "N": over(traffic, PassThrough(application), "bare"),
        "async": over(traffic, AsyncPassThrough(application), "bare"),
        "gate": over(traffic, behind_gate, "bare"),
        "bare session": over(SESSION_ONLY, application),
        "S": over(SESSION_ONLY, SessionMiddleware(application, SECRET), "bare session"),
    }


def serve_with(app: App, traffic: Traffic) -> Callable[[int], None]:
    """A function that serves exchanges through the application, without an event loop's cost."""
    make = exchange_maker(traffic)

    async def serve_all(count: int) -> None:
        for _ in range(count):
            await app(make(), _receive, _discard)

    def serve(count: int) -> None:
        run_to_end(serve_all(count))

    return serve


def run_to_end(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise NotTrue("the application or its middleware waited for something")


def exchange_maker(traffic: Traffic) -> Callable[[], Exchange]:
    """A function that makes a scope as uvicorn does, with what the application answers in it."""

    def make() -> Exchange:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
            "root_path": "",
            "method": "GET",
            "path": traffic.path,
            "raw_path": traffic.path.encode(),
            "query_string": traffic.query().encode(),
            "headers": traffic.request.as_bytes(),
            "state": {},
            RESPONSE: traffic,
        }

    return make


def observe_asgi(
    traffic: Traffic,
    *,
    hide_cookies: str = "",
    banner: str = "manual",
    csp: str = "off",
    policy: Policy = POLICY,
) -> Outcome:
    """What really happens to one exchange behind the gate."""
    exchange = exchange_maker(traffic)()
    seen: list[str] = []
    sent: list[Message] = []

    async def observing(scope: Exchange, receive: Receive, send: Send) -> None:
        seen.extend(_cookie_headers(scope))
        await application(scope, receive, send)

    async def collect(message: Message) -> None:
        sent.append(message)

    came = _cookie_headers(exchange)
    app = gated(observing, hide_cookies=hide_cookies, banner=banner, csp=csp, policy=policy)
    run_to_end(_serve_one(app, exchange, collect))
    lines = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]
    ]
    return Outcome(
        sets=cookie_names(lines),
        hidden=hidden_names(came, seen),
        chunks=len(sent) - 1,
        limits_hosts="content-security-policy" in [name for name, _ in lines],
    )


def check_session_is_read() -> None:
    """Raise NotTrue unless S reads the session from the cookie that it is given."""
    exchange = exchange_maker(SESSION_ONLY)()
    run_to_end(_serve_one(SessionMiddleware(application, SECRET), exchange, _discard))
    if exchange["session"] != SESSION:
        raise NotTrue("SessionMiddleware did not accept the session cookie")


async def _serve_one(app: App, exchange: Exchange, send: Send) -> None:
    await app(exchange, _receive, send)


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _discard(message: Message) -> None:
    """The server's own end; it costs every contender the same."""


def _cookie_headers(scope: Exchange) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
