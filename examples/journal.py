"""What both shops show their visitor: for each answer, what left and what the gate held back.

The two watchers stand outside the gate. They may, because they only read the final headers;
whatever *sets* cookies has to stand inside.
"""

from __future__ import annotations

from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from consentgate.gate.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Any
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    type_of_exc_info = (
        tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
    )

JOURNAL_PATH = "/journal"
COLOURS_PATH = "/colours.css"

_NOT_TOLD = (JOURNAL_PATH, COLOURS_PATH, "/consent/static/")  # parts of a page, not the page


@dataclass(slots=True)
class Answer:
    """One answer of the shop: the Set-Cookie values that left, the events of what did not."""

    request: str
    status: int = 0
    left: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


_current: ContextVar[Answer] = ContextVar("current answer")


class Journal:
    """The last answers of one shop, the newest first; for one visitor at a time."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque(maxlen=8)

    def open(self, method: str, path: str) -> Answer:
        """A new answer, which the gate's events of this request are noted in."""
        answer = Answer(f"{method} {path}")
        _current.set(answer)
        if not path.startswith(_NOT_TOLD):
            self.answers.appendleft(answer)
        return answer

    def note(self, event: Event) -> None:
        """Add the event to the answer in the making. Made to be the gate's `on_event`."""
        _current.get(Answer("before any request")).events.append(event)


class WatchASGI:
    """An ASGI application that writes down what another one really sends."""

    def __init__(self, app: ASGIApp, journal: Journal) -> None:
        self.app = app
        self.journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self.journal.open(scope["method"], scope["path"])

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.left = [
                    value.decode("latin-1")
                    for name, value in message["headers"]
                    if name.lower() == b"set-cookie"
                ]
            await send(message)

        await self.app(scope, receive, watch)


class WatchWSGI:
    """A WSGI application that writes down what another one really sends."""

    def __init__(self, app: WSGIApplication, journal: Journal) -> None:
        self.app = app
        self.journal = journal

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.journal.open(environ["REQUEST_METHOD"], environ["PATH_INFO"])

        def watch(
            status: str, headers: list[tuple[str, str]], exc_info: type_of_exc_info = None
        ) -> Callable[[bytes], Any]:  # Any: PEP 3333 leaves open what write() returns
            answer.status = int(status[:3])
            answer.left = [value for name, value in headers if name.lower() == "set-cookie"]
            return start_response(status, headers, exc_info)

        return self.app(environ, watch)
