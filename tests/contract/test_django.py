"""The contract, held against Django: class and wrapper, sync and async."""

from __future__ import annotations

from tests.contract.adapters_django import (
    play_asgi_wrapper,
    play_async_middleware,
    play_middleware,
    play_wsgi_wrapper,
)
from tests.contract.contract import GateContract


class TestMiddleware(GateContract):
    play = staticmethod(play_middleware)


class TestAsyncMiddleware(GateContract):
    play = staticmethod(play_async_middleware)

    # Django's ASGI handler sends cookies in ASCII only, and fails on any other by itself.
    test_bytes_that_are_not_ascii_pass_in_a_necessary_cookie = None  # type: ignore[assignment]


class TestWsgiWrapper(GateContract):
    play = staticmethod(play_wsgi_wrapper)


class TestAsgiWrapper(GateContract):
    play = staticmethod(play_asgi_wrapper)
