"""Whatever an application sends, nothing leaves that a browser would store without consent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate import Consent, Gate, Policy, Unknown
from consentgate.http.set_cookie import has_line_break
from tests.properties.browser_reading import cookie_of, cookies_on_the_wire
from tests.properties.hostile import ALLOWED, BROKEN_SET_COOKIES, COOKIE_HEADERS, SET_COOKIES
from tests.support.exchange import Ask, gate_of
from tests.support.minimal_servers import (
    answerer,
    asgi_gate,
    http_scope,
    sender,
    serve,
    start,
    talk,
    wsgi_gate,
)

POLICY = Policy(necessary=sorted(ALLOWED), cookies=gate_of().policy.cookies)
GATES = {
    "plain": gate_of(policy=POLICY, clamp=False),
    "clamping": gate_of(policy=POLICY, clamp=True),
    "blocking": gate_of(policy=POLICY, mode="block"),
}
GRANTED = {"undecided": "nothing", "statistics": r"_ga|_pk_id\..*", "marketing": "_fbp"}
"""The names that each choice allows besides the necessary ones."""


def is_allowed(name: str, choice: str) -> bool:
    return name in ALLOWED or re.fullmatch(GRANTED[choice], name, re.DOTALL) is not None


def consent_of(gate: Gate, choice: str) -> Consent:
    granted = {"undecided": Consent.undecided()}
    return granted.get(choice) or gate.consent_for(choice)


@pytest.mark.behaviour(1)
@pytest.mark.behaviour(3)
@pytest.mark.behaviour(4)
@pytest.mark.law(1)
@pytest.mark.parametrize("choice", GRANTED)
@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
@given(values=st.lists(BROKEN_SET_COOKIES, max_size=6))
def test_nothing_leaves_the_gate_that_could_store_without_consent(
    gate: Gate, choice: str, values: list[str]
) -> None:
    left = gate.filter(values, consent_of(gate, choice))

    stored = {name for name, deletes in map(cookie_of, left) if not deletes}
    deleted = {name for name, deletes in map(cookie_of, left) if deletes}
    assert all(is_allowed(name, choice) for name in stored)
    assert deleted <= {name for name, _ in map(cookie_of, values)} - {""}
    assert not any(map(has_line_break, left))


@pytest.mark.behaviour(1)
@pytest.mark.parametrize("choice", GRANTED)
@given(values=st.lists(SET_COOKIES, max_size=6))
def test_what_is_allowed_leaves_byte_for_byte_and_in_order(choice: str, values: list[str]) -> None:
    gate = GATES["plain"]

    left = gate.filter(values, consent_of(gate, choice))

    kept = [value for value in values if is_allowed(cookie_of(value)[0], choice)]
    assert [value for value in left if is_allowed(cookie_of(value)[0], choice)] == kept


@given(values=st.lists(SET_COOKIES, max_size=6))
def test_what_left_once_leaves_again(values: list[str]) -> None:
    gate = GATES["plain"]

    left = gate.filter(values, Consent.undecided())

    assert gate.filter(left, Consent.undecided()) == left


@given(values=st.lists(BROKEN_SET_COOKIES, max_size=4))
def test_unknown_report_lets_out_whatever_is_undeclared_and_unbroken(values: list[str]) -> None:
    gate = gate_of(policy=Policy(), unknown=Unknown.REPORT, on_event=None)
    own = gate.policy.preferences_cookie

    left = gate.filter(values, Consent.undecided())

    assert left == [v for v in values if not has_line_break(v) and cookie_of(v)[0] != own]


# Through the middlewares

NAMES = st.one_of(
    st.sampled_from(["Set-Cookie", "set-cookie", "SET-COOKIE", "Set-Cookie ", " set-cookie"]),
    st.sampled_from(["Set-Cookie2", "set-cookie\t", "Set-Cookie\r\n", "Set-Cookie: _ga=1\r\nX"]),
    st.sampled_from(
        ["X: 1\r\nSet-Cookie", "X\nSet-Cookie: _ga=1\nY", "X", "Vary", "Cache-Control"]
    ),
    st.text(st.characters(max_codepoint=255), max_size=12),
)
STATUSES = st.sampled_from(["200 OK", "200 OK\r\nSet-Cookie: _ga=1", "200 \nset-cookie: _ga=1"])


def unconsented(cookies: list[tuple[str, bool]]) -> list[str]:
    return [name for name, deletes in cookies if name not in ALLOWED and not deletes]


@pytest.mark.behaviour(4)
@given(
    headers=st.lists(st.tuples(NAMES, BROKEN_SET_COOKIES), max_size=5),
    status=STATUSES,
    cookie=COOKIE_HEADERS.filter(lambda text: "cookies_preferences" not in text.lower()),
)
def test_no_line_that_a_wsgi_server_writes_stores_without_consent(
    headers: list[tuple[str, str]], status: str, cookie: str
) -> None:
    app = wsgi_gate(answerer(*headers, status=status), policy=POLICY)

    server = serve(app, Ask(cookie=cookie))

    assert unconsented(cookies_on_the_wire(server.headers, status=server.status)) == []


@pytest.mark.behaviour(4)
@given(
    headers=st.lists(st.tuples(NAMES, SET_COOKIES), max_size=5),
    kind=st.sampled_from(
        ["http.response.start", "websocket.accept", "http.response.trailers", "anything.else"]
    ),
    cookie=COOKIE_HEADERS.filter(lambda text: "cookies_preferences" not in text.lower()),
)
def test_no_header_that_an_asgi_server_gets_stores_without_consent(
    headers: list[tuple[str, str]], kind: str, cookie: str
) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    app = asgi_gate(sender(start(*raw, type=kind)), policy=POLICY)

    [sent] = talk(app, http_scope(cookie))

    left = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent["headers"]]
    assert unconsented(cookies_on_the_wire(left)) == []


@given(
    values=st.lists(SET_COOKIES, max_size=6),
    cookie=COOKIE_HEADERS,
    options=st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["enforce", "report", "block"]),
            "unknown": st.sampled_from(["strip", "report"]),
            "hide_cookies": st.sampled_from(["off", "refused", "undeclared"]),
            "clamp": st.booleans(),
        }
    ),
)
def test_both_middlewares_give_the_same_bytes(
    values: list[str], cookie: str, options: dict[str, Any]
) -> None:
    headers = [("Content-Type", "text/html"), *(("Set-Cookie", value) for value in values)]
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]

    server = serve(wsgi_gate(answerer(*headers), **options), Ask(cookie=cookie))
    sent = talk(asgi_gate(sender(start(*raw)), **options), http_scope(cookie))[0]

    assert sent["headers"] == [
        (name.lower().encode(), value.encode("latin-1")) for name, value in server.headers
    ]
    assert sent["status"] == int(server.status[:3])
