"""Waits for a future of a recorder, in a thread or in asyncio's event loop."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any

from consentgate.gate.decisions import begin_records, settle_grant
from consentgate.gate.exchange import Exchange

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
    answer = asyncio.gather(asyncio.wrap_future(future), return_exceptions=True)
    with suppress(TimeoutError):
        await asyncio.wait_for(answer, LONGEST_WAIT_S)


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
