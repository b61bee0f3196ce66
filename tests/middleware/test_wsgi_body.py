"""The body of a WSGI response is the application's own, from its first byte to its close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from consentgate import get_consent
from tests.support.exchange import Ask
from tests.support.minimal_servers import App, WsgiServer, answerer, serve, set_cookies, wsgi_gate

pytestmark = pytest.mark.behaviour(9)

COOKIES = set_cookies("session=1", "_ga=1")


class Closing:
    """A body that counts how often it is closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([b"a", b"b"], id="a list"),
        pytest.param((b"a", b"b"), id="a tuple"),
        pytest.param(FileWrapper(BytesIO(b"ab")), id="a file wrapper"),
        pytest.param(Closing(b"a", b"b"), id="an object with close"),
        pytest.param(iter([b"a", b"b"]), id="an iterator"),
    ],
)
def test_the_body_that_the_server_gets_is_the_applications_object(body: Iterable[bytes]) -> None:
    server = serve(wsgi_gate(answerer(*COOKIES, body=body)))

    assert server.body is body
    assert (server.cookies, server.content) == (["session=1"], b"ab")


def test_the_length_of_a_list_stays_known() -> None:
    server = WsgiServer()

    body = wsgi_gate(answerer(*COOKIES, body=[b"a"]))({}, server.start_response)

    assert len(body) == 1


def test_the_servers_file_wrapper_is_used_and_kept() -> None:
    class Wrapper(FileWrapper):
        """The server's own, which it would send without reading it."""

    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", COOKIES)
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](BytesIO(b"file"))
        return wrapped

    server = serve(wsgi_gate(app), Ask(), **{"wsgi.file_wrapper": Wrapper})

    assert type(server.body) is Wrapper
    assert server.content == b"file"


def test_a_body_is_closed_once() -> None:
    body = Closing(b"a")

    serve(validator(wsgi_gate(validator(answerer(("Content-Type", "text/plain"), body=body)))))

    assert body.closed == 1


def test_a_body_that_the_server_gives_up_is_closed_once() -> None:
    body = Closing(b"a", b"b")
    server = WsgiServer()
    given: Any = wsgi_gate(answerer(body=body))({}, server.start_response)

    next(iter(given))
    given.close()

    assert body.closed == 1


def test_a_generator_that_raises_raises_at_the_server() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", COOKIES)
        yield b"half"
        raise ConnectionError("the database went away")

    server = WsgiServer()
    with pytest.raises(ConnectionError, match="the database went away"):
        server.run(wsgi_gate(app))

    assert (server.cookies, server.content) == (["session=1"], b"half")


class Response:
    """An application that is a class: its instances are the bodies."""

    def __init__(self, environ: Any, start_response: App) -> None:
        self.start_response = start_response

    def __iter__(self) -> Iterator[bytes]:
        self.start_response("200 OK", COOKIES)
        yield b"from a class"


class Service:
    """An application that is an instance."""

    def __call__(self, environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", COOKIES)
        return [b"from an instance"]

    def bound(self, environ: Any, start_response: App) -> Iterable[bytes]:
        return self(environ, start_response)


@pytest.mark.parametrize(
    ("app", "content"),
    [
        pytest.param(Response, b"from a class", id="a class"),
        pytest.param(Service(), b"from an instance", id="an instance"),
        pytest.param(Service().bound, b"from an instance", id="a bound method"),
    ],
)
def test_an_application_can_be_whatever_is_called(app: App, content: bytes) -> None:
    server = serve(wsgi_gate(app))

    assert (server.cookies, server.content) == (["session=1"], content)


def test_chunks_pass_one_by_one_as_they_come() -> None:
    made: list[int] = []

    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [])
        for number in range(3):
            made.append(number)
            yield b"%d" % number

    chunks = iter(wsgi_gate(app)({}, WsgiServer().start_response))

    assert (next(chunks), made) == (b"0", [0])
    assert (next(chunks), made) == (b"1", [0, 1])
    assert list(chunks) == [b"2"]


def test_a_request_that_is_still_streaming_does_not_let_the_next_one_through() -> None:
    app = wsgi_gate(answerer(*COOKIES, body=iter([b"a", b"b"])))
    environ: dict[str, Any] = {}
    first, second = WsgiServer(), WsgiServer()

    next(iter(app(environ, first.start_response)))
    app(environ, second.start_response)

    assert (first.cookies, second.cookies) == (["session=1"], ["session=1"])


class Required(dict[str, Any]):
    """A function of the site's that counts as false where it is asked for its truth."""

    def __call__(self, environ: Any) -> str:
        return "not-required" if environ.get("PATH_INFO") == "/" else "enforce"


def test_what_the_site_requires_is_known_while_the_body_is_sent() -> None:
    allowed: list[bool] = []

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"a"
        allowed.append(get_consent(environ).allows("statistics"))

    serve(wsgi_gate(app, required=Required()), PATH_INFO="/")

    assert allowed == [True]
