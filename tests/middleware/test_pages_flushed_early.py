"""Pages whose head is sent before their body is known: it leaves at once, with its headers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper

import pytest

from tests.middleware.banner_pages import MEASURED, MIDDLEWARES, PUBLIC, Page, Show
from tests.middleware.banner_pages import PUT as PUT_IN
from tests.support.exchange import HTML
from tests.support.minimal_servers import (
    App,
    Message,
    Scope,
    WsgiServer,
    answerer,
    asgi_gate,
    http_scope,
    sender,
    serve,
    talk,
    wsgi_gate,
)

pytestmark = pytest.mark.behaviour(40)

HEAD = b'<!doctype html><html lang=en><head><link rel="stylesheet" href="/a.css"></head>'
BODY = b"<body><p>x</p></body></html>"
START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/html")],
}
FRAMES = b"<frameset><frame src=a></frameset>"


@pytest.fixture(params=MIDDLEWARES)
def show(request: pytest.FixtureRequest) -> Show:
    """Shows a page behind each middleware in turn."""
    return MIDDLEWARES[request.param]


def part(body: bytes, *, more_body: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more_body}


def bodies(sent: Iterable[Message]) -> list[bytes]:
    return [one["body"] for one in sent if one["type"] == "http.response.body"]


def gated(app: App) -> App:
    return asgi_gate(app, banner="auto")


def gated_wsgi(app: App, **options: Any) -> App:
    return wsgi_gate(app, **{"banner": "auto"} | options)


# What leaves, and with which headers


def test_the_headers_are_those_of_a_page_with_something_in_it(show: Show) -> None:
    page = Page(chunks=(HEAD, BODY), headers=MEASURED.headers)

    shown = show(page)

    assert shown.body.startswith(HEAD + b"<body>" + PUT_IN)
    assert shown.all("cache-control") == ["private, no-cache"]
    assert "Cookie" in shown.all("vary")[0]
    assert [shown.all(name) for name in ("content-length", "etag", "last-modified")] == [[], [], []]


@pytest.mark.behaviour(14)
def test_a_page_for_everybody_keeps_its_tag(show: Show) -> None:
    whole = show(PUBLIC)
    early = show(Page(chunks=(HEAD, BODY), headers=PUBLIC.headers))

    assert early.is_put_in
    assert early.all("etag") == whole.all("etag")


@pytest.mark.parametrize("rest", [FRAMES, b"<style>" + b"x" * 70_000], ids=["frames", "too far"])
def test_a_page_without_place_leaves_whole_all_the_same(show: Show, rest: bytes) -> None:
    assert show(Page(chunks=(HEAD, rest, rest))).body == HEAD + rest + rest


# ASGI


def test_an_asgi_application_can_flush_its_head() -> None:
    sent: list[Message] = []
    left: list[list[bytes]] = []

    async def app(scope: Scope, receive: App, send: App) -> None:
        for message in (START, part(HEAD), part(b"<ti"), part(b"tle></title>"), part(BODY)):
            await send(message)
            left.append(bodies(sent))
        await send(part(b"", more_body=False))

    async def collect(message: Message) -> None:
        sent.append(message)

    asyncio.run(gated(app)(http_scope(), receive_nothing, collect))

    assert left[:4] == [[], [HEAD], [HEAD], [HEAD, b"<title></title>"]]
    assert left[4][-1].startswith(b"<body>" + PUT_IN)
    assert sent[-1] == part(b"", more_body=False)


async def receive_nothing() -> Message:
    raise NotImplementedError


def test_what_is_held_back_of_it_leaves_where_the_application_ends() -> None:
    sent = talk(gated(sender(START, part(HEAD), part(b"<title>"))))

    assert bodies(sent) == [HEAD, b"<title>"]


def test_what_is_held_back_of_it_leaves_before_a_file() -> None:
    file = {"type": "http.response.zerocopysend", "file": 7}

    sent = talk(gated(sender(START, part(HEAD), part(b"<title>"), file)))

    assert bodies(sent) == [HEAD, b"<title>"]
    assert sent[-1] == file


def test_in_mode_block_nothing_of_it_leaves() -> None:
    start = {**START, "headers": [*START["headers"], (b"set-cookie", b"_ga=1")]}
    app = asgi_gate(sender(start, part(HEAD), part(BODY)), banner="auto", mode="block")

    sent = talk(app)

    assert sent[0]["status"] == 500
    assert HEAD not in b"".join(bodies(sent))


# WSGI


def test_a_wsgi_application_can_flush_its_head() -> None:
    server = serve(gated_wsgi(answerer(HTML, body=iter([HEAD, b"<title>", b"</title>", BODY]))))

    assert server.sent[0] == HEAD
    assert server.sent[1:3] == [b"", b"<title></title>"]
    assert server.sent[3].startswith(b"<body>" + PUT_IN)


def test_it_can_with_write_too() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        write = start_response("200 OK", [HTML])
        write(HEAD)
        write(b"<title>")
        return [b"</title>", BODY]

    server = serve(gated_wsgi(app))

    assert server.sent[0] == HEAD
    assert server.content.startswith(HEAD + b"<title></title><body>" + PUT_IN)


@pytest.mark.behaviour(41)
def test_a_file_that_follows_what_was_written_is_part_of_the_page() -> None:
    def app(environ: Any, start_response: App) -> Iterable[bytes]:
        write = start_response("200 OK", [HTML])
        write(HEAD)
        write(b"<title>")
        return FileWrapper(BytesIO(b"</title>" + BODY))

    server = serve(wsgi_gate(app, banner="auto"))

    assert server.content.startswith(HEAD + b"<title></title>")
    assert b'<div id="consentgate"' in server.content


def test_what_is_held_back_of_it_leaves_where_the_body_fails() -> None:
    def fail() -> Iterator[bytes]:
        yield HEAD
        yield b"<title>"
        raise ZeroDivisionError

    server = WsgiServer()
    with pytest.raises(ZeroDivisionError):
        server.run(gated_wsgi(answerer(HTML, body=fail())))

    assert server.content == HEAD + b"<title>"


def test_in_mode_block_nothing_of_it_leaves_under_wsgi() -> None:
    tracker = ("Set-Cookie", "_ga=1")
    app = answerer(HTML, tracker, body=iter([HEAD, BODY]))

    server = serve(gated_wsgi(app, mode="block"))

    assert server.status.startswith("500")
    assert HEAD not in server.content
