"""What is held of a page under WSGI: any object with bytes, closed in any case, and soon freed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from consentgate.gate.exchange import Exchange
from tests.middleware.banner_pages import ASKS, PAGE
from tests.support.app_calls import environ_of
from tests.support.exchange import HTML, Ask
from tests.support.minimal_servers import App, answerer, serve, wsgi_gate

HALF = len(PAGE) // 2


def gated(body: Any) -> App:
    return wsgi_gate(answerer(HTML, body=body), banner="auto")


@pytest.mark.behaviour(22)
@pytest.mark.parametrize("shape", [list, tuple, iter], ids=["a list", "a tuple", "an iterator"])
@pytest.mark.parametrize("kind", [bytearray, memoryview])
@pytest.mark.parametrize("cut", [0, 3, HALF, len(PAGE)])
def test_a_page_may_come_in_whatever_holds_bytes(
    shape: Callable[[Any], Iterable[bytes]], kind: Callable[[bytes], bytes], cut: int
) -> None:
    server = serve(gated(shape([kind(PAGE[:cut]), kind(PAGE[cut:])])))

    assert ASKS in server.content
    assert server.content.startswith(PAGE[:10])
    assert server.content.endswith(PAGE[-10:])


class ClosingList(list[bytes]):
    """A list that counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_a_list_that_can_be_closed_is() -> None:
    body = ClosingList([PAGE])

    server = serve(gated(body))

    assert (body.closed, ASKS in server.content) == (1, True)


class Unreadable:
    """A body that fails before its first chunk, and counts how often it is closed."""

    closed = 0

    def __iter__(self) -> Iterator[bytes]:
        raise RuntimeError("the file is gone")

    def close(self) -> None:
        self.closed += 1


def test_a_body_that_cannot_be_read_is_closed() -> None:
    body = Unreadable()

    with pytest.raises(RuntimeError, match="the file is gone"):
        serve(gated(body))

    assert body.closed == 1


def page_then_failure() -> Iterator[bytes]:
    yield PAGE[:3]
    raise RuntimeError("the database is down")


@pytest.mark.behaviour(23)
@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(lambda: [b"<!-- here -->" * 9, PAGE], id="an unusual page"),
        pytest.param(lambda: iter([PAGE[:3], PAGE[3:]]), id="a page in pieces"),
        pytest.param(page_then_failure, id="a page that fails"),
    ],
)
def test_no_exchange_waits_for_the_garbage_collector(chunks: Callable[[], Any]) -> None:
    serve_quietly(chunks())
    gc.collect()
    gc.disable()
    try:
        before = exchanges()
        for _ in range(3):
            serve_quietly(chunks())
        assert exchanges() == before
    finally:
        gc.enable()


def serve_quietly(body: Any) -> None:
    # Not the usual server of the tests, which keeps what it served.
    with suppress(RuntimeError):
        list(gated(body)(environ_of(Ask()), lambda *_: bytes))


def exchanges() -> int:
    return sum(issubclass(type(one), Exchange) for one in gc.get_objects())
