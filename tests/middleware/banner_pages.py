"""Pages behind both middlewares, which put the banner in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from wsgiref.validate import validator

from consentgate import Cookie, Event, Policy
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.exchange import HTML, Ask, preferences_for
from tests.support.minimal_servers import App, asgi_gate, wsgi_gate

PAGE = b"<!doctype html><html lang=en><head><title>t</title></head><body><p>x</p></body></html>"
PUT = b'<div id="consentgate"'
ASKS = b'name="choice" value="accept"'
DOCUMENT = ("Sec-Fetch-Dest", "document")


@dataclass(frozen=True)
class Page:
    """What the application answers; `act` is called with the scope or environ before."""

    chunks: Sequence[bytes] = (PAGE,)
    headers: tuple[tuple[str, str], ...] = (HTML,)
    status: int = 200
    act: Callable[[Any], object] = lambda request: None


@dataclass
class Shown:
    """What came out. `seen` are the request's headers as the application saw them."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seen: dict[str, str]
    events: list[Event] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """The values of a response header, in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def is_put_in(self) -> bool:
        """True where something was put in."""
        return PUT in self.body

    @property
    def asks(self) -> bool:
        """True where the visitor is asked."""
        return ASKS in self.body


def show_asgi(page: Page, ask: Ask | None = None, **options: Any) -> Shown:
    """The page behind the ASGI gate."""
    seen: dict[str, str] = {}

    async def app(scope: Any, receive: App, send: App) -> None:
        seen.update((name.decode(), value.decode("latin-1")) for name, value in scope["headers"])
        page.act(scope)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in page.headers]
        await send({"type": "http.response.start", "status": page.status, "headers": headers})
        for chunk in page.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})

    events: list[Event] = []
    gated = asgi_gate(app, events, **{"banner": "auto"} | options)
    return Shown(*run_asgi(gated, ask or Ask()), seen, events)


def show_wsgi(page: Page, ask: Ask | None = None, **options: Any) -> Shown:
    """The page behind the WSGI gate, both sides validated."""
    seen: dict[str, str] = {}

    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        seen.update(
            (key[5:].lower().replace("_", "-"), value)
            for key, value in environ.items()
            if key.startswith("HTTP_")
        )
        page.act(environ)
        start_response(f"{page.status} Status", list(page.headers))
        return iter(page.chunks)

    events: list[Event] = []
    gated = wsgi_gate(validator(app), events, **{"banner": "auto"} | options)
    return Shown(*run_wsgi(validator(gated), ask or Ask()), seen, events)


class Show:
    """Shows a page behind one of the middlewares."""

    def __init__(self, show: Callable[..., Shown]) -> None:
        self._show = show

    def __call__(self, page: Page, ask: Ask | None = None, **options: Any) -> Shown:
        """The page as the visitor gets it."""
        return self._show(page, ask, **options)


MIDDLEWARES = {"asgi": Show(show_asgi), "wsgi": Show(show_wsgi)}


ALLOWED = preferences_for("statistics", "marketing")
REFUSED = preferences_for()

SIGNALLED = Policy(
    necessary=["session"],
    cookies=[
        Cookie("_fbp", category="marketing", provider="F", purpose="p", lifetime="90 days"),
    ],
)
MEASURED = Page(
    headers=(
        HTML,
        ("Content-Length", str(len(PAGE))),
        ("ETag", '"a"'),
        ("Last-Modified", "Tue, 24 Nov 2026 16:00:00 GMT"),
        ("Accept-Ranges", "bytes"),
        ("Cache-Control", "max-age=60"),
    )
)
PUBLIC = replace(
    MEASURED, headers=(*MEASURED.headers[:-1], ("Cache-Control", "public, max-age=60"))
)


def asking(*headers: tuple[str, str], cookie: str = "", method: str = "GET") -> Ask:
    """A request for the page."""
    return Ask(headers=headers, cookie=cookie, method=method)
