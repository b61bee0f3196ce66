"""Nothing that the server holds is the application's: what leaves is what was judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from consentgate import get_consent
from consentgate.gate.visitor import CONSENT_KEY
from tests.middleware.banner_pages import PAGE, PUT
from tests.support.app_calls import environ_of
from tests.support.exchange import Ask
from tests.support.minimal_servers import (
    MESSAGES_WITH_HEADERS,
    App,
    Message,
    WsgiServer,
    asgi_gate,
    cookies,
    http_scope,
    serve,
    set_by,
    start,
    talk,
    wsgi_gate,
)

pytestmark = pytest.mark.behaviour(22)

BANNERS = pytest.mark.parametrize("banner", ["manual", "auto"])
PLAIN = (b"content-type", b"text/plain")
HTML = (b"content-type", b"text/html")


class OwnList(list[Any]):
    """A list that takes itself for its copy, and says that it is empty."""

    def copy(self) -> OwnList:
        raise NotImplementedError

    def __len__(self) -> int:
        return 0


class OwnDict(dict[str, Any]):
    """A message that takes itself for its copy."""

    def copy(self) -> OwnDict:
        raise NotImplementedError


class OwnText(str):
    """A name or value that would say of itself what it is not."""

    __slots__ = ()

    def lower(self) -> str:
        raise NotImplementedError

    def __format__(self, how: str) -> str:
        raise NotImplementedError

    def isprintable(self) -> bool:
        raise NotImplementedError

    def partition(self, separator: str) -> tuple[str, str, str]:
        raise NotImplementedError

    def __contains__(self, part: object) -> bool:
        raise NotImplementedError


class OwnBytes(bytes):
    """The same in bytes."""

    __slots__ = ()

    def lower(self) -> bytes:
        raise NotImplementedError

    def partition(self, separator: Any) -> tuple[bytes, bytes, bytes]:
        raise NotImplementedError


# ASGI


def sent_while(message: Message, change: Callable[[], object], **options: Any) -> list[Message]:
    """What the server holds of a message that changes between the call and the wait for it."""

    async def app(scope: Any, receive: App, send: App) -> None:
        sending = send(message)
        change()
        await sending
        change()
        await send({"type": "http.response.body", "body": PAGE})
        change()

    return talk(asgi_gate(app, **options))


@BANNERS
@pytest.mark.parametrize("kind", [PLAIN, HTML], ids=["text", "page"])
@pytest.mark.parametrize("values", [["session=1"], ["session=1", "_ga=1"]], ids=len)
def test_a_list_that_grows_while_it_is_sent_does_not_leave(
    banner: str, kind: tuple[bytes, bytes], values: list[str]
) -> None:
    headers = [kind, *cookies(*values)]

    sent = sent_while(
        start() | {"headers": headers}, lambda: headers.extend(cookies("_fbp=1")), banner=banner
    )

    assert set_by(sent[0]) == [b"session=1"]


@BANNERS
@pytest.mark.parametrize("kind", [PLAIN, HTML], ids=["text", "page"])
def test_a_pair_that_changes_while_it_is_sent_leaves_as_it_was(
    banner: str, kind: tuple[bytes, bytes]
) -> None:
    pair = [b"x-a", b"1"]

    def change() -> None:
        pair[:] = [b"set-cookie", b"_ga=1"]

    sent = sent_while(start(kind) | {"headers": [kind, pair]}, change, banner=banner)

    assert (b"x-a", b"1") in sent[0]["headers"]
    assert set_by(sent[0]) == []


@BANNERS
@pytest.mark.parametrize("view", [lambda held: held, memoryview], ids=["array", "view"])
def test_bytes_that_change_while_they_are_sent_leave_as_they_were(banner: str, view: Any) -> None:
    name, value = bytearray(b"set-cookie"), bytearray(b"session=1")

    def change() -> None:
        value[:] = b"_fbp=1234"

    headers = [HTML, (view(name), view(value))]
    sent = sent_while(start() | {"headers": headers}, change, banner=banner)

    assert set_by(sent[0]) == [b"session=1"]
    assert {type(part) for header in sent[0]["headers"] for part in header} == {bytes}


@BANNERS
@pytest.mark.parametrize(
    "message",
    [
        {"type": "http.response.body", "body": b"hello", "more_body": True},
        {"type": "http.response.debug"},
    ],
    ids=lambda message: message["type"],
)
@pytest.mark.parametrize("kind", [dict, OwnDict])
def test_a_message_that_is_turned_into_a_start_while_it_is_sent_is_sent_as_what_it_was(
    banner: str, message: Message, kind: type[dict[str, Any]]
) -> None:
    own = kind(message)

    sent = sent_while(own, lambda: own.update(start(*cookies("_ga=1"))), banner=banner)

    assert sent[0] == message
    assert type(sent[0]) is dict


@BANNERS
@pytest.mark.parametrize("kind", [PLAIN, HTML], ids=["text", "page"])
@pytest.mark.parametrize("shape", [OwnList, tuple, iter], ids=["own list", "tuple", "iterator"])
def test_no_shape_of_a_start_is_handed_on(
    banner: str, kind: tuple[bytes, bytes], shape: Any
) -> None:
    pair = [b"set-cookie", b"session=1"]
    own = OwnDict(start() | {"headers": shape([kind, pair, *cookies("_ga=1")])})

    def change() -> None:
        own["headers"] = cookies("_ga=2")
        pair[1] = b"_ga=3"

    sent = sent_while(own, change, banner=banner)

    assert type(sent[0]) is dict
    assert type(sent[0]["headers"]) is list
    assert {type(header) for header in sent[0]["headers"]} <= {tuple}
    assert set(set_by(sent[0])) <= {b"session=1"}


@pytest.mark.parametrize(("kind", "scope"), MESSAGES_WITH_HEADERS)
def test_no_list_of_any_message_is_handed_on(kind: str, scope: Any) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await send({"type": kind, "headers": OwnList(cookies("session=1", "_ga=1"))})

    [sent] = talk(asgi_gate(app), dict(scope))

    assert type(sent["headers"]) is list
    assert set(set_by(sent)) <= {b"session=1"}


@BANNERS
@pytest.mark.parametrize("name", [OwnBytes(b"set-cookie"), b"set-cookie"], ids=["own", "bytes"])
@pytest.mark.parametrize("value", [OwnBytes(b"_ga=1"), b"_ga=1"], ids=["own", "bytes"])
def test_bytes_that_deny_what_they_are_are_judged_by_what_they_hold(
    banner: str, name: bytes, value: bytes
) -> None:
    sent = sent_while(start(HTML, (name, value)), lambda: None, banner=banner)

    assert set_by(sent[0]) == []


def test_the_body_of_a_page_is_put_together_of_the_gates_own_bytes() -> None:
    body = bytearray(PAGE)

    async def app(scope: Any, receive: App, send: App) -> None:
        await send(start(HTML))
        await send({"type": "http.response.body", "body": body})

    sent = talk(asgi_gate(app, banner="auto"))

    assert type(sent[1]["body"]) is bytes
    assert PUT in sent[1]["body"]


# WSGI


@BANNERS
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(list, id="list"),
        pytest.param(OwnList, id="own list"),
        pytest.param(tuple, id="tuple"),
        pytest.param(iter, id="iterator"),
        pytest.param(lambda pairs: (list(pair) for pair in pairs), id="generator of lists"),
    ],
)
def test_under_wsgi_no_shape_of_headers_is_handed_on(banner: str, kind: str, shape: Any) -> None:
    pair = ["Set-Cookie", "session=1"]

    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        headers = shape([("Content-Type", kind), pair, ("Set-Cookie", "_ga=1")])
        start_response("200 OK", headers)
        pair[1] = "_ga=2"
        yield PAGE
        pair[1] = "_ga=3"

    server = serve(wsgi_gate(app, banner=banner))

    assert server.cookies == ["session=1"]
    assert type(server.headers) is list
    assert {type(header) for header in server.headers} == {tuple}
    assert {type(part) for header in server.headers for part in header} == {str}


@BANNERS
@pytest.mark.parametrize("name", [OwnText("Set-Cookie"), "Set-Cookie"], ids=["own", "str"])
@pytest.mark.parametrize("value", [OwnText("_ga=1"), "_ga=1"], ids=["own", "str"])
def test_texts_that_deny_what_they_are_are_judged_by_what_they_hold(
    banner: str, name: str, value: str
) -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html"), (name, value)])
        return [PAGE]

    assert serve(wsgi_gate(app, banner=banner)).cookies == []


def test_a_status_that_denies_its_line_break_does_not_leave() -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        start_response(OwnText("200 OK\r\nSet-Cookie: _ga=1"), [])
        return [b""]

    assert "_ga" not in str.__str__(serve(wsgi_gate(app)).status)


# What the application can reach


def reachable(*roots: object) -> Iterator[object]:
    """All that is held, however deep, in containers, methods and the attributes of the library's
    own objects."""
    known: dict[int, object] = {}  # which keeps them, so that no id is used twice
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in known:
            continue
        known[id(one)] = one
        yield one
        if isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
        waiting.append(getattr(one, "__self__", None))
        if type(one).__module__.startswith("consentgate"):
            waiting += vars(one).values() if hasattr(one, "__dict__") else ()
            names = [name for kind in type(one).__mro__ for name in vars(kind).get("__slots__", ())]
            waiting += [getattr(one, name, None) for name in names]


@BANNERS
@pytest.mark.parametrize("depth", [1, 2])
def test_nothing_in_a_scope_and_no_handle_leads_to_the_servers_send(
    banner: str, depth: int
) -> None:
    found: list[object] = []

    async def send(message: Message) -> None:
        pass

    async def app(scope: Any, receive: App, guarded: App) -> None:
        await guarded(start(HTML))
        assert CONSENT_KEY in scope
        found.extend(reachable(scope, get_consent(scope)))

    gated: App = app
    for number in range(depth):
        gated = asgi_gate(gated, banner=banner, audience=str(number))
    asyncio.run(gated(http_scope(), None, send))

    assert len(found) > 100
    assert not any(one is send for one in found)


@BANNERS
@pytest.mark.parametrize("depth", [1, 2])
def test_nothing_in_an_environ_and_no_handle_leads_to_the_servers_start(
    banner: str, depth: int
) -> None:
    found: list[object] = []
    server = WsgiServer()
    raw = server.start_response

    def app(environ: Any, start_response: App) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        assert CONSENT_KEY in environ
        found.extend(reachable(environ, get_consent(environ)))
        return [PAGE]

    gated: App = app
    for number in range(depth):
        gated = wsgi_gate(gated, banner=banner, audience=str(number))
    list(gated(environ_of(Ask()), raw))

    assert len(found) > 100
    assert not any(one is raw or one is server for one in found)


@pytest.mark.behaviour(6)
@pytest.mark.parametrize("encode", [str, str.encode], ids=["text", "bytes"])
def test_early_hints_that_a_wsgi_server_offers_set_no_cookie(
    encode: Callable[[str], str | bytes],
) -> None:
    hints: list[Any] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        given = [("Link", "</style.css>"), ("Set-Cookie", "_ga=1"), ("Set-Cookie", "session=1")]
        given.append(("Link", "</a>\r\nSet-Cookie: _ga=1"))
        environ["wsgi.early_hints"]([(encode(name), encode(value)) for name, value in given])
        start_response("200 OK", [])
        return []

    facts: dict[str, Any] = {"wsgi.early_hints": hints.extend}
    serve(wsgi_gate(app), **facts)

    assert hints == [("Link", "</style.css>"), ("Set-Cookie", "session=1")]


@pytest.mark.behaviour(22)
def test_what_leads_to_the_servers_request_does_not_lead_to_its_early_hints() -> None:
    hints: list[Any] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        environ[CONSENT_KEY].request["wsgi.early_hints"]([("Set-Cookie", "_ga=1")])
        start_response("200 OK", [])
        return []

    facts: dict[str, Any] = {"wsgi.early_hints": hints.extend}
    serve(wsgi_gate(app), **facts)

    assert hints == []
