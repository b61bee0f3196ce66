"""One request to the middleware and its answer as they pass on the wire, under both middlewares."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any, Protocol
from urllib.parse import urlencode
from wsgiref.validate import validator

import flask
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import POLICY, SECRET, Clock, asking_for_page

HOST = "www.example.org"
ORIGIN = f"https://{HOST}"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
SAME_ORIGIN = (("Sec-Fetch-Site", "same-origin"),)

OWN_PAGE = b"a page of the application"


@dataclass(frozen=True)
class Send:
    """What the browser sends. The body comes in `parts`; without `with_length` nobody says how
    long it is, as with Transfer-Encoding: chunked. `mount` is where the application stands."""

    method: str = "GET"
    path: str = "/consent/"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cookie: str = ""
    parts: tuple[bytes, ...] = ()
    with_length: bool = True
    mount: str = ""
    https: bool = True

    @property
    def body(self) -> bytes:
        """All parts together."""
        return b"".join(self.parts)

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """The headers, with those that every request of a kind has."""
        headers = [("Host", HOST), *asking_for_page(self.headers)]
        headers += [("Cookie", self.cookie)] if self.cookie else []
        if self.parts and self.with_length:
            headers.append(("Content-Length", str(len(self.body))))
        elif self.parts:
            headers.append(("Transfer-Encoding", "chunked"))
        return headers


def post(body: bytes | str, media_type: str = FORM, **more: Any) -> Send:
    """A POST to the preferences page by the site itself; other headers come after."""
    raw = body.encode() if isinstance(body, str) else body
    headers = (("Content-Type", media_type), *more.pop("headers", SAME_ORIGIN))
    return Send("POST", headers=headers, parts=(raw,), **more)


def choose(choice: str, *categories: str, next_path: str = "", **more: Any) -> Send:
    """A POST of the form of a banner or of the preferences page."""
    fields = [("choice", choice), *(("category", name) for name in categories)]
    fields += [("next", next_path)] if next_path else []
    return post(urlencode(fields), **more)


@dataclass(frozen=True)
class Reply:
    """What came back: `headers` in wire order, with lower-case names."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """The values of a header, in order."""
        return [value for key, value in self.headers if key == name]

    def __getitem__(self, name: str) -> str:
        """The only value of a header."""
        (value,) = self.all(name)
        return value

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def cookies(self) -> list[str]:
        """The Set-Cookie values, in order."""
        return self.all("set-cookie")

    @property
    def preferences(self) -> str:
        """The Cookie header text with the choice that was set; empty where none was."""
        return "".join(value.partition(";")[0] for value in self.cookies[:1])


def state_of(reply: Reply) -> Any:
    """The state of each category that an answer tells."""
    return json.loads(reply.body)["categories"]


class Exchange(Protocol):
    """Sends one request to an application behind a middleware of these options."""

    def __call__(self, send: Send, **options: Any) -> Reply:
        """The answer."""


def options_of(given: dict[str, Any]) -> dict[str, Any]:
    """The options of the middleware, with the tests' own policy, key and clock."""
    return {
        "policy": POLICY,
        "secret_key": SECRET,
        "clock": Clock(),
        "prefix": "/consent",
    } | given


# ASGI


def call_asgi(app: Any, send: Send) -> Reply:
    """Send a request to an ASGI application."""
    sent = list[dict[str, Any]]()
    messages = iter(_messages(send))

    async def receive() -> Any:
        for message in messages:
            await asyncio.sleep(0)
            return message
        return await asyncio.Event().wait()  # the client stays

    async def collect(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope_of(send), receive, collect))
    start = next(one for one in sent if one["type"] == "http.response.start")
    return Reply(
        start["status"],
        tuple((name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"]),
        b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body"),
    )


def _messages(send: Send) -> list[dict[str, Any]]:
    parts = send.parts or (b"",)
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    return messages


def scope_of(send: Send) -> dict[str, Any]:
    """The ASGI scope of a request."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": send.method,
        "scheme": "https" if send.https else "http",
        "path": send.mount + send.path,
        "raw_path": (send.mount + send.path).encode(),
        "root_path": send.mount,
        "query_string": send.query.encode("latin-1"),
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in send.all_headers
        ],
        "client": ("127.0.0.1", 50000),
        "server": (HOST, 443),
        "state": {},
    }


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    """A bare application with one page."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": OWN_PAGE})


def visit_asgi(send: Send, **options: Any) -> Reply:
    """Visit a bare ASGI application."""
    return call_asgi(AsgiMiddleware(asgi_app, **options_of(options)), send)


def visit_starlette(send: Send, **options: Any) -> Reply:
    """Visit a Starlette application with the middleware added."""

    async def page(request: Request) -> Response:
        return Response(OWN_PAGE)

    app = Starlette(routes=[Route("/{path:path}", page)])
    app.add_middleware(AsgiMiddleware, **options_of(options))
    app.middleware_stack = app.build_middleware_stack()  # as when a server starts
    return call_asgi(app, send)


def visit_django_under_asgi(send: Send, **options: Any) -> Reply:
    """Visit a Django project wrapped for ASGI."""
    with django_settings(options):
        return call_asgi(wrap_asgi(ASGIHandler()), send)


# WSGI


class Trickle(BytesIO):
    """A body of which each read gives one part at most, as from a slow client."""

    def __init__(self, parts: tuple[bytes, ...]) -> None:
        super().__init__(b"".join(parts))
        self._longest = max(map(len, parts), default=0)

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        wanted = self._longest if size is None or size < 0 else min(size, self._longest)
        return super().read(wanted)


def call_wsgi(app: Any, send: Send) -> Reply:
    """Send a request to a WSGI application."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started.append((status, headers))
        return _never_written

    body = app(environ_of(send), start_response)
    try:
        text = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    status, headers = started[-1]
    lowered = tuple((name.lower(), value.lstrip(" ")) for name, value in headers)
    return Reply(int(status.split()[0]), lowered, text)


def _never_written(_: bytes) -> None:
    raise NotImplementedError


def environ_of(send: Send) -> dict[str, Any]:
    """The WSGI environ of a request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": send.method,
        "SCRIPT_NAME": send.mount.encode().decode("latin-1"),
        "PATH_INFO": send.path.encode().decode("latin-1"),
        "QUERY_STRING": send.query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if send.https else "http",
        "wsgi.input": Trickle(send.parts),
        "wsgi.input_terminated": True,
        "wsgi.errors": StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in send.all_headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        key = key.removeprefix("HTTP_") if key in _BARE else key
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


_BARE = ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH")


def wsgi_app(environ: Any, start_response: Any) -> Iterator[bytes]:
    """A bare application with one page."""
    start_response("200 OK", [("X-Own", "1"), ("Content-Type", "text/plain")])
    return iter([OWN_PAGE])


def visit_wsgi(send: Send, **options: Any) -> Reply:
    """Visit a bare WSGI application, validators on both sides."""
    gated = WsgiMiddleware(validator(wsgi_app), **options_of(options))
    return call_wsgi(validator(gated), send)


def visit_flask(send: Send, **options: Any) -> Reply:
    """Visit a Flask application with its `wsgi_app` wrapped."""
    app = flask.Flask("wire")

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def page(path: str) -> flask.Response:
        return flask.Response(OWN_PAGE, mimetype="text/plain")

    app.wsgi_app = WsgiMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, **options_of(options)
    )
    return call_wsgi(app, send)


def visit_django(send: Send, **options: Any) -> Reply:
    """Visit a Django project wrapped for WSGI."""
    with django_settings(options):
        return call_wsgi(wrap_wsgi(WSGIHandler()), send)


def visit_django_middleware(send: Send, **options: Any) -> Reply:
    """Visit a Django project that has the middleware class only, under WSGI."""
    with django_settings(options, MIDDLEWARE=[GATE_CLASS]):
        return call_wsgi(WSGIHandler(), send)


def visit_async_django_middleware(send: Send, **options: Any) -> Reply:
    """The same under ASGI."""
    with django_settings(options, MIDDLEWARE=[GATE_CLASS]):
        return call_asgi(ASGIHandler(), send)


def django_settings(options: dict[str, Any], **more: Any) -> Any:
    """The project's settings with these options of the middleware."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(OWN_PAGE, content_type="text/plain")

    given = {name.upper(): value for name, value in options_of(options).items()}
    # What the site chooses by itself is for tests that speak of it.
    given.setdefault("LANGUAGE", None)
    return override_settings(CONSENTGATE=given, ROOT_URLCONF=Urls(page), **more)


BARE: dict[str, Exchange] = {"asgi": visit_asgi, "wsgi": visit_wsgi}
"""The two middlewares by themselves."""

ALL: dict[str, Exchange] = BARE | {
    "starlette": visit_starlette,
    "flask": visit_flask,
    "django under asgi": visit_django_under_asgi,
    "django": visit_django,
    "django's middleware": visit_django_middleware,
    "django's middleware under asgi": visit_async_django_middleware,
}
"""The middlewares and the frameworks behind them."""
