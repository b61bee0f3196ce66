"""A gate whose application failed is around nothing that is called after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.middleware.banner_pages import ASKS
from tests.support.exchange import HTML
from tests.support.minimal_servers import App, serve, set_cookies, wsgi_gate

pytestmark = pytest.mark.behaviour(27)

TRACKED = [HTML, *set_cookies("session=1", "_ga=1")]
BANNERS = pytest.mark.parametrize("banner", ["manual", "auto"])


def fails_late(environ: Any, start_response: App) -> Iterator[bytes]:
    raise RuntimeError("the database is down")
    yield b""


def tracks(environ: Any, start_response: App) -> Iterable[bytes]:
    start_response("200 OK", TRACKED)
    return [b"<body>there"]


def not_found(environ: Any, start_response: App) -> Iterable[bytes]:
    start_response("404 Not Found", [HTML])
    return [b"<body>not here"]


@BANNERS
def test_what_answers_after_a_body_that_failed_is_filtered(banner: str) -> None:
    first, second = wsgi_gate(fails_late, banner=banner), wsgi_gate(tracks, banner=banner)

    def fall_back(environ: Any, start_response: App) -> Any:
        body = first(environ, start_response)
        try:
            return list(body)
        except RuntimeError:
            return second(environ, start_response)

    assert serve(fall_back).cookies == ["session=1"]


@BANNERS
def test_what_answers_after_a_response_that_nobody_took_is_filtered(banner: str) -> None:
    first, second = wsgi_gate(not_found, banner=banner), wsgi_gate(tracks, banner=banner)

    def cascade(environ: Any, start_response: App) -> Any:
        first(environ, lambda *_: lambda _: None)
        return second(environ, start_response)

    assert serve(cascade).cookies == ["session=1"]


def test_a_gate_that_is_called_with_the_first_chunk_puts_no_second_banner_in() -> None:
    inner = wsgi_gate(tracks, banner="auto")

    def late(environ: Any, start_response: App) -> Iterator[bytes]:
        yield from inner(environ, start_response)

    server = serve(wsgi_gate(late, banner="auto"))

    assert server.cookies == ["session=1"]
    assert server.content.count(ASKS) == 1
