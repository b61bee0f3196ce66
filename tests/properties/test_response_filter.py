"""Whatever headers a response has: bytes and text are filtered alike, warm and cold alike, and of
each cookie what the judge alone would say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate import Category, Cookie, Event, Gate, Policy, Verdict
from consentgate.gate.judge import Blocked, Judge
from consentgate.gate.response_filter import ResponseFilter
from consentgate.http.header_names import SET_COOKIE, SMUGGLED, header_kind
from consentgate.http.wire import BYTES, TEXT, WireFormat
from tests.properties.hostile import BROKEN_SET_COOKIES
from tests.support.exchange import NOW, SECRET
from tests.support.gate_exchange import visit_of

# Any: the same tests hold for bytes and for text.
Headers = list[tuple[str, str]]

POLICY = Policy(
    necessary=["session", "csrftoken", "app_*"],
    cookies=[
        Cookie("_pk_id.*", category="statistics"),
        Cookie("_ga", category="statistics", lifetime="1 day"),
        Cookie("_fbp", category="marketing"),
        Cookie("chat", category="support", http_only=True),
        Cookie("_pk_ses", category="statistics", anonymous=True),
    ],
    categories=[Category("support")],
)

names = st.sampled_from(
    [
        *("session", "app_1", "_pk_id.1", "_ga", "_fbp", "chat", "_pk_ses", "plugin", ""),
        *(" session", "_fbp\t", "a;b", "session;_ga", "cookies_preferences"),
    ]
)
ends = st.sampled_from(
    [
        *("", "=", "=1", "=1; Path=/", "=; Max-Age=0", "=1; Max-Age=99999999", "==", '="a;b"'),
        "=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT",
        "=1; Path=/\r\nSet-Cookie: x=1",
        "=1\0",
    ]
)
set_cookies = st.tuples(
    st.sampled_from(["set-cookie", "Set-Cookie", "set-cookie2", " set-cookie"]),
    st.builds("{}{}".format, names, ends) | BROKEN_SET_COOKIES,
)
others = st.sampled_from(
    [
        *(("content-type", "text/html"), ("etag", '"v"'), ("content-length", "5"), ("x-a", "1")),
        *(("cache-control", "public, max-age=60"), ("vary", "accept"), ("Cache-Control ", "x")),
        *(("x\r\nset-cookie", "_fbp=1"), ("x-b", "1\r\nSet-Cookie: _ga=1"), ("vary\n", "x")),
    ]
)
all_headers = st.lists(set_cookies | others, max_size=8)
choices = st.none() | st.lists(st.sampled_from(["statistics", "marketing", "support"]), unique=True)
all_options: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["enforce", "report", "block"]),
        "unknown": st.sampled_from(["strip", "report"]),
        "clamp": st.booleans(),
        "required": st.sampled_from([lambda _: "enforce", lambda _: "not-required"]),
    },
)
requests = st.fixed_dictionaries(
    {
        "cookie": st.sampled_from(["", "_pk_ses=1", "_ga=1; _fbp=2"]),
        "headers": st.sampled_from([[], [("sec-gpc", "1")]]),
        "https": st.booleans(),
    }
)


def gate_with(events: list[Event], options: dict[str, Any]) -> Gate:
    return Gate(POLICY, secret_key=SECRET, clock=lambda: NOW, on_event=events.append, **options)


def request_of(gate: Gate, chosen: list[str] | None, request: dict[str, Any]) -> dict[str, Any]:
    """The request of a visitor who chose so, None where he did not."""
    choice = "" if chosen is None else gate.preferences_for(*chosen)
    return request | {"cookie": "; ".join(text for text in (request["cookie"], choice) if text)}


def filtered(
    response_filter: ResponseFilter[Any],
    wire: WireFormat[Any],
    headers: Headers,
    gate: Gate,
    request: dict[str, Any],
) -> Headers | tuple[Verdict, ...]:
    """What leaves, or the verdicts for which nothing does."""
    given = [(wire.encode(name), wire.encode(value)) for name, value in headers]
    try:
        left = response_filter.filter(visit_of(gate, **request), response_filter.read(given))
    except Blocked as blocked:
        return blocked.verdicts
    return [(wire.decode(name).lower(), wire.decode(value)) for name, value in left]


@pytest.mark.behaviour(4)
@given(all_headers, choices, all_options, requests, st.booleans())
def test_bytes_and_text_are_filtered_alike_and_warm_memories_say_what_cold_ones_do(
    headers: Headers,
    chosen: list[str] | None,
    options: dict[str, Any],
    request: dict[str, Any],
    scans: bool,
) -> None:
    passes = []
    for wire in (BYTES, TEXT):
        events: list[Event] = []
        gate = gate_with(events, options)
        given_request = request_of(gate, chosen, request)
        response_filter: ResponseFilter[Any] = gate.response_filter(wire, scans=scans)
        for _ in range(2):
            events.clear()
            left = filtered(response_filter, wire, headers, gate, given_request)
            passes.append((left, list(events)))

    assert passes == [passes[0]] * 4


@pytest.mark.behaviour(1)
@pytest.mark.behaviour(3)
@given(all_headers, choices, all_options, requests)
def test_of_each_cookie_what_the_judge_says_leaves_in_order(
    headers: Headers, chosen: list[str] | None, options: dict[str, Any], request: dict[str, Any]
) -> None:
    events: list[list[Event]] = [[], []]
    gate, judging = (gate_with(told, options) for told in events)
    given_request = request_of(gate, chosen, request)
    exchange = visit_of(judging, **given_request)
    judge = Judge(judging.settings)
    verdicts = [
        judge.judge(value, exchange) for name, value in headers if header_kind(name) == SET_COOKIE
    ]
    leaving = [verdict.value for verdict in verdicts if verdict.value is not None]

    left = filtered(gate.response_filter(TEXT), TEXT, headers, gate, given_request)

    if isinstance(left, tuple):  # blocked
        stripped = {verdict for verdict in verdicts if verdict.value is None}
        assert options["mode"] == "block"
        assert {verdict for verdict in left if verdict in verdicts} <= stripped
        return
    values = [value for name, value in left if header_kind(name) == SET_COOKIE]
    is_report = options.get("mode") == "report"
    assert values == (
        [value for name, value in headers if header_kind(name) == SET_COOKIE]
        if is_report
        else leaving
    )
    assert is_report or SMUGGLED not in {header_kind(name) for name, _ in left}
    reported = [event.reason for event in events[0] if event.name or event.action != "note"]
    smuggled = sum(header_kind(name) == SMUGGLED for name, _ in headers)
    assert len(reported) == smuggled + sum(not verdict.is_unremarkable for verdict in verdicts)


@given(all_headers, choices, all_options, requests, st.booleans())
def test_what_left_leaves_again(
    headers: Headers,
    chosen: list[str] | None,
    options: dict[str, Any],
    request: dict[str, Any],
    scans: bool,
) -> None:
    gate = gate_with([], options)
    given_request = request_of(gate, chosen, request)
    response_filter = gate.response_filter(TEXT, scans=scans)
    left = filtered(response_filter, TEXT, headers, gate, given_request)
    if isinstance(left, tuple):
        return

    assert filtered(response_filter, TEXT, left, gate, given_request) == left


@given(all_headers, choices, requests)
def test_all_that_is_no_business_of_the_gate_leaves_in_order(
    headers: Headers, chosen: list[str] | None, request: dict[str, Any]
) -> None:
    gate = gate_with([], {})
    plain = [one for one in headers if header_kind(one[0]) == ""]

    left = filtered(
        gate.response_filter(TEXT), TEXT, headers, gate, request_of(gate, chosen, request)
    )

    assert [one for one in left if header_kind(one[0]) == ""] == plain
