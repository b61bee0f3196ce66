"""The last answers of a shop: for each one the cookies that left and the gate's events.

The two watchers are outside of the gate. They may be, because they only read the final headers;
code that *sets* cookies must be inside.
"""

from __future__ import annotations

from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from consentgate import Event

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

_PARTS_OF_PAGES = (JOURNAL_PATH, COLOURS_PATH, "/consent/static/")  # left out of the journal


@dataclass(slots=True)
class Answer:
    """One answer of the shop: the Set-Cookie values that left, and the gate's events."""

    request: str
    status: int = 0
    left: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


_current: ContextVar[Answer] = ContextVar("current answer")


class Journal:
    """The last answers of one shop, newest first; it is made for one visitor at a time."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque(maxlen=8)

    def open(self, method: str, path: str) -> Answer:
        """Start a new answer, to which `note` adds the events of this request, and return it."""
        answer = Answer(f"{method} {path}")
        _current.set(answer)
        if not path.startswith(_PARTS_OF_PAGES):
            self.answers.appendleft(answer)
        return answer

    def note(self, event: Event) -> None:
        """Add the event to the current answer. Pass this method to the gate as `on_event`."""
        _current.get(Answer("before any request")).events.append(event)


class WatchASGI:
    """An ASGI application that records which cookies another one really sends."""

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
    """A WSGI application that records which cookies another one really sends."""

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
