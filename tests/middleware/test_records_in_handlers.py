"""What a handler grants is provisional until it is recorded, under each framework."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from consentgate import ConfigurationError, Reason, VisitorConsent, get_consent
from consentgate.choice.decision import DecisionKind
from consentgate.errors import RecordStoreError
from consentgate.gate import waiting
from consentgate.records.payload import read_notice
from tests.contract.adapters import play_asgi, play_flask, play_starlette, play_wsgi
from tests.contract.adapters_django import (
    play_asgi_wrapper,
    play_async_middleware,
    play_middleware,
    play_wsgi_wrapper,
)
from tests.contract.adapters_ext import play_fastapi, play_flask_extension
from tests.support.exchange import NOW, Answer, Ask, Clock, Play, Say, preferences_for
from tests.support.minimal_servers import (
    App,
    asgi_gate,
    cookies,
    http_scope,
    set_by,
    start,
    talk,
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
    assert records.last.language == ""
    assert records.last.notice is not None
    assert read_notice(records.last.notice).declaration["regime"] == "fr"
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
    with pytest.raises(ConfigurationError, match=re.escape("records='sqlite:///consent.db'")):
        do(play_wsgi, wait)


@pytest.mark.parametrize(
    ("recorder", "names"),
    [
        (SlowRecorder, [b"cookies_preferences", b"consent_record", b"session", b"_ga"]),
        (SlowFailingRecorder, [b"session"]),
    ],
)
def test_two_tasks_may_wait_for_one_grant(
    recorder: type[MemoryRecorder], names: list[bytes]
) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        async def see_recorded() -> None:
            await get_consent(scope).grant_recorded("statistics")

        seen = asyncio.create_task(see_recorded())
        await asyncio.sleep(0)
        await send(start(*cookies(*COOKIES)))
        await asyncio.gather(seen, return_exceptions=True)

    records = recorder()

    [sent] = talk(asgi_gate(app, records=records), http_scope(method="POST"))

    assert [value.partition(b"=")[0] for value in set_by(sent)] == names
    assert len(records.decisions) == 1
