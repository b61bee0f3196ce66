"""Messages on their way through the ASGI middleware with the banner."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.middleware.banner_pages import ASKS, PAGE, PUT
from tests.support.minimal_servers import (
    App,
    Message,
    Scope,
    asgi_gate,
    converse,
    http_scope,
    sender,
    talk,
)

HEAD, REST = PAGE.split(b"<p>")
BY_LINK = (b"sec-fetch-mode", b"navigate")
START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/html")],
}


def part(body: bytes, **facts: Any) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True, **facts}


def gated(app: App, **options: Any) -> App:
    return asgi_gate(app, **{"banner": "auto"} | options)


def sent_by(*messages: Message, scope: Scope | None = None, **options: Any) -> list[Message]:
    """What the server gets of these messages."""
    return talk(gated(sender(*messages), **options), scope)


def test_the_start_is_held_back_until_the_place_is_known() -> None:
    steps: list[list[str]] = []
    sent: list[Message] = []

    async def app(scope: Scope, receive: App, send: App) -> None:
        for message in (START, part(HEAD[:9]), part(HEAD[9:]), part(b"<p>"), part(REST)):
            await send(message)
            steps.append([one["type"].rpartition(".")[2] for one in sent])

    async def collect(message: Message) -> None:
        sent.append(message)

    asyncio.run(gated(app)(http_scope(), receive_nothing, collect))

    assert steps[0] == steps[1] == []
    assert steps[2] == ["start", "body"]
    assert sent[1]["body"].startswith(HEAD + PUT)
    assert [one["body"] for one in sent[2:]] == [b"<p>", REST]


async def receive_nothing() -> Message:
    raise NotImplementedError


def test_chunks_behind_the_place_pass_as_they_are() -> None:
    chunk, last = part(b"<p>"), {"type": "http.response.body", "body": REST}

    sent = sent_by(START, part(HEAD), chunk, last)

    assert sent[2:] == [chunk, last]


def test_a_response_that_is_no_page_passes_as_it_is() -> None:
    body = part(b"{}")

    start, first = sent_by(START | {"headers": [(b"content-type", b"text/plain")]}, body)

    assert start["headers"] == [(b"content-type", b"text/plain")]
    assert first == body


@pytest.mark.behaviour(9)
@pytest.mark.behaviour(41)
@pytest.mark.parametrize(
    "message",
    [
        {"type": "http.response.pathsend", "path": "/page.html"},
        {"type": "http.response.zerocopysend", "file": 7},
    ],
    ids=["pathsend", "zerocopysend"],
)
def test_nothing_is_put_into_a_file_that_the_server_sends(message: Message) -> None:
    start, sent = sent_by(START, message)

    assert start == START
    assert sent == message


def test_what_came_before_the_file_leaves_before_it() -> None:
    file = {"type": "http.response.zerocopysend", "file": 7}

    sent = sent_by(START, part(b"<title>"), file)

    assert sent == [START, part(b"<title>"), file]


@pytest.mark.behaviour(9)
def test_in_mode_block_a_page_with_a_tracker_stays() -> None:
    start = START | {"headers": [*START["headers"], (b"set-cookie", b"_ga=1")]}

    sent = sent_by(start, part(PAGE), part(b""), mode="block")

    assert sent[0]["status"] == 500
    assert b"".join(one["body"] for one in sent[1:]).endswith(b"CG111 _ga\n")


def test_trailers_come_after_the_body() -> None:
    trailers = {"type": "http.response.trailers", "headers": [(b"a", b"b")]}

    start, body, sent = sent_by(START | {"trailers": True}, part(PAGE, more_body=False), trailers)

    assert (start["trailers"], PUT in body["body"]) == (True, True)
    assert sent == trailers


def test_what_comes_before_the_start_passes() -> None:
    hint = {"type": "http.response.early_hint", "links": [b"</a>"]}

    sent = sent_by(hint, START, part(PAGE, more_body=False))

    assert [one["type"] for one in sent] == [
        "http.response.early_hint",
        "http.response.start",
        "http.response.body",
    ]


@pytest.mark.parametrize("body", [bytearray(PAGE), memoryview(PAGE)], ids=["bytearray", "view"])
def test_a_body_may_be_any_bytes(body: Any) -> None:
    _, sent = sent_by(START, {"type": "http.response.body", "body": body})

    assert ASKS in sent["body"]


def test_a_last_message_may_have_no_body() -> None:
    _, sent = sent_by(START, part(b"<title></title>"), {"type": "http.response.body"})

    assert sent["body"].startswith(b"<title></title>" + PUT)
    assert sent["more_body"] is False


def test_a_page_without_place_leaves_as_it_came() -> None:
    frames = part(b"<frameset>", more_body=False)

    assert sent_by(START, frames) == [START, frames]


class Failure(Exception):
    """What an application raises."""


def failing_after(*messages: Message) -> App:
    async def app(scope: Scope, receive: App, send: App) -> None:
        for message in messages:
            await send(message)
        raise Failure

    return app


def sent_before_failure(app: App, scope: Scope | None = None) -> list[Message]:
    sent: list[Message] = []

    async def collect(message: Message) -> None:
        sent.append(message)

    with pytest.raises(Failure):
        asyncio.run(app(http_scope() if scope is None else scope, receive_nothing, collect))
    return sent


@pytest.mark.parametrize(
    ("messages", "left"),
    [
        ([], []),
        ([START], [START]),
        ([START, part(b"<ti"), part(b"tle>")], [START, part(b"<title>")]),
    ],
    ids=["nothing", "start", "chunks"],
)
def test_what_is_held_back_leaves_as_it_came_where_the_application_fails(
    messages: list[Message], left: list[Message]
) -> None:
    assert sent_before_failure(gated(failing_after(*messages))) == left


def test_and_where_it_ends_before_its_response_does() -> None:
    assert sent_by(START, part(b"<title>")) == [START, part(b"<title>")]


def test_nothing_is_left_in_the_scope() -> None:
    scope, failed = http_scope(), http_scope()

    sent_by(START, part(PAGE), scope=scope)
    sent_before_failure(gated(failing_after(START)), failed)

    assert "consentgate.inserting" not in scope.keys() | failed.keys()


# Gates in one stack


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("outer", [{}, {"audience": "a"}], ids=["alike", "different"])
def test_of_two_gates_one_puts_it_in(outer: dict[str, Any]) -> None:
    app = gated(gated(sender(START, part(PAGE, more_body=False))), **outer)

    _, body = talk(app)

    assert body["body"].count(ASKS) == 1


@pytest.mark.behaviour(9)
def test_the_inner_one_where_the_outer_one_leaves_it_to_the_site() -> None:
    inner = gated(sender(START, part(PAGE, more_body=False)))

    _, body = talk(gated(inner, banner="manual", audience="a"))

    assert body["body"].count(ASKS) == 1


def test_a_page_that_is_tried_again_gets_it_again() -> None:
    scope = http_scope()
    app = gated(sender(START, part(PAGE, more_body=False)))

    bodies = [talk(app, scope)[1]["body"] for _ in range(2)]

    assert [body.count(ASKS) for body in bodies] == [1, 1]


# Where the page is


@pytest.mark.parametrize(
    ("path", "root_path"),
    [("/shop/caf\xe9", "/shop"), ("/caf\xe9", "/shop"), ("/shop/caf\xe9", "/shop/")],
    ids=["whole", "cut", "slash"],
)
def test_a_mounted_application_is_come_back_to_where_it_is(path: str, root_path: str) -> None:
    scope = http_scope(path=path, root_path=root_path, query_string=b"")

    _, body = sent_by(START, part(PAGE, more_body=False), scope=scope)

    assert b'action="/shop/consent/"' in body["body"]
    assert b'name="next" value="/shop/caf%C3%A9"' in body["body"]


def test_a_mount_on_the_root_leads_to_no_other_host() -> None:
    scope = http_scope(path="/page", root_path="/", query_string=b"")

    _, body = sent_by(START, part(PAGE, more_body=False), scope=scope)

    assert b'action="/consent/"' in body["body"]


def test_a_header_in_two_lines_is_one() -> None:
    seen: list[Any] = []

    async def app(scope: Scope, receive: App, send: App) -> None:
        seen.extend(scope["headers"])
        await send(START | {"status": 304, "headers": []})
        await send(part(b"", more_body=False))

    tags = [(b"if-none-match", b'"a"'), (b"if-none-match", b'W/"b~cgvffffffffffffs"')]
    talk(gated(app), http_scope(headers=[*tags, BY_LINK]))

    assert seen == [BY_LINK]


def test_a_fetched_response_without_headers_is_let_alone() -> None:
    scope = http_scope(headers=[(b"sec-fetch-dest", b"empty")])
    bare: Message = {"type": "http.response.start", "status": 200}

    start, body = sent_by(bare, part(PAGE), scope=scope)

    assert start["headers"] == []
    assert body["body"] == PAGE


@pytest.mark.parametrize("server", [None, ("127.0.0.1", 8000)], ids=["unknown", "known"])
def test_without_a_host_the_servers_own_name_is_the_origin(server: object) -> None:
    headers = [
        (b"origin", b"https://127.0.0.1:8000"),
        (b"content-type", b"application/x-www-form-urlencoded"),
    ]
    scope = http_scope(method="POST", path="/consent/", headers=headers, server=server)
    body: Message = {"type": "http.request", "body": b"choice=refuse"}

    start, _ = asyncio.run(converse(gated(sender()), scope, body))

    assert start["status"] == (403 if server is None else 303)


@pytest.mark.behaviour(14)
def test_a_fetched_page_whose_headers_can_be_read_once_keeps_them() -> None:
    scope = http_scope(headers=[(b"sec-fetch-dest", b"empty")])
    once = START | {"headers": iter(START["headers"])}

    start, _ = sent_by(once, part(PAGE), scope=scope)

    *given, (name, names) = start["headers"]
    assert given == START["headers"]
    assert name == b"vary"
    assert b"Sec-Fetch-Mode" in names.split(b", ")


@pytest.mark.behaviour(21)
def test_report_mode_leaves_a_fetched_page_as_it_is() -> None:
    scope = http_scope(headers=[(b"sec-fetch-dest", b"empty")])

    start, _ = sent_by(START, part(PAGE), scope=scope, mode="report")

    assert start["headers"] == START["headers"]
