"""Futures of recorders, awaited in an event loop and settled by threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Thread
from unittest.mock import patch

import pytest

from consentgate.gate.waiting import until_done


def test_a_batch_that_a_thread_settles_wakes_the_loop_once() -> None:
    futures: list[Future[int]] = [Future() for _ in range(50)]

    def settle_all() -> None:
        for future in futures:
            future.set_result(1)

    async def wait_for_all() -> int:
        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(until_done(future)) for future in futures]
        await asyncio.sleep(0)
        with patch.object(loop, "call_soon_threadsafe", wraps=loop.call_soon_threadsafe) as wake:
            thread = Thread(target=settle_all)
            thread.start()
            thread.join()  # the loop is held, as by a handler that computes
            await asyncio.gather(*tasks)
        return wake.call_count

    assert asyncio.run(wait_for_all()) == 1


def test_a_future_that_is_done_is_not_waited_for() -> None:
    future: Future[int] = Future()
    future.set_result(1)

    with pytest.raises(StopIteration):
        until_done(future).send(None)


def test_a_task_that_is_cancelled_cancels_the_future() -> None:
    future: Future[int] = Future()

    async def cancel() -> None:
        task = asyncio.create_task(until_done(future))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(cancel())

    assert future.cancelled()


def test_what_is_settled_after_the_loop_was_closed_reaches_nobody() -> None:
    future: Future[int] = Future()
    loop = asyncio.new_event_loop()
    task = loop.create_task(until_done(future))
    loop.run_until_complete(asyncio.sleep(0))
    task.cancel()
    loop.close()

    future.set_result(1)

    assert future.result() == 1
