"""Bodies on their way through the WSGI middleware with the banner, to the letter of PEP 3333."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from tests.middleware.banner_pages import ASKS, PAGE, PUT
from tests.support.app_calls import environ_of
from tests.support.exchange import HTML, Ask
from tests.support.minimal_servers import App, WsgiServer, answerer, serve, wsgi_gate

HEAD, REST = PAGE.split(b"<p>")
JSON = ("Content-Type", "application/json")


def gated(app: App, **options: Any) -> App:
    return wsgi_gate(app, **{"banner": "auto"} | options)


class Body:
    """A body that counts how often it is closed, and may fail after its chunks."""

    def __init__(self, *chunks: bytes, failure: Exception | None = None) -> None:
        self._chunks = iter(chunks)
        self._failure = failure
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self.closed += 1


def test_a_body_that_nothing_is_put_into_is_the_applications_own() -> None:
    body = Body(b"{}")

    server = serve(gated(answerer(JSON, body=body)))

    assert server.body is body


def test_a_list_is_one_of_one_that_says_how_long_the_page_is() -> None:
    one = serve(gated(answerer(HTML, body=[PAGE])))
    more = serve(gated(answerer(HTML, body=(HEAD[:9], HEAD[9:], REST))))
    none = serve(gated(answerer(HTML, body=[])))

    assert (len(one.body), ASKS in one.content) == (1, True)
    assert (len(more.body), ASKS in more.content) == (1, True)
    assert (none.body, none.status) == ([], "200 OK")


def test_a_list_whose_page_starts_at_its_end_gets_it_there() -> None:
    server = serve(gated(answerer(HTML, body=[b"<title>t</title>"])))

    assert server.content.startswith(b"<title>t</title>" + PUT)


@pytest.mark.behaviour(9)
def test_a_generator_may_start_its_response_late() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [HTML])
        yield HEAD[:9]
        yield HEAD[9:]
        yield REST

    server = serve(validator(gated(validator(app))))

    assert server.sent[0].startswith(HEAD + PUT)
    assert server.sent[1:] == [REST]


def test_so_may_one_that_is_no_page() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [JSON])
        yield b""
        yield b"{}"

    assert serve(validator(gated(validator(app)))).sent == [b"", b"{}"]


def test_no_chunk_leaves_before_the_start() -> None:
    chunks = [b"", b" " * 40_000, b"", b" " * 40_000, b"x"]

    server = serve(validator(gated(validator(answerer(HTML, body=iter(chunks))))))

    assert server.sent == [b" " * 80_000, b"x"]
    assert server.headers == [HTML]


@pytest.mark.behaviour(9)
def test_it_is_put_into_what_is_written() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        write = start_response("200 OK", [HTML])
        write(HEAD[:9])
        write(HEAD[9:])
        write(b"<p>")
        return [REST]

    server = serve(validator(gated(validator(app))))

    assert server.sent[0].startswith(HEAD + PUT)
    assert server.sent[1:] == [b"<p>", REST]


@pytest.mark.parametrize("page", [b"<title>t</title>", b"<title>"], ids=["whole", "cut-short"])
def test_what_was_written_leaves_where_nothing_is_returned(page: bytes) -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])(page)
        return []

    assert serve(gated(app)).content.startswith(page)


def test_and_where_the_place_comes_after_what_was_written() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])(HEAD[:9])
        return iter([HEAD[9:]])

    server = serve(gated(app))

    assert server.content.startswith(HEAD + PUT)


class Failure(Exception):
    """What an application raises."""


def error_page(start_response: App, *headers: tuple[str, str]) -> None:
    try:
        raise Failure
    except Failure:
        start_response("500 Error", [*headers], sys.exc_info())


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("before", [b"", b"<title>"], ids=["nothing", "a-part"])
def test_the_page_of_an_error_takes_the_place_of_one_that_was_not_sent(before: bytes) -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [HTML, ("X-A", "b")])
        yield before
        error_page(start_response, HTML)
        yield PAGE

    server = serve(validator(gated(validator(app))))

    assert (server.status, server.headers[0]) == ("500 Error", HTML)
    assert server.content.startswith(HEAD + PUT)


def test_so_does_an_error_that_is_no_page() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [HTML])
        yield b"<title>"
        error_page(start_response, JSON)
        yield b"{}"

    server = serve(gated(app))

    assert (server.status, server.headers, server.content) == ("500 Error", [JSON], b"{}")


@pytest.mark.behaviour(9)
def test_an_error_after_the_page_was_sent_is_the_servers() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [HTML])
        yield HEAD
        error_page(start_response, HTML)
        raise NotImplementedError

    server = WsgiServer()
    with pytest.raises(Failure):
        server.run(gated(app))

    assert PUT in server.content


def test_a_second_start_without_an_error_is_what_the_server_says_it_is() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])
        start_response("200 OK", [HTML])
        raise NotImplementedError

    with pytest.raises(AssertionError, match="started twice"):
        serve(gated(app))


def test_what_is_held_back_leaves_as_it_came_where_the_application_fails() -> None:
    body = Body(b"<ti", b"tle>", failure=Failure())
    server = WsgiServer()

    with pytest.raises(Failure):
        server.run(gated(answerer(HTML, body=body)))

    assert (server.sent, server.headers, body.closed) == ([b"<title>"], [HTML], 1)


def test_where_nothing_is_held_back_nothing_leaves() -> None:
    server = WsgiServer()

    with pytest.raises(Failure):
        server.run(gated(answerer(HTML, body=Body(failure=Failure()))))

    assert server.sent == []


def test_a_body_is_closed_once() -> None:
    body = Body(HEAD, REST)

    serve(validator(gated(validator(answerer(HTML, body=body)))))

    assert body.closed == 1


def test_a_body_need_not_be_closed() -> None:
    serve(gated(answerer(HTML, body=iter([HEAD]))))


def test_a_body_that_ended_stays_ended() -> None:
    server = serve(gated(answerer(HTML, body=iter([b"<title>t</title>", b" "]))))

    assert list(server.body) == []
    assert server.content.endswith(b"</div>")


def test_an_application_that_starts_nothing_sends_nothing() -> None:
    assert serve(gated(lambda environ, start_response: iter([]))).starts == []


@pytest.mark.parametrize("status", ["", "OK", "2xx Odd"])
def test_a_status_that_is_none_is_the_servers(status: str) -> None:
    server = serve(gated(answerer(HTML, status=status, body=[PAGE])))

    assert (server.status, server.content) == (status, PAGE)


# Gates in one stack


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("outer", [{}, {"audience": "a"}], ids=["alike", "different"])
@pytest.mark.parametrize("body", [[PAGE], (HEAD, REST)], ids=["one", "two"])
def test_of_two_gates_one_puts_it_in(outer: dict[str, Any], body: Any) -> None:
    server = serve(gated(gated(answerer(HTML, body=body)), **outer))

    assert server.content.count(ASKS) == 1


def test_even_where_the_inner_one_is_called_late() -> None:
    inner = gated(answerer(HTML, body=[PAGE]), audience="a")

    def late(environ: Any, start_response: App) -> Iterator[bytes]:
        yield from inner(environ, start_response)

    assert serve(gated(late)).content.count(ASKS) == 1


def test_a_page_that_is_tried_again_gets_it_again() -> None:
    environ = environ_of(Ask())
    app = gated(answerer(HTML, body=[PAGE]))

    bodies = [b"".join(app(environ, WsgiServer().start_response)) for _ in range(2)]

    assert [body.count(ASKS) for body in bodies] == [1, 1]


def test_a_page_that_failed_before_gets_it_when_tried_again() -> None:
    environ = environ_of(Ask())
    failures = iter([Failure()])

    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        for failure in failures:
            raise failure
        start_response("200 OK", [HTML])
        return [PAGE]

    gate = gated(app)
    with pytest.raises(Failure):
        gate(environ, WsgiServer().start_response)

    assert b"".join(gate(environ, WsgiServer().start_response)).count(ASKS) == 1


# Where the page is


def test_a_mounted_application_is_come_back_to_where_it_is() -> None:
    path = "/caf\xc3\xa9"  # the bytes of UTF-8, one character each

    server = serve(
        gated(answerer(HTML, body=[PAGE])),
        SCRIPT_NAME="/shop",
        PATH_INFO=path,
        QUERY_STRING="",
    )

    assert b'action="/shop/consent/"' in server.content
    assert b'name="next" value="/shop/caf%C3%A9"' in server.content


@pytest.mark.behaviour(14)
def test_a_fetched_page_that_starts_anew_after_an_error_is_kept_apart_too() -> None:
    def app(environ: dict[str, Any], start_response: App) -> Iterable[bytes]:
        start_response("200 OK", [HTML])
        error_page(start_response, HTML)
        return [PAGE]

    server = serve(gated(app), Ask(headers=(("Sec-Fetch-Dest", "empty"),)))

    assert server.status == "500 Error"
    assert "Sec-Fetch-Mode" in dict(server.headers)["Vary"].split(", ")


@pytest.mark.behaviour(12)
def test_a_server_without_a_write_of_its_own_gets_the_applications_body_all_the_same() -> None:
    body: list[bytes] = []

    def start_response(status: str, headers: Any) -> None:
        """Granian's returns nothing."""

    answer = gated(answerer(JSON, body=body))(environ_of(Ask()), start_response)

    assert answer is body


@pytest.mark.behaviour(12)
def test_what_a_script_fetches_leaves_as_it_came() -> None:
    server = serve(gated(answerer(JSON, body=[b"{}"])), Ask(headers=(("Sec-Fetch-Dest", "empty"),)))

    assert server.headers == [JSON]
    assert server.content == b"{}"


def test_a_chunk_may_be_a_bytearray_as_servers_let_it() -> None:
    # PEP 3333 asks for bytes; some applications yield what has the same contents.
    chunks: Any = [bytearray(PAGE)]

    assert ASKS in serve(gated(answerer(HTML, body=chunks))).content


def test_a_generator_that_a_script_fetches_is_the_applications_own() -> None:
    bodies: list[Iterator[bytes]] = []

    def lazily(start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [HTML])
        yield PAGE

    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        bodies.append(lazily(start_response))
        return bodies[0]

    server = serve(gated(app), Ask(headers=(("Sec-Fetch-Dest", "empty"),)))

    assert (server.body, server.headers[1][0]) == (bodies[0], "Vary")
