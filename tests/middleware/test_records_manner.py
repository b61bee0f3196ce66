"""What a record says of how a choice was made, and how often the question was shown."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from consentgate import Policy
from consentgate.asgi import ConsentMiddleware as AsgiMiddleware
from consentgate.gate.record_cookie import with_record_cookie
from consentgate.pages.notice import declaration_of
from consentgate.records.payload import read_notice
from consentgate.wsgi import ConsentMiddleware as WsgiMiddleware
from tests.contract.adapters import play_asgi, play_wsgi
from tests.support.exchange import POLICY, Ask, Clock, Play, Say, preferences_for
from tests.support.frameworks import (
    JSON,
    SAME_ORIGIN,
    Exchange,
    Reply,
    Send,
    asgi_app,
    call_asgi,
    call_wsgi,
    options_of,
    post,
    wsgi_app,
)
from tests.support.recorders import FailingRecorder, MemoryRecorder
from tests.support.regimes import SWISS

DECLARED = declaration_of(with_record_cookie(POLICY))
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def visit_again_asgi(sends: list[Send], **options: Any) -> list[Reply]:
    """Send requests to one gate, under ASGI."""
    app = AsgiMiddleware(asgi_app, **options_of(options))
    return [call_asgi(app, send) for send in sends]


def visit_again_wsgi(sends: list[Send], **options: Any) -> list[Reply]:
    """The same under WSGI."""
    app = WsgiMiddleware(wsgi_app, **options_of(options))
    return [call_wsgi(app, send) for send in sends]


each_server = pytest.mark.parametrize("visit_again", [visit_again_asgi, visit_again_wsgi])


def test_a_form_says_where_it_was_shown_and_in_which_language(visit: Exchange) -> None:
    recorder = MemoryRecorder()
    page = visit(Send(query="lang=fr"), records=recorder).text

    visit(post("choice=accept&source=preferences&language=fr"), records=recorder)

    assert '<input type="hidden" name="source" value="preferences">' in page
    assert '<input type="hidden" name="language" value="fr">' in page
    assert (recorder.last.source, recorder.last.language) == ("preferences", "fr")


@pytest.mark.parametrize(
    "fields",
    ["", "&source=banner", "&language=en", "&source=x&language=en", "&source=banner&language=xx"],
)
def test_a_form_that_says_no_such_thing_is_a_form(bare: Exchange, fields: str) -> None:
    recorder = MemoryRecorder()

    reply = bare(post(f"choice=accept{fields}"), records=recorder)

    last = recorder.last
    assert (reply.status, last.source, last.language) == (303, "form", "")
    assert last.notice == DECLARED


@pytest.mark.parametrize(
    ("language", "recorded"), [('"fr"', "fr"), ('"xx"', ""), ("1", ""), ("null", "")]
)
def test_of_json_only_the_site_knows_what_it_asked(
    bare: Exchange, language: str, recorded: str
) -> None:
    recorder = MemoryRecorder()

    bare(post(f'{{"choice": "refuse", "language": {language}}}', JSON), records=recorder)

    last = recorder.last
    assert (last.source, last.language, last.notice) == ("json", recorded, DECLARED)


def test_without_a_notice_of_ours_the_record_is_about_what_is_declared(bare: Exchange) -> None:
    declared = bare(Send(path="/consent/policy.json"), records=MemoryRecorder()).body

    assert read_notice(DECLARED).declaration == json.loads(declared)
    assert read_notice(DECLARED).banner == ""


@pytest.mark.law(7)
@pytest.mark.parametrize(
    ("regime", "choice", "holds"),
    [
        ("fr", "accept", "182 days"),
        ("us-ca", "accept", "365 days"),
        (SWISS, "accept", "100 days"),
        (SWISS, "refuse", "200 days"),
    ],
    ids=["fr", "us-ca", "a site's own", "a refusal under it"],
)
def test_the_record_says_how_long_the_choice_holds(
    bare: Exchange, regime: Any, choice: str, holds: str
) -> None:
    recorder = MemoryRecorder()
    policy = Policy(POLICY.necessary, POLICY.cookies, regime=regime)

    bare(post(f"choice={choice}"), records=recorder, policy=policy)

    assert json.loads(recorder.last.payload())["lifetime"] == holds


@pytest.mark.law(12)
def test_the_record_names_the_notice_that_was_shown(bare: Exchange) -> None:
    recorder = MemoryRecorder()
    for language in ("en", "fr", "en"):
        bare(post(f"choice=accept&source=banner&language={language}"), records=recorder)

    english, french, again = (one.notice for one in recorder.decisions)

    assert english is not None
    assert french is not None
    assert english == again
    assert french.digest != english.digest
    assert french.language == "fr"
    assert "Tout accepter" in french.body.decode()


# Twice the same request


def in_json(choice: str, key: str) -> Send:
    """A choice by a program that names its request."""
    headers = (*SAME_ORIGIN, ("Idempotency-Key", key))
    return post(f'{{"choice": "{choice}"}}', JSON, headers=headers)


KEY = "9f1c6c1e-0d0a-4a43-9a31-0b8a5f4f3a11"


@each_server
@pytest.mark.parametrize("choice", ["accept", "refuse"])
def test_a_program_that_tries_again_makes_one_record(visit_again: Any, choice: str) -> None:
    recorder = MemoryRecorder()

    replies = visit_again([in_json(choice, KEY)] * 2, records=recorder)

    assert len(recorder.decisions) == 1
    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].cookies == replies[1].cookies


def test_its_retry_takes_the_record_cookie_away_as_well() -> None:
    cookie = f"{preferences_for()}; consent_record={'0' * 32}"
    send = in_json("refuse", KEY)

    _, reply = visit_again_asgi(
        [send, Send(**{**vars(send), "cookie": cookie})], records=MemoryRecorder()
    )

    assert [value[:16] for value in reply.cookies] == ["consent_record=;"]


def test_after_a_day_it_is_another_decision() -> None:
    recorder, clock = MemoryRecorder(), Clock()
    app = AsgiMiddleware(asgi_app, **options_of({"records": recorder, "clock": clock}))

    for hours in (0, 23, 1):
        clock.now += timedelta(hours=hours)
        call_asgi(app, in_json("accept", KEY))

    assert len(recorder.decisions) == 2


@each_server
def test_what_was_not_recorded_is_tried_again(visit_again: Any) -> None:
    recorder = FailingRecorder()

    replies = visit_again([in_json("accept", KEY)] * 2, records=recorder)

    assert [reply.status for reply in replies] == [503, 503]
    assert len(recorder.decisions) == 2


@pytest.mark.parametrize(
    "sends",
    [
        [in_json("accept", KEY), in_json("refuse", KEY)],
        [in_json("accept", KEY), in_json("accept", KEY[::-1])],
        [post('{"choice": "accept"}', JSON)] * 2,
        [post("choice=accept", headers=(*SAME_ORIGIN, ("Idempotency-Key", KEY)))] * 2,
    ],
    ids=["another choice", "another key", "no key", "a form"],
)
def test_all_else_is_another_decision(sends: list[Send]) -> None:
    recorder = MemoryRecorder()

    visit_again_asgi(sends, records=recorder)

    assert len(recorder.decisions) == 2


@pytest.mark.parametrize("key", ["1", "x" * 15, "x" * 256, "\xe9" * 16, "x\ty" * 8])
def test_a_key_that_others_may_have_is_turned_away(bare: Exchange, key: str) -> None:
    recorder = MemoryRecorder()

    reply = bare(in_json("accept", key), records=recorder)

    assert (reply.status, reply.cookies, recorder.decisions) == (400, [], [])
    assert "16 to 255 visible ASCII characters" in json.loads(reply.body)["detail"]


def test_without_records_a_key_says_nothing(bare: Exchange) -> None:
    assert bare(in_json("accept", "1")).status == 200


# How often the question was shown

HTML_PAGE = Say(body=b"<!doctype html><title>t</title><body>hello</body>")


@pytest.mark.law(13)
@pytest.mark.parametrize("play", [play_asgi, play_wsgi])
@pytest.mark.parametrize(
    ("ask", "options", "shown"),
    [
        (Ask(headers=(("Accept-Language", "fr"),)), {}, [("fr", "banner")]),
        (Ask(cookie=preferences_for()), {}, []),
        (Ask(headers=(("Accept", "application/json"),)), {}, []),
        (Ask(), {"banner": "static"}, []),
    ],
    ids=["undecided", "decided", "not for a page", "the same for all"],
)
def test_a_question_in_a_page_is_counted(
    play: Play, ask: Ask, options: dict[str, Any], shown: list[tuple[str, str]]
) -> None:
    recorder = MemoryRecorder()

    play(ask, HTML_PAGE, **{"banner": "auto", "records": recorder, **options})

    assert recorder.shown == shown


def test_the_preferences_page_is_counted_as_well(visit: Exchange) -> None:
    recorder = MemoryRecorder()

    visit(Send(query="lang=fr"), records=recorder)
    visit(Send("HEAD"), records=recorder)

    assert recorder.shown == [("fr", "preferences")]
