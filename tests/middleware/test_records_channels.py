"""On every channel by which a cookie can leave, what is granted waits for its record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from consentgate import Reason, get_consent
from consentgate.choice.decision import Decision, DecisionKind
from consentgate.gate.recording import Recorded
from tests.contract.adapters import play_asgi, play_wsgi
from tests.middleware.banner_pages import ASKS, PAGE
from tests.support.exchange import HTML, Ask, Play, Say, preferences_for
from tests.support.minimal_servers import (
    App,
    Message,
    asgi_gate,
    converse,
    cookies,
    http_scope,
    sender,
    serve,
    set_by,
    set_cookies,
    start,
    talk,
    websocket_scope,
    wsgi_gate,
)
from tests.support.recorders import (
    MemoryRecorder,
    SilentRecorder,
    SlowFailingRecorder,
    SlowRecorder,
)
from tests.support.stores import ADDRESS, store_of


@pytest.mark.parametrize(
    ("recorder", "left"),
    [(SlowRecorder, [b"session=1", b"_ga=1"]), (SlowFailingRecorder, [b"session=1"])],
)
def test_early_hints_under_asgi_wait_too(recorder: type[MemoryRecorder], left: list[bytes]) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant("statistics")
        headers = cookies("session=1", "_ga=1")
        await send({"type": "http.response.early_hint", "headers": headers})
        await send(start())

    hint, _ = talk(asgi_gate(app, records=recorder()), http_scope(method="POST"))

    assert set_by(hint) == left


@pytest.mark.parametrize(
    ("recorder", "left"),
    [(SlowRecorder, ["session=1", "_ga=1"]), (SlowFailingRecorder, ["session=1"])],
)
def test_early_hints_under_wsgi_wait_too(recorder: type[MemoryRecorder], left: list[str]) -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        get_consent(environ).grant("statistics")
        environ["wsgi.early_hints"](set_cookies("session=1", "_ga=1"))
        start_response("200 OK", [])
        return []

    hints: list[tuple[str, str]] = []
    gate = wsgi_gate(app, records=recorder())

    serve(gate, Ask(method="POST"), **{"wsgi.early_hints": hints.extend})

    assert [value for _, value in hints] == left


@pytest.mark.parametrize(("recorder", "asks"), [(SlowRecorder, False), (SlowFailingRecorder, True)])
def test_a_page_asks_again_where_the_grant_is_taken_back(
    recorder: type[MemoryRecorder], asks: bool
) -> None:
    async def asgi_app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant()
        await send(start((b"content-type", b"text/html")))
        await send({"type": "http.response.body", "body": PAGE})

    def wsgi_app(environ: Any, start_response: App) -> list[bytes]:
        get_consent(environ).grant()
        start_response("200 OK", [HTML])
        return [PAGE]

    scope = http_scope(method="POST")
    _, body = talk(asgi_gate(asgi_app, records=recorder(), banner="auto"), scope)
    server = serve(wsgi_gate(wsgi_app, records=recorder(), banner="auto"), Ask(method="POST"))

    assert (ASKS in body["body"], ASKS in server.content) == (asks, asks)


@pytest.mark.parametrize(
    ("recorder", "written"), [(SlowRecorder, True), (SlowFailingRecorder, False)]
)
def test_a_grant_while_a_page_is_held_is_waited_for(
    recorder: type[MemoryRecorder], written: bool
) -> None:
    async def asgi_app(scope: Any, receive: App, send: App) -> None:
        await send(start((b"content-type", b"text/html")))
        get_consent(scope).grant()
        await send({"type": "http.response.body", "body": PAGE})

    def wsgi_app(environ: Any, start_response: App) -> Iterator[bytes]:
        start_response("200 OK", [HTML])
        get_consent(environ).grant()
        yield PAGE

    scope = http_scope(method="POST")
    first, _ = talk(asgi_gate(asgi_app, records=recorder(), banner="auto"), scope)
    server = serve(wsgi_gate(wsgi_app, records=recorder(), banner="auto"), Ask(method="POST"))

    assert (bool(set_by(first)), bool(server.cookies)) == (written, written)


def test_a_websocket_that_refuses_is_accepted_at_once() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).withdraw()
        await send({"type": "websocket.accept", "headers": []})

    records = SilentRecorder()
    scope = websocket_scope(preferences_for("statistics"))

    [sent] = talk(asgi_gate(app, records=records), scope)

    assert set_by(sent)[0].startswith(b"cookies_preferences=")
    assert [one.kind for one in records.decisions] == [DecisionKind.WITHDRAWN]


def test_a_page_of_an_error_waits_for_nothing_more() -> None:
    def app(environ: Any, start_response: App) -> Iterator[bytes]:
        get_consent(environ).grant()
        start_response("200 OK", [HTML])
        error = ValueError("late")
        start_response("500 Oops", [HTML], (ValueError, error, None))
        yield PAGE

    records = MemoryRecorder()

    server = serve(wsgi_gate(app, records=records, banner="auto"), Ask(method="POST"))

    assert server.status == "500 Oops"
    assert len(records.decisions) == 1


class NotingRecorder(SilentRecorder):
    """Never answers, and says when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.was_asked = asyncio.Event()

    def answer(self, decision: Decision, answer: Future[Recorded]) -> None:
        self.was_asked.set()


def test_who_no_longer_waits_for_the_response_gives_the_grant_up() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant()
        await send(start())

    async def leave() -> NotingRecorder:
        records = NotingRecorder()
        gate = asgi_gate(app, records=records)
        visit = asyncio.create_task(converse(gate, http_scope(method="POST")))
        await records.was_asked.wait()
        visit.cancel()
        await asyncio.gather(visit, return_exceptions=True)
        return records

    assert asyncio.run(leave()).answers[0].cancelled()


@pytest.mark.parametrize("play", [play_asgi, play_wsgi], ids=["asgi", "wsgi"])
def test_a_recorder_that_cancels_has_not_recorded(play: Play) -> None:
    class Cancelling(MemoryRecorder):
        def answer(self, decision: Decision, answer: Future[Recorded]) -> None:
            answer.cancel()

    ask = Ask(method="POST")
    say = Say(cookies=("session=1", "_ga=1"), act=lambda consent: consent.grant())

    answer = play(ask, say, records=Cancelling())

    assert answer.cookie_names == ["session"]
    assert answer.events[0].reason is Reason.GRANT_NOT_RECORDED


# The end of a server


class ClosingRecorder(MemoryRecorder):
    """Notes among the messages of a server when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.happened: list[str] = []

    def close(self) -> None:
        self.happened.append("closed")


def live(recorder: ClosingRecorder, records: Any) -> list[str]:
    """What happens while an ASGI server starts and ends."""
    app = sender({"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"})

    async def send(message: Message) -> None:
        recorder.happened.append(message["type"].removeprefix("lifespan."))

    async def serve_app() -> None:
        await asgi_gate(app, records=records)({"type": "lifespan"}, None, send)

    asyncio.run(serve_app())
    return recorder.happened


def test_a_store_is_closed_before_an_asgi_server_ends() -> None:
    recorder = ClosingRecorder()

    with store_of(recorder):
        happened = live(recorder, ADDRESS)

    assert happened == ["startup.complete", "closed", "shutdown.complete"]


def test_a_recorder_of_the_sites_own_is_the_sites_to_close() -> None:
    recorder = ClosingRecorder()

    assert live(recorder, recorder) == ["startup.complete", "shutdown.complete"]
