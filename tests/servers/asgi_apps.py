"""The ASGI application that the servers run: one path for each way to send a tracker.

`/bare/...` runs it as it is, `/gated/...` behind the gate and `/scanned/...` behind one that scans
all headers; for HTTP and websockets alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from consentgate import get_consent
from consentgate.asgi import ConsentMiddleware
from tests.servers.cases import (
    BREAKS,
    CONTENT,
    LINE,
    OTHER_TRACKER,
    PLAIN,
    POLICY,
    SECRET,
    SESSION,
    TRACKER,
    TWISTED,
)

# Any: scopes and messages hold values of many types.
Scope = Any
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[str, str]]
RawHeaders = list[tuple[bytes, bytes]]

LENGTH = (b"content-length", b"5")
BODY = {"type": "http.response.body", "body": b"hello"}


def encode(headers: Headers) -> RawHeaders:
    # A character above 255 has no wire byte of its own: its UTF-8 bytes stand for it.
    return [(name.encode(), value.encode()) for name, value in headers]


TRACKING = encode([("Set-Cookie", TRACKER)])
HEAD = encode([CONTENT, ("Set-Cookie", SESSION)])


def start(headers: RawHeaders, *, status: int = 200, **more: object) -> dict[str, object]:
    return {"type": "http.response.start", "status": status, "headers": headers, **more}


def send_head(headers: Headers) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start([*encode(headers), LENGTH]))
        await send(BODY)

    return app


def send_without_body(status: int) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start([HEAD[1], *TRACKING], status=status))
        await send({"type": "http.response.body"})

    return app


async def append_after_send(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [*HEAD, LENGTH]
    await send(start(headers))
    headers += TRACKING
    await send(BODY)


async def replace_after_send(scope: Scope, receive: Receive, send: Send) -> None:
    message = start([*HEAD, LENGTH])
    await send(message)
    message["headers"] = [*HEAD, *TRACKING, LENGTH]
    await send(BODY)


async def start_twice(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start([*HEAD, LENGTH]))
    await send(start([*HEAD, *TRACKING, LENGTH]))
    await send(BODY)


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start([*HEAD, *TRACKING]))
    for _ in range(50):
        await send({"type": "http.response.body", "body": b"chunk", "more_body": True})
    await send({"type": "http.response.body"})


async def send_file(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start([*HEAD, *TRACKING]))
    await send({"type": "http.response.pathsend", "path": __file__})


async def hint_early(scope: Scope, receive: Receive, send: Send) -> None:
    links = [b"</a.css>; rel=preload", f"</b.css>\r\n{LINE}".encode()]
    await send({"type": "http.response.early_hint", "links": links, "headers": TRACKING})
    await send_head([CONTENT, ("Set-Cookie", SESSION)])(scope, receive, send)


async def inform(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.informational", "status": 103, "headers": TRACKING})
    await send_head([CONTENT, ("Set-Cookie", SESSION)])(scope, receive, send)


async def push(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.push", "path": "/gated/ready", "headers": TRACKING})
    await send_head([CONTENT, ("Set-Cookie", SESSION)])(scope, receive, send)


async def trail(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start(HEAD, trailers=True))
    await send(BODY)
    await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1"), *TRACKING]})


async def trail_first(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.trailers", "headers": [*HEAD, *TRACKING]})


async def fail_before_body(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start([*HEAD, *TRACKING]))
    raise RuntimeError("before the body")


async def fail_in_body(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start([*HEAD, *TRACKING]))
    await send({"type": "http.response.body", "body": b"hello", "more_body": True})
    raise RuntimeError("in the body")


async def grant(scope: Scope, receive: Receive, send: Send) -> None:
    get_consent(scope).grant("statistics")
    await send_head([CONTENT, ("Set-Cookie", TRACKER), ("Set-Cookie", OTHER_TRACKER)])(
        scope, receive, send
    )


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    get_consent(scope).refuse()
    await send_head(PLAIN["plain"])(scope, receive, send)


async def grant_and_fail(scope: Scope, receive: Receive, send: Send) -> None:
    get_consent(scope).grant("statistics")
    raise RuntimeError("after the grant")


async def show_cookie(scope: Scope, receive: Receive, send: Send) -> None:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    await send(start(HEAD[:1]))
    await send({"type": "http.response.body", "body": cookies})


# Each sends the tracker when nothing holds it back.
CHANNELS: dict[str, App] = {
    **{key: send_head(headers) for key, headers in PLAIN.items()},
    "stream": stream,
    "no-content": send_without_body(204),
    "not-modified": send_without_body(304),
    "redirect": send_without_body(302),
    "fail-in-body": fail_in_body,
}

# What comes out of each depends on the server.
CURIOUS: dict[str, App] = {
    **{key: send_head(headers) for key, headers in TWISTED.items()},
    "append-after-send": append_after_send,
    "replace-after-send": replace_after_send,
    "start-twice": start_twice,
    "file": send_file,
    "early-hint": hint_early,
    "informational": inform,
    "push": push,
    "trailers": trail,
    "trailers-first": trail_first,
    "fail-before-body": fail_before_body,
}

CHOICES: dict[str, App] = {"grant": grant, "refuse": refuse, "grant-and-fail": grant_and_fail}

APPS = {"ready": send_head([CONTENT]), "cookie": show_cookie, **CHANNELS, **CURIOUS, **CHOICES}


def accept(headers: Headers, **more: object) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept", "headers": encode(headers), **more})
        await send({"type": "websocket.send", "text": "hello"})
        await send({"type": "websocket.close"})

    return app


def deny(headers: Headers) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        own = [*encode(headers), LENGTH]
        await send({"type": "websocket.http.response.start", "status": 401, "headers": own})
        await send({"type": "websocket.http.response.body", "body": b"hello"})

    return app


async def refuse_and_accept(scope: Scope, receive: Receive, send: Send) -> None:
    get_consent(scope).refuse()
    await accept(PLAIN["plain"])(scope, receive, send)


async def grant_at_handshake(scope: Scope, receive: Receive, send: Send) -> None:
    get_consent(scope).grant("statistics")  # raises, since a handshake is a GET


# Each sends the tracker when nothing holds it back, where the server has the message.
SOCKET_CHANNELS: dict[str, App] = {
    **{f"accept-{key}": accept(headers) for key, headers in PLAIN.items()},
    **{f"deny-{key}": deny(headers) for key, headers in PLAIN.items()},
}

CURIOUS_SOCKETS: dict[str, App] = {
    **{f"accept-{key}": accept(headers) for key, headers in TWISTED.items()},
    **{f"deny-{key}": deny(headers) for key, headers in TWISTED.items()},
    **{
        f"subprotocol-{key}": accept([("Set-Cookie", SESSION)], subprotocol=f"chat{text}{LINE}")
        for key, text in BREAKS.items()
    },
}

SOCKETS = {
    **SOCKET_CHANNELS,
    **CURIOUS_SOCKETS,
    "grant": grant_at_handshake,
    "refuse": refuse_and_accept,
}


async def run_case(scope: Scope, receive: Receive, send: Send) -> None:
    """Run the case that the path names."""
    apps = SOCKETS if scope["type"] == "websocket" else APPS
    await apps[scope["path"].rpartition("/")[2]](scope, receive, send)


SETUPS: dict[str, App] = {
    "bare": run_case,
    "gated": ConsentMiddleware(run_case, policy=POLICY, secret_key=SECRET),
    "scanned": ConsentMiddleware(run_case, policy=POLICY, secret_key=SECRET, scan_headers=True),
}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Run the case in the setup that the path's first part names."""
    # A lifespan has no path and fails here: servers then go on without one (ASGI, Lifespan Scope).
    await SETUPS[scope["path"].split("/")[1]](scope, receive, send)
