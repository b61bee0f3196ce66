"""The site that the browser visits: it answers what a test told it to, behind the gate or bare."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from consentgate import Cookie, Gate, Policy, VisitorConsent, get_consent
from consentgate.asgi import ConsentMiddleware
from tests.browser.raw_server import App, Message, Receive, Scope, Send

SECRET = "a secret for browser tests, long enough"
GATED = "gated"
"""The query of what is to be served through the gate; without it the site is bare."""

ECHO = "/shop/echo"
"""Answers with the request's Cookie header, in hexadecimal digits."""

# What is allowed to whom: "login" to everybody, "track" to who granted statistics, nothing else.
PREFIXES = ("", "__Host-", "__Secure-", "__Http-", "__Host-Http-")
NEEDED = tuple(prefix + "login" for prefix in PREFIXES)
TRACKED = tuple(prefix + "track" for prefix in PREFIXES)

POLICY = Policy(
    necessary=NEEDED,
    cookies=[
        *(
            Cookie(name, category="statistics", provider="S", purpose="Counts.", lifetime="1 day")
            for name in (*TRACKED, "glob_*")
        ),
        Cookie(
            "parent_*",
            category="statistics",
            provider="S",
            purpose="Counts.",
            lifetime="1 day",
            parent_domain=True,
        ),
        Cookie("advert", category="marketing", provider="M", purpose="Sells.", lifetime="1 day"),
    ],
)
GATE = Gate(POLICY, secret_key=SECRET)
GRANTED = GATE.preferences_for("statistics")
REFUSED = GATE.preferences_for()

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answers; `cookies` are Set-Cookie values, one character a byte.

    `early` are those of early hints. `act` is what it does before with the visitor's consent.
    """

    cookies: tuple[str, ...] = ()
    status: int = 200
    headers: Headers = ()
    body: bytes = b"ok"
    kind: bytes = b"text/html"
    early: tuple[str, ...] = ()
    act: Callable[[VisitorConsent], object] = id

    def redirecting(self, address: str) -> Answer:
        """This answer as a redirect to the address."""
        return replace(self, status=302, headers=((b"Location", address.encode()), *self.headers))

    @property
    def all_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers in wire order. What bears odd bytes comes last, so that the rest counts."""
        framing = [(b"Content-Type", self.kind), (b"Content-Length", b"%d" % len(self.body))]
        return [*framing, *self.headers, *as_headers(self.cookies)]


NOT_FOUND = Answer(status=404, body=b"")


def as_headers(cookies: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    """One Set-Cookie header for each value."""
    return [(b"Set-Cookie", value.encode("latin-1")) for value in cookies]


class Site:
    """An ASGI application of which each path answers as `answers` says, others with 404.

    `answered` is set for a path once its answer went out.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.answered: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._guarded: App = ConsentMiddleware(
            self._act, policy=POLICY, secret_key=SECRET, clamp=False
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the gate where the query asks for it."""
        is_gated = scope["query_string"].startswith(GATED.encode())
        await (self._guarded if is_gated else self._answer)(scope, receive, send)

    async def _act(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application use the visitor's consent, which only the gate provides."""
        self.answers.get(scope["path"], NOT_FOUND).act(get_consent(scope))
        await self._answer(scope, receive, send)

    def put(self, answer: Answer) -> str:
        """A new path that gives this answer."""
        path = f"/shop/{len(self.answers)}"
        self.answers[path] = answer
        return path

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        path = scope["path"]
        answer = self._echo(scope) if path == ECHO else self.answers.get(path, NOT_FOUND)
        serve = _serve_websocket if scope["type"] == "websocket" else _serve_page
        await serve(answer, send)
        self.answered[path].set()

    def _echo(self, scope: Scope) -> Answer:
        sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        return Answer(body=sent.hex().encode(), headers=((b"Cache-Control", b"no-store"),))


async def _serve_page(answer: Answer, send: Send) -> None:
    if answer.early:
        await send({"type": "http.response.early_hint", "headers": as_headers(answer.early)})
    await _send_page(answer, send, stem="http.response")


async def _serve_websocket(answer: Answer, send: Send) -> None:
    if answer.status != 101:
        await _send_page(answer, send, stem="websocket.http.response")
        return
    await send({"type": "websocket.accept", "headers": as_headers(answer.cookies)})
    await send({"type": "websocket.close", "code": 1000})


async def _send_page(answer: Answer, send: Send, *, stem: str) -> None:
    start: Message = {"type": f"{stem}.start", "status": answer.status}
    await send({**start, "headers": answer.all_headers})
    await send({"type": f"{stem}.body", "body": answer.body})
