"""One gate serves many requests at once, in an event loop that it never blocks."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from blockbuster import BlockingError

from consentgate import get_consent
from tests.support.exchange import preferences_for
from tests.support.minimal_servers import (
    BODY,
    App,
    Message,
    asgi_gate,
    converse,
    cookies,
    http_scope,
    sender,
    set_by,
    start,
    talk,
)

COOKIES = cookies("session=1", "_ga=1", "_fbp=1")
VISITORS = {
    "undecided": ("", [b"session=1"]),
    "refused": (preferences_for(), [b"session=1"]),
    "statistics": (preferences_for("statistics"), [b"session=1", b"_ga=1"]),
    "marketing": (preferences_for("marketing"), [b"session=1", b"_fbp=1"]),
}


def test_a_call_that_blocks_would_be_seen_here() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        time.sleep(0.001)  # noqa: ASYNC251 (the guard of these tests must be able to fail)

    with pytest.raises(BlockingError):
        talk(asgi_gate(app))


def test_requests_in_flight_together_do_not_share_their_choices() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await asyncio.sleep(0)
        await send(start(*COOKIES))
        await asyncio.sleep(0)
        await send(BODY)

    async def visit_all() -> list[list[Message]]:
        gated = asgi_gate(app)
        chosen = [cookie for cookie, _ in VISITORS.values()] * 25
        return await asyncio.gather(*(converse(gated, http_scope(cookie)) for cookie in chosen))

    answers = asyncio.run(visit_all())

    assert [set_by(answer[0]) for answer in answers] == [left for _, left in VISITORS.values()] * 25


def test_a_grant_in_one_request_does_not_reach_another_in_flight() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await asyncio.sleep(0)
        for category in scope["query_string"].decode().split():
            get_consent(scope).grant(category)
        await asyncio.sleep(0)
        await send(start(*COOKIES))

    async def visit_both() -> list[list[Message]]:
        gated = asgi_gate(app)
        scopes = [
            http_scope(method="POST", query_string=query)
            for query in (b"statistics", b"", b"marketing")
        ]
        return await asyncio.gather(*(converse(gated, scope) for scope in scopes))

    answers = asyncio.run(visit_both())

    names = [[value.partition(b"=")[0] for value in set_by(answer[0])] for answer in answers]
    assert names == [
        [b"cookies_preferences", b"session", b"_ga"],
        [b"session"],
        [b"cookies_preferences", b"session", b"_fbp"],
    ]


def test_a_request_that_is_cancelled_leaves_the_next_one_guarded() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await send(start(*COOKIES))
        await receive()

    async def cancel_and_visit() -> list[Message]:
        gated = asgi_gate(app)
        scope = http_scope(preferences_for("statistics"))

        async def wait_for_ever() -> Message:
            await asyncio.Event().wait()
            raise NotImplementedError

        async def drop(message: Message) -> None:
            return None

        task = asyncio.create_task(gated(scope, wait_for_ever, drop))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        scope["headers"] = []
        return await converse(gated, scope)

    [sent] = asyncio.run(cancel_and_visit())

    assert set_by(sent) == [b"session=1"]


def test_a_visitor_who_went_away_is_an_error_of_the_server_that_passes() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        with pytest.raises(OSError, match="went away"):
            await send(start(*COOKIES))
        await send(BODY)

    async def gone(message: Message) -> None:
        sent.append(message["type"])
        raise OSError("the visitor went away")

    async def nothing() -> Message:
        raise NotImplementedError

    sent: list[str] = []
    with pytest.raises(OSError, match="went away"):
        asyncio.run(asgi_gate(app)(http_scope(), nothing, gone))

    assert sent == ["http.response.start", "http.response.body"]


def test_send_may_be_called_from_a_task_of_its_own() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        await asyncio.create_task(send(start(*COOKIES)))
        await asyncio.gather(send(BODY))

    sent = talk(asgi_gate(app))

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert set_by(sent[0]) == [b"session=1"]


def test_nothing_of_a_request_stays_on_the_middleware() -> None:
    gated = asgi_gate(sender(start(*COOKIES)))
    talk(gated)
    before = dict(vars(gated))

    talk(gated, http_scope(preferences_for("statistics")))

    assert vars(gated) == before


def test_one_policy_may_have_gates_in_several_loops() -> None:
    gated = asgi_gate(sender(start(*COOKIES)))

    assert [set_by(talk(gated)[0]) for _ in range(3)] == [[b"session=1"]] * 3


@pytest.mark.parametrize(
    "cookie",
    [
        f"cookies_preferences=a.{'A' * 43}",
        "; ".join(f"cookies_preferences={number}.{'A' * 43}" for number in range(500)),
        "=" * 60_000,
        ";" * 60_000,
        " " * 60_000,
        "_ga" * 20_000,
        "; ".join(["_ga=1"] * 10_000),
    ],
    ids=["forged", "many forged", "equals", "semicolons", "blanks", "one long name", "many names"],
)
def test_a_hostile_cookie_header_neither_blocks_nor_raises(cookie: str) -> None:
    [sent] = talk(asgi_gate(sender(start(*COOKIES))), http_scope(cookie))

    assert set_by(sent) == [b"session=1"]


def test_a_thousand_cookies_are_judged_in_order() -> None:
    values = [f"app_{number}={number}" for number in range(1000)]

    [sent] = talk(asgi_gate(sender(start(*cookies(*values, "_ga=1")))))

    assert set_by(sent) == [value.encode() for value in values]
