"""Choices at the endpoint are recorded, and a consent that is not recorded is not given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consentgate import Category, Cookie, Event, Policy, Reason
from consentgate.choice.decision import DecisionKind
from consentgate.gate import waiting
from tests.support.exchange import NOW, POLICY, preferences_for
from tests.support.frameworks import (
    JSON,
    SAME_ORIGIN,
    Exchange,
    Send,
    choose,
    post,
    state_of,
)
from tests.support.recorders import (
    BrokenRecorder,
    FailingRecorder,
    HalfRecorder,
    LosingRecorder,
    MemoryRecorder,
    SilentRecorder,
    SlowFailingRecorder,
    SlowRecorder,
)

FAILING = [FailingRecorder, SlowFailingRecorder, BrokenRecorder, HalfRecorder]
GRANTED = preferences_for("statistics", "marketing")
GPC = (("Sec-GPC", "1"),)


def states_of(recorder: MemoryRecorder) -> dict[str, str]:
    """The state of each category in the last record."""
    return {name: decided.state.value for name, decided in recorder.last.categories.items()}


# What is recorded


@pytest.mark.law(11)
@pytest.mark.parametrize(
    ("send", "kind", "states"),
    [
        pytest.param(
            choose("accept"),
            DecisionKind.GIVEN,
            {"statistics": "given", "marketing": "given"},
            id="accept",
        ),
        pytest.param(
            choose("accept", cookie=GRANTED),
            DecisionKind.GIVEN,
            {"statistics": "renewed", "marketing": "renewed"},
            id="accept again",
        ),
        pytest.param(
            choose("refuse"),
            DecisionKind.REFUSED,
            {"statistics": "refused", "marketing": "refused"},
            id="refuse",
        ),
        pytest.param(
            choose("save", "statistics"),
            DecisionKind.PARTIAL,
            {"statistics": "given", "marketing": "refused"},
            id="save one",
        ),
        pytest.param(
            choose("save"),
            DecisionKind.REFUSED,
            {"statistics": "refused", "marketing": "refused"},
            id="save none",
        ),
        pytest.param(
            choose("withdraw", cookie=GRANTED),
            DecisionKind.WITHDRAWN,
            {"statistics": "withdrawn", "marketing": "withdrawn"},
            id="withdraw",
        ),
        pytest.param(
            choose("withdraw", cookie=preferences_for()),
            DecisionKind.REFUSED,
            {"statistics": "refused", "marketing": "refused"},
            id="withdraw again",
        ),
    ],
)
def test_each_choice_is_one_record(
    visit: Exchange, send: Send, kind: DecisionKind, states: dict[str, str]
) -> None:
    recorder = MemoryRecorder()

    reply = visit(send, records=recorder)

    assert reply.status == 303
    assert len(recorder.decisions) == 1
    assert (recorder.last.kind, states_of(recorder)) == (kind, states)
    assert recorder.last.decided_at == NOW
    assert send.body.startswith(b"choice=" + recorder.last.method.encode())
    assert {decided.fingerprint for decided in recorder.last.categories.values()} == {
        POLICY.fingerprint("statistics"),
        POLICY.fingerprint("marketing"),
    }


def test_to_withdraw_what_was_never_granted_is_no_decision(bare: Exchange) -> None:
    recorder = MemoryRecorder()

    bare(choose("withdraw"), records=recorder)

    assert recorder.decisions == []


def test_a_site_without_a_choice_has_nothing_to_record(bare: Exchange) -> None:
    recorder = MemoryRecorder()

    reply = bare(choose("accept"), records=recorder, policy=Policy(necessary=["session"]))

    assert (reply.status, recorder.decisions) == (303, [])


def test_a_double_click_is_two_decisions(bare: Exchange) -> None:
    recorder = MemoryRecorder()

    for _ in range(2):
        bare(choose("accept"), records=recorder)

    first, second = recorder.decisions
    assert first.id != second.id


@pytest.mark.parametrize(("headers", "signal"), [(GPC, True), ((), False)])
def test_the_record_says_whether_the_browser_sent_its_signal(
    bare: Exchange, headers: tuple[tuple[str, str], ...], signal: bool
) -> None:
    recorder = MemoryRecorder()

    bare(choose("accept", headers=(*SAME_ORIGIN, *headers)), records=recorder)

    assert recorder.last.gpc is signal


@pytest.mark.law(13)
def test_the_record_says_nothing_of_who_decided(bare: Exchange) -> None:
    recorder = MemoryRecorder()

    bare(
        choose(
            "accept", headers=(*SAME_ORIGIN, ("User-Agent", "Secret/1"), ("Referer", "/secret"))
        ),
        records=recorder,
    )

    payload = json.loads(recorder.last.payload())
    assert "ecret" not in recorder.last.payload().decode()
    assert set(payload) == {
        *("id", "at", "decision", "categories", "notice", "language", "method", "source", "gpc"),
        "lifetime",
    }


def test_portals_share_a_recorder(bare: Exchange) -> None:
    recorder = MemoryRecorder()
    video = Policy(categories=[Category("video")], cookies=[Cookie("v", category="video")])

    def pick(request: Any) -> Policy:
        return video if "portal" in str(request) else POLICY

    bare(choose("accept", cookie="portal=video"), policy=pick, records=recorder)
    bare(choose("accept"), policy=pick, records=recorder)

    assert [sorted(one.categories) for one in recorder.decisions] == [
        ["video"],
        ["marketing", "statistics"],
    ]


def test_without_pages_there_is_no_record_cookie(bare: Exchange) -> None:
    policy = Policy(cookies=[*POLICY.cookies, Cookie("consent_record", category="necessary")])

    reply = bare(Send(path="/"), records=MemoryRecorder(), prefix=None, policy=policy)

    assert reply.status == 200


# A consent that is not recorded is not given


@pytest.mark.parametrize("recorder", [SlowRecorder, MemoryRecorder])
@pytest.mark.parametrize("choice", ["accept", "refuse"])
def test_a_choice_is_answered_once_it_is_recorded(
    visit: Exchange, recorder: type[MemoryRecorder], choice: str
) -> None:
    reply = visit(choose(choice), records=recorder())

    assert (reply.status, reply.preferences[:20]) == (303, "cookies_preferences=")


@pytest.mark.law(11)
@pytest.mark.parametrize("recorder", FAILING)
@pytest.mark.parametrize("send", [choose("accept"), choose("save", "statistics")])
def test_a_consent_that_is_not_recorded_is_not_given(
    visit: Exchange, recorder: type[MemoryRecorder], send: Send
) -> None:
    events: list[Event] = []

    reply = visit(send, records=recorder(), on_event=events.append)

    assert reply.status == 503
    assert reply.cookies == []
    assert "no-store" in reply["cache-control"]
    assert reply["retry-after"] == "60"
    assert "cannot keep a record of your consent" in reply.text
    assert [event.reason for event in events] == [Reason.GRANT_NOT_RECORDED]


def test_the_page_that_says_so_is_in_the_language_of_the_form(bare: Exchange) -> None:
    send = post("choice=accept&language=fr")

    reply = bare(send, records=FailingRecorder())

    assert '<html lang="fr"' in reply.text
    assert "preuve de votre consentement" in reply.text


def test_a_program_gets_a_problem_in_json(visit: Exchange) -> None:
    reply = visit(post('{"choice": "accept"}', JSON), records=FailingRecorder())

    assert (reply.status, reply.cookies) == (503, [])
    assert reply["content-type"] == "application/problem+json"
    assert json.loads(reply.body)["status"] == 503
    assert reply["retry-after"] == "60"


def test_the_choice_before_holds(bare: Exchange) -> None:
    cookie = preferences_for("statistics")

    reply = bare(choose("accept", cookie=cookie), records=FailingRecorder())

    assert (reply.status, reply.cookies) == (503, [])


def test_consent_that_holds_and_is_given_again_holds_on(bare: Exchange) -> None:
    reply = bare(choose("accept", cookie=GRANTED), records=FailingRecorder())

    assert (reply.status, reply.cookies) == (503, [])


@pytest.mark.law(9)
def test_what_is_withdrawn_beside_it_is_withdrawn_all_the_same(visit: Exchange) -> None:
    recorder = FailingRecorder()
    cookie = f"{preferences_for('marketing')}; _fbp=1"

    reply = visit(choose("save", "statistics", cookie=cookie), records=recorder)

    assert reply.status == 503
    state = state_of(visit(Send(path="/consent/state", cookie=reply.preferences)))
    assert {state["statistics"], state["marketing"]} == {"refused"}
    assert any(value.startswith("_fbp=; Max-Age=0") for value in reply.cookies)
    assert [one.kind for one in recorder.decisions] == [
        DecisionKind.PARTIAL,
        DecisionKind.WITHDRAWN,
    ]
    assert states_of(recorder) == {"marketing": "withdrawn"}
    assert recorder.last.method == "save"


def test_who_gets_no_answer_is_not_left_waiting(
    visit: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 0.02)
    recorder = SilentRecorder()

    reply = visit(choose("accept"), records=recorder)

    assert (reply.status, reply.cookies) == (503, [])
    assert recorder.answers[0].cancelled()


# Refusals take effect, recorded or not


@pytest.mark.law(9)
@pytest.mark.parametrize(
    "recorder", [*FAILING, LosingRecorder, SilentRecorder], ids=lambda kind: kind.__name__
)
@pytest.mark.parametrize("choice", ["refuse", "withdraw", "save"])
def test_a_refusal_takes_effect_whatever_the_recorder_does(
    visit: Exchange, recorder: type[MemoryRecorder], choice: str
) -> None:
    reply = visit(choose(choice, cookie=GRANTED), records=recorder())

    assert (reply.status, reply["location"]) == (303, "/consent/#consentgate-saved")
    state = state_of(visit(Send(path="/consent/state", cookie=reply.preferences)))
    assert {state["statistics"], state["marketing"]} == {"refused"}


@pytest.mark.parametrize(
    ("recorder", "reasons"),
    [
        (MemoryRecorder, []),
        (FailingRecorder, []),
        (LosingRecorder, [Reason.RECORD_LOST]),
        (HalfRecorder, [Reason.RECORD_LOST]),
        (BrokenRecorder, [Reason.RECORD_LOST]),
    ],
)
def test_a_refusal_without_a_record_is_reported(
    bare: Exchange, recorder: type[MemoryRecorder], reasons: list[Reason]
) -> None:
    events: list[Event] = []

    bare(choose("refuse"), records=recorder(), on_event=events.append)

    assert [event.reason for event in events] == reasons


def test_a_refusal_that_a_recorder_gives_up_later_is_reported_then(bare: Exchange) -> None:
    events, recorder = list[Event](), SilentRecorder()
    bare(choose("refuse"), records=recorder, on_event=events.append)

    recorder.answers[0].cancel()

    assert [(event.reason, event.detail) for event in events] == [(Reason.RECORD_LOST, "no answer")]
