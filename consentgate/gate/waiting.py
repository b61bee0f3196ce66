"""Waits for a future of a recorder, in a thread or in asyncio's event loop."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from consentgate.gate.decisions import begin_records, settle_grant
from consentgate.gate.exchange import Exchange

if TYPE_CHECKING:
    import asyncio

LONGEST_WAIT_S = 10.0
"""After twice the deadline of our own recorder, for one that never answers."""


def wait_for(future: Future[Any]) -> None:
    """Block until a future is done; cancel it when that takes too long. What it holds is for the
    caller to ask."""
    with suppress(CancelledError):
        try:
            future.exception(LONGEST_WAIT_S)
        except TimeoutError:
            future.cancel()


async def until_done(future: Future[Any]) -> None:
    """Do the same without blocking asyncio's loop; a task that is cancelled cancels the future."""
    import asyncio  # noqa: PLC0415 (applications under WSGI need none)

    if future.done():
        return
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    landing = _landings.setdefault(loop, _Landing())
    future.add_done_callback(lambda _: landing.put(waiter))
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            await waiter
    except TimeoutError:
        future.cancel()
    except asyncio.CancelledError:
        future.cancel()
        raise


class _Landing:
    """Where the threads of recorders leave what a loop waits for. They wake the loop once for all
    that has come since it looked: each waking costs both sides more than a decision does."""

    def __init__(self) -> None:
        self._landed: deque[asyncio.Future[None]] = deque()
        self._landing = Lock()

    def put(self, waiter: asyncio.Future[None]) -> None:
        """Wake who waits, from any thread."""
        with self._landing:
            self._landed.append(waiter)
            is_woken = len(self._landed) > 1
        if not is_woken:
            with suppress(RuntimeError):  # the loop is closed, and nobody waits
                waiter.get_loop().call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._landing:
            landed, self._landed = self._landed, deque()
        for waiter in landed:
            if not waiter.done():
                waiter.set_result(None)


# It must not keep the loops of threads that end: a landing knows none.
_landings: WeakKeyDictionary[asyncio.AbstractEventLoop, _Landing] = WeakKeyDictionary()


def settle(exchange: Exchange) -> None:
    """Record what handlers changed of the choice, and take back what could not be recorded."""
    while (future := begin_records(exchange)) is not None:
        wait_for(future)
        settle_grant(exchange, future)


async def settle_async(exchange: Exchange) -> None:
    """Do the same without blocking asyncio's loop."""
    while (future := begin_records(exchange)) is not None:
        await until_done(future)
        settle_grant(exchange, future)
