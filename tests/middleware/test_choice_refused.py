"""What is no choice of the site's own visitor is refused, with a reason, and sets nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consentgate import Policy
from tests.support.exchange import preferences_for
from tests.support.frameworks import (
    JSON,
    ORIGIN,
    SAME_ORIGIN,
    Exchange,
    Send,
    choose,
    post,
)

# The validator of WSGI knows the usual methods only.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")

SAVED = "#consentgate-saved"
PATIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


# Who may choose


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="neither header"),
        pytest.param((("Sec-Fetch-Site", "cross-site"),), id="cross-site"),
        pytest.param((("Sec-Fetch-Site", "same-site"), ("Origin", ORIGIN)), id="same-site"),
        pytest.param((("Sec-Fetch-Site", "none"),), id="none"),
        pytest.param((("Sec-Fetch-Site", "cross-site"), ("Origin", ORIGIN)), id="contradiction"),
        pytest.param(
            (("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")), id="two sites"
        ),
        pytest.param((("Origin", "null"),), id="null"),
        pytest.param((("Origin", "https://evil.example"),), id="another origin"),
        pytest.param((("Origin", "http://www.example.org"),), id="another scheme"),
        pytest.param((("Origin", ORIGIN), ("Origin", ORIGIN)), id="two origins"),
        pytest.param((("Referer", f"{ORIGIN}/"),), id="a referer"),
        pytest.param(
            (
                ("Origin", "https://evil.example"),
                ("X-Forwarded-Host", "evil.example"),
                ("Forwarded", "host=evil.example"),
            ),
            id="forwarded headers",
        ),
    ],
)
def test_another_site_can_not_choose(visit: Exchange, headers: tuple[tuple[str, str], ...]) -> None:
    reply = visit(choose("accept", headers=headers, cookie=preferences_for()))

    assert reply.status == 403
    assert reply.cookies == []
    assert "no-store" in reply["cache-control"]
    assert 'method="post" action="/consent/"' in reply.text
    assert 'value="refuse"' in reply.text


@pytest.mark.behaviour(13)
@pytest.mark.parametrize(
    ("headers", "options"),
    [
        pytest.param((("Origin", ORIGIN),), {}, id="an old browser"),
        pytest.param((("Origin", "null"), *SAME_ORIGIN), {}, id="a hidden origin"),
        pytest.param(
            (("Origin", "https://a.example"), ("Sec-Fetch-Site", "cross-site")),
            {"trusted_origins": ["https://a.example"]},
            id="a trusted origin",
        ),
    ],
)
def test_the_site_itself_and_whom_it_trusts_can(
    visit: Exchange, headers: tuple[tuple[str, str], ...], options: dict[str, Any]
) -> None:
    assert visit(choose("accept", headers=headers), **options).status == 303


@pytest.mark.behaviour(13)
def test_where_there_is_nothing_to_ask_the_refusal_leads_to_the_preference_centre(
    bare: Exchange,
) -> None:
    text = bare(choose("accept", headers=()), policy=Policy(necessary=["session"])).text

    assert "<form" not in text
    assert 'href="/consent/' in text


def test_what_another_site_sent_is_shown_to_nobody(bare: Exchange) -> None:
    body = "choice=accept&next=%2F%2Fevil.example&category=<script>"

    assert "evil" not in bare(post(body, headers=())).text
    assert "<script>" not in bare(post(body, headers=())).text


def test_the_script_of_a_visitors_state_is_for_the_same_site_only(visit: Exchange) -> None:
    site = (("Sec-Fetch-Site", "cross-site"),)

    assert visit(Send(path="/consent/state.js", headers=site)).status == 403


# Bodies


@pytest.mark.parametrize(
    ("send", "status"),
    [
        pytest.param(post(""), 400, id="empty"),
        pytest.param(Send("POST", headers=SAME_ORIGIN), 415, id="none at all"),
        pytest.param(post("choice=maybe"), 400, id="an unknown choice"),
        pytest.param(post("choice=save&category=video"), 400, id="an unknown category"),
        pytest.param(post("choice=refuse&choice=accept"), 400, id="two choices"),
        pytest.param(post(b"choice=accept&next=%FF"), 400, id="no UTF-8"),
        pytest.param(post("choice=accept", "text/plain"), 415, id="text"),
        pytest.param(post("choice=accept", "multipart/form-data; boundary=x"), 415, id="multipart"),
        pytest.param(
            post("x", headers=(*SAME_ORIGIN, ("Content-Encoding", "gzip"))), 415, id="compressed"
        ),
        pytest.param(post("x" * 8193), 413, id="too large"),
        pytest.param(post("x" * 1_000_000), 413, id="far too large"),
        pytest.param(post("x" * 8193, with_length=False), 413, id="too large, of no length"),
        pytest.param(
            Send("POST", headers=SAME_ORIGIN, parts=(b"x" * 100,) * 100), 413, id="in many parts"
        ),
    ],
)
def test_a_body_that_is_no_choice_is_refused_with_a_reason(
    visit: Exchange, send: Send, status: int
) -> None:
    reply = visit(send)

    assert reply.status == status
    assert reply.cookies == []
    assert "no-store" in reply["cache-control"]
    assert reply["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("send", "status"),
    [
        pytest.param(post("{", JSON), 400, id="broken"),
        pytest.param(post("[" * 8000, JSON), 400, id="deep"),
        pytest.param(post('{"choice": "maybe"}', JSON), 400, id="an unknown choice"),
        pytest.param(post(" " * 9000, JSON), 413, id="too large"),
        pytest.param(post('{"choice": "accept"}', JSON, headers=()), 403, id="cross-site"),
        pytest.param(post("{}", JSON, path="/consent/no"), 404, id="nowhere"),
        pytest.param(post("{}", JSON, path="/consent/state"), 405, id="no place for it"),
    ],
)
def test_who_sends_json_is_told_why_in_json(visit: Exchange, send: Send, status: int) -> None:
    reply = visit(send)

    assert reply.status == status
    assert reply["content-type"] == "application/problem+json"
    assert "no-store" in reply["cache-control"]
    assert json.loads(reply.body)["status"] == status
    assert json.loads(reply.body)["detail"].endswith(".")
    assert reply.cookies == []


def test_an_unknown_category_is_named_with_those_there_are(bare: Exchange) -> None:
    text = bare(post("choice=save&category=%3Cvideo%3E")).text

    assert "&lt;video&gt;" in text
    assert "necessary, statistics, marketing" in text


def test_a_reason_that_is_said_in_english_only_is_marked_as_english(bare: Exchange) -> None:
    french = (*SAME_ORIGIN, ("Accept-Language", "fr"))

    technical = bare(post("choice=maybe", headers=french)).text
    usual = bare(post("choice=save&category=video", headers=french)).text

    assert '<span lang="en" dir="ltr">There is no choice maybe' in technical
    assert "La catégorie video n’existe pas sur ce site" in usual
    assert 'lang="en" dir' not in usual


@pytest.mark.parametrize("with_length", [True, False], ids=["of a known length", "chunked"])
def test_a_body_may_come_slowly(visit: Exchange, with_length: bool) -> None:
    parts = tuple(bytes([byte]) for byte in b"choice=accept&next=%2Fa")
    headers = (("Content-Type", "application/x-www-form-urlencoded"), *SAME_ORIGIN)

    reply = visit(Send("POST", headers=headers, parts=parts, with_length=with_length))

    assert (reply.status, reply["location"]) == (303, f"/a{SAVED}")


def test_a_body_of_8_kib_is_taken(bare: Exchange) -> None:
    assert bare(post(b"choice=accept&pad=".ljust(8192, b"x"))).status == 303


# Whatever comes


_NAMES = st.sampled_from(["Origin", "Sec-Fetch-Site", "Referer", "Cookie", "Accept-Language"])
_VALUES = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40)
_PATHS = st.sampled_from(["/consent/", "/consent", "/consent/charter", "/consent/state"])


@pytest.mark.law(5)
@given(
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "X"]),
    path=_PATHS | st.text(st.characters(max_codepoint=255), max_size=20).map("/consent/".__add__),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
)
@settings(PATIENT, max_examples=50)
def test_nothing_but_a_post_grants_and_nothing_fails(
    bare: Exchange, method: str, path: str, query: str, headers: list[tuple[str, str]]
) -> None:
    reply = bare(Send(method, path, query=query, headers=tuple(headers)))

    assert reply.status < 500
    assert reply.cookies == []


@pytest.mark.law(5)
@given(
    body=st.binary(max_size=80),
    media_type=_VALUES | st.sampled_from(["application/x-www-form-urlencoded", JSON]),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
)
@settings(PATIENT, max_examples=50)
def test_no_body_fails_or_grants_by_chance(
    bare: Exchange, body: bytes, media_type: str, headers: list[tuple[str, str]]
) -> None:
    reply = bare(post(body, media_type, headers=(*SAME_ORIGIN, *headers)))

    assert 400 <= reply.status < 500
    assert reply.cookies == []
