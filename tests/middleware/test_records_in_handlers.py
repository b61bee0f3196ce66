"""What a handler grants is provisional until it is recorded, under each middleware and framework."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from consentgate import ConfigurationError, Reason, VisitorConsent, get_consent
from consentgate.choice.decision import DecisionKind
from consentgate.errors import RecordStoreError
from consentgate.gate import waiting
from tests.contract.adapters import play_asgi, play_flask, play_starlette, play_wsgi
from tests.contract.adapters_django import (
    play_asgi_wrapper,
    play_async_middleware,
    play_middleware,
    play_wsgi_wrapper,
)
from tests.contract.adapters_ext import play_fastapi, play_flask_extension
from tests.middleware.banner_pages import ASKS, PAGE
from tests.support.exchange import HTML, NOW, Answer, Ask, Clock, Play, Say, preferences_for
from tests.support.minimal_servers import (
    App,
    asgi_gate,
    converse,
    cookies,
    http_scope,
    serve,
    set_by,
    set_cookies,
    start,
    talk,
    websocket_scope,
    wsgi_gate,
)
from tests.support.recorders import (
    FailingRecorder,
    LosingRecorder,
    MemoryRecorder,
    SilentRecorder,
    SlowFailingRecorder,
    SlowRecorder,
)

each_play = pytest.mark.parametrize(
    "play",
    [
        *(play_asgi, play_wsgi, play_starlette, play_fastapi, play_flask, play_flask_extension),
        *(play_middleware, play_async_middleware, play_wsgi_wrapper, play_asgi_wrapper),
    ],
    ids=lambda play: play.__name__.removeprefix("play_"),
)
each_bare_play = pytest.mark.parametrize("play", [play_asgi, play_wsgi], ids=["asgi", "wsgi"])

COOKIES = ("session=1; Path=/", "_ga=1; Path=/", "_fbp=1; Path=/")


def do(
    play: Play, act: Callable[[VisitorConsent], Any], *, cookie: str = "", **more: Any
) -> Answer:
    """A POST to a handler of the site that does this and sets some cookies."""
    ask, say = Ask(method="POST", cookie=cookie), Say(cookies=COOKIES, act=act)
    return play(ask, say, **more)


def reasons_of(answer: Answer) -> list[Reason]:
    """Why something was reported, but for the cookies that had no consent."""
    usual = (Reason.UNDECIDED, Reason.REFUSED, Reason.WITHDRAWN)
    return [event.reason for event in answer.events if event.reason not in usual]


# At the start of the response


@each_play
@pytest.mark.parametrize("recorder", [MemoryRecorder, SlowRecorder])
def test_a_grant_that_is_recorded_holds(play: Play, recorder: type[MemoryRecorder]) -> None:
    records = recorder()

    answer = do(play, lambda consent: consent.grant("statistics"), records=records)

    names = ["cookies_preferences", "consent_record", "session", "_ga"]
    assert sorted(answer.cookie_names) == sorted(names)
    assert [one.kind for one in records.decisions] == [DecisionKind.PARTIAL]
    assert list(records.last.categories) == ["statistics"]
    assert (records.last.method, records.last.source) == ("code", "handler")
    assert (records.last.language, records.last.notice) == ("", None)
    assert reasons_of(answer) == []


@pytest.mark.law(11)
@each_play
@pytest.mark.parametrize("recorder", [FailingRecorder, SlowFailingRecorder])
@pytest.mark.parametrize("cookie", ["", preferences_for("marketing")])
def test_a_grant_that_is_not_recorded_is_taken_back(
    play: Play, recorder: type[MemoryRecorder], cookie: str
) -> None:
    answer = do(
        play, lambda consent: consent.grant("statistics"), cookie=cookie, records=recorder()
    )

    allowed = ["session", "_fbp"] if cookie else ["session"]
    assert answer.cookie_names == allowed
    assert answer.all("cache-control") == ["private"]
    assert reasons_of(answer) == [Reason.GRANT_NOT_RECORDED]


@each_bare_play
def test_a_recorder_that_never_answers_holds_no_response_up_for_ever(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 0.02)
    records = SilentRecorder()

    answer = do(play, lambda consent: consent.grant(), records=records)

    assert answer.cookie_names == ["session"]
    assert records.answers[0].cancelled()


@pytest.mark.law(9)
@each_play
@pytest.mark.parametrize("recorder", [SilentRecorder, FailingRecorder])
@pytest.mark.parametrize("act", [VisitorConsent.refuse, VisitorConsent.withdraw])
def test_a_refusal_waits_for_nobody(
    play: Play, recorder: type[MemoryRecorder], act: Callable[[VisitorConsent], Any]
) -> None:
    records = recorder()

    answer = do(play, act, cookie=f"{preferences_for('statistics')}; _ga=1", records=records)

    assert answer.cookie_names[:2] == ["cookies_preferences", "session"]
    assert [one.kind for one in records.decisions] == [DecisionKind.WITHDRAWN]


@each_bare_play
def test_to_refuse_one_category_waits_for_nobody_either(play: Play) -> None:
    records = SilentRecorder()

    answer = do(
        play,
        lambda consent: consent.refuse("marketing"),
        cookie=preferences_for("statistics", "marketing"),
        records=records,
    )

    assert answer.cookie_names[:3] == ["cookies_preferences", "session", "_ga"]
    assert records.last.kind is DecisionKind.WITHDRAWN
    assert list(records.last.categories) == ["marketing"]


@each_bare_play
def test_a_refusal_without_a_record_is_reported(play: Play) -> None:
    answer = do(play, VisitorConsent.refuse, records=LosingRecorder())

    assert reasons_of(answer) == [Reason.RECORD_LOST]


@each_bare_play
def test_what_is_withdrawn_beside_a_grant_is_withdrawn_all_the_same(play: Play) -> None:
    records = FailingRecorder()

    answer = do(
        play,
        lambda consent: consent.save("statistics"),
        cookie=preferences_for("marketing"),
        records=records,
    )

    assert answer.cookie_names == ["cookies_preferences", "session", "_fbp", "_fbp"]
    assert all("Max-Age=0" in value for value in answer.cookies[2:])
    assert records.last.kind is DecisionKind.WITHDRAWN
    assert list(records.last.categories) == ["marketing"]


@each_bare_play
@pytest.mark.parametrize(
    "act",
    [lambda consent: consent.allows("statistics"), lambda consent: consent.grant("statistics")],
    ids=["asks", "grants again"],
)
def test_where_no_choice_changed_nothing_is_recorded(
    play: Play, act: Callable[[VisitorConsent], Any]
) -> None:
    records = MemoryRecorder()

    do(play, act, cookie=preferences_for("statistics"), records=records)

    assert records.decisions == []


@each_bare_play
def test_the_last_choice_of_a_handler_is_the_one_that_counts(play: Play) -> None:
    def hesitate(consent: VisitorConsent) -> None:
        consent.grant()
        consent.refuse()

    records = SilentRecorder()

    do(play, hesitate, records=records)

    assert [one.kind for one in records.decisions] == [DecisionKind.REFUSED]


@each_bare_play
def test_what_is_refused_and_given_again_is_given_anew(play: Play) -> None:
    def renew(consent: VisitorConsent) -> None:
        consent.refuse()
        consent.grant()

    records = MemoryRecorder()

    do(
        play,
        renew,
        cookie=preferences_for("statistics", "marketing", clock=Clock(NOW - timedelta(days=1))),
        records=records,
    )

    assert [one.kind for one in records.decisions] == [DecisionKind.GIVEN]


# Recorded by the handler itself


def wait(consent: VisitorConsent) -> str:
    """Grant, and see it recorded."""
    try:
        consent.grant_recorded("statistics").wait()
    except RecordStoreError as error:
        return str(error)
    return "recorded"


@each_bare_play
@pytest.mark.parametrize("cookie", ["", preferences_for("statistics")])
def test_a_handler_can_see_its_grant_recorded(play: Play, cookie: str) -> None:
    records = MemoryRecorder()

    answer = do(play, wait, cookie=cookie, records=records)

    assert answer.acted == "recorded"
    assert "_ga" in answer.cookie_names
    assert len(records.decisions) == (0 if cookie else 1)


def test_a_handler_hears_that_its_grant_is_not_recorded() -> None:
    answer = do(play_wsgi, wait, records=FailingRecorder())

    assert answer.acted.startswith("the consent could not be recorded")
    assert answer.cookie_names == ["session"]
    assert reasons_of(answer) == [Reason.GRANT_NOT_RECORDED]


@each_bare_play
def test_a_handler_need_not_wait_for_it_itself(play: Play) -> None:
    records = MemoryRecorder()

    answer = do(play, lambda consent: consent.grant_recorded("statistics"), records=records)

    assert "_ga" in answer.cookie_names
    assert len(records.decisions) == 1


@each_bare_play
@pytest.mark.parametrize(
    ("recorder", "kinds"),
    [
        (MemoryRecorder, [DecisionKind.PARTIAL, DecisionKind.WITHDRAWN]),
        (FailingRecorder, [DecisionKind.PARTIAL, DecisionKind.REFUSED]),
    ],
)
def test_a_handler_can_change_its_mind_after_that(
    play: Play, recorder: type[MemoryRecorder], kinds: list[DecisionKind]
) -> None:
    def change(consent: VisitorConsent) -> None:
        consent.grant_recorded("statistics")
        consent.refuse()

    records = recorder()

    answer = do(play, change, records=records)

    assert [one.kind for one in records.decisions] == kinds
    assert answer.cookie_names[0] == "cookies_preferences"
    assert not {"_ga", "_fbp"} & {
        value.partition("=")[0] for value in answer.cookies if "Max-Age=0" not in value
    }


def test_a_recorded_grant_can_be_taken_back_by_a_later_one_that_is_not() -> None:
    records = MemoryRecorder()

    def grant_both(consent: VisitorConsent) -> None:
        consent.grant_recorded("statistics").wait()
        records.answer = FailingRecorder().answer  # type: ignore[method-assign]  # for what follows
        consent.grant("marketing")

    answer = do(play_wsgi, grant_both, records=records)

    assert answer.cookie_names == ["cookies_preferences", "consent_record", "session", "_ga"]


def awaiting_app(outcomes: list[str]) -> App:
    """An ASGI application whose handler awaits its grant."""

    async def app(scope: Any, receive: App, send: App) -> None:
        try:
            await get_consent(scope).grant_recorded("statistics")
            outcomes.append("recorded")
        except RecordStoreError:
            outcomes.append("failed")
        await send(start(*cookies(*COOKIES)))

    return app


@pytest.mark.parametrize(
    ("recorder", "outcome", "names"),
    [
        (SlowRecorder, "recorded", [b"cookies_preferences", b"consent_record", b"session", b"_ga"]),
        (SlowFailingRecorder, "failed", [b"session"]),
    ],
)
def test_a_handler_awaits_its_grant(
    recorder: type[MemoryRecorder], outcome: str, names: list[bytes]
) -> None:
    outcomes: list[str] = []
    gate = asgi_gate(awaiting_app(outcomes), records=recorder())

    [sent] = talk(gate, http_scope(method="POST"))

    assert outcomes == [outcome]
    assert [value.partition(b"=")[0] for value in set_by(sent)] == names


def test_without_records_nothing_can_be_seen_recorded() -> None:
    with pytest.raises(ConfigurationError, match="records='sqlite:///consent.db'"):
        do(play_wsgi, wait)


# On every channel


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

    assert [value[:20] for value in set_by(sent)] == [b"cookies_preferences="]
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


def test_who_no_longer_waits_for_the_response_gives_the_grant_up() -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant()
        await send(start())

    records = SilentRecorder()

    async def leave() -> None:
        task = asyncio.create_task(
            converse(asgi_gate(app, records=records), http_scope(method="POST"))
        )
        while not records.answers:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(leave())

    assert records.answers[0].cancelled()


def test_a_recorder_that_cancels_has_not_recorded() -> None:
    class Cancelling(MemoryRecorder):
        def answer(self, decision: Any, answer: Any) -> None:
            answer.cancel()

    for play in (play_asgi, play_wsgi):
        answer = do(play, lambda consent: consent.grant(), records=Cancelling())

        assert answer.cookie_names == ["session"]
        assert reasons_of(answer) == [Reason.GRANT_NOT_RECORDED]
