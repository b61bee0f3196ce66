"""What caches are told of a response, seen from the gate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from consentgate import Consent, Cookie, Enforcement, Gate, Mode, Policy, VisitorConsent
from consentgate.http.caching import NOTHING, Header, keep_private
from tests.support.exchange import POLICY, SECRET
from tests.support.gate_exchange import respond, visit_of
from tests.support.minimal_servers import (
    answerer,
    asgi_gate,
    sender,
    serve,
    start,
    talk,
    wsgi_gate,
)

PUBLIC = [("cache-control", "public, max-age=60")]
PRIVATE = "private, max-age=60"


def read_value(consent: VisitorConsent) -> Consent:
    return consent.value


def ask(consent: VisitorConsent) -> bool:
    return consent.allows("statistics")


def see_whether_decided(consent: VisitorConsent) -> bool:
    return consent.decided


def gate(*, mode: Mode = Mode.ENFORCE, policy: Policy = POLICY) -> Gate:
    return Gate(policy, secret_key=SECRET, mode=mode)


def gate_abroad() -> Gate:
    return Gate(POLICY, secret_key=SECRET, required=lambda _: Enforcement.NOT_REQUIRED)


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("surrogate-control", "max-age=60", None),
        ("surrogate-control", "no-store", "no-store"),
        ("surrogate-control", 'content="ESI/1.0", No-Store , max-age=60', "no-store"),
        ("surrogate-control", 'content="no-store"', None),
        ("edge-control", "!no-store, cache-maxage=60", None),
        ("edge-control", "bypass-cache", "no-store"),
        ("cdn-cache-control", "private", "no-store"),
        ("cdn-cache-control", 'private="set-cookie"', None),
        ("cdn-cache-control", "no-cache", None),
        ("x-accel-expires", "60", None),
        ("x-accel-expires", "@0", None),
        ("x-accel-expires", " 0 ", " 0 "),
    ],
)
def test_a_header_for_one_cache_goes_or_forbids_storing_as_before(
    name: str, value: str, left: str | None
) -> None:
    kept, appended = keep_private([(name, value)], private=True, vary=NOTHING)

    assert (kept, appended) == ([left], [("cache-control", "private")])


@pytest.mark.parametrize(
    ("act", "vary"),
    [(read_value, "Cookie, Sec-GPC"), (ask, "Cookie"), (see_whether_decided, "Cookie")],
)
def test_a_response_varies_on_what_the_application_was_told(
    act: Callable[[VisitorConsent], object], vary: str
) -> None:
    outcome = respond(gate(), act, caching=PUBLIC)

    assert (outcome.values, outcome.caching) == (("public, max-age=60",), (("vary", vary),))


def test_the_signal_is_nothing_to_who_allowed_all_that_it_speaks_of() -> None:
    one = gate()

    outcome = respond(one, read_value, cookie=one.preferences_for("marketing"))

    assert ("vary", "Cookie") in outcome.caching


def test_what_read_the_day_of_a_choice_is_private_since_caches_key_on_no_day() -> None:
    one = gate()
    cookie = one.preferences_for("statistics")

    outcomes = [respond(one, act, cookie=cookie, caching=PUBLIC) for act in (read_value, ask)]

    assert [outcome.values for outcome in outcomes] == [(PRIVATE,), ("public, max-age=60",)]


def test_where_nothing_is_hidden_the_answer_to_a_forged_choice_is_private_if_it_asked() -> None:
    one = gate()
    forged = f"{one.preferences_for('statistics')[:-43]}{'A' * 43}"

    asked, silent = (
        respond(one, act, cookie=forged, caching=PUBLIC) for act in (ask, lambda _: None)
    )

    assert (asked.values, silent.values) == ((PRIVATE,), ("public, max-age=60",))


def test_the_answer_to_a_stale_choice_is_private_each_time_that_its_header_comes() -> None:
    one = gate()
    changed = Policy(cookies=[Cookie("_ga", category="statistics", provider="Another")])
    cookie = gate(policy=changed).preferences_for("statistics")
    visits = [visit_of(one, cookie=cookie) for _ in range(2)]
    assert one.request_filter is not None

    for visit in visits:
        one.request_filter.visible(visit, cookie)

    assert [visit.is_private for visit in visits] == [True, True]


def test_nor_is_it_where_no_category_heeds_it() -> None:
    outcome = respond(gate(policy=Policy(necessary=["session"])), read_value)

    assert outcome.caching == (("vary", "Cookie"),)


@pytest.mark.parametrize(
    ("vary", "left"),
    [
        ("Accept", "Accept, Cookie, Sec-GPC"),
        ("sec-gpc", "sec-gpc, Cookie"),
        ("cookie, sec-gpc", "cookie, sec-gpc"),
        ("*", "*"),
    ],
)
def test_both_are_joined_to_what_is_there(vary: str, left: str) -> None:
    outcome = respond(gate(), read_value, caching=[("vary", vary)])

    assert (outcome.values, outcome.caching) == ((left,), ())


@pytest.mark.behaviour(14)
def test_a_cookie_that_needs_no_choice_here_is_for_its_visitor_alone() -> None:
    outcome = respond(gate_abroad(), caching=PUBLIC, cookies=["_ga=1"])

    assert outcome.values == (PRIVATE, "_ga=1")


@pytest.mark.behaviour(14)
def test_a_page_that_asked_where_no_choice_is_needed_is_for_its_visitor_alone() -> None:
    outcome = respond(gate_abroad(), ask, caching=PUBLIC)

    assert outcome.values == (PRIVATE,)


def test_a_necessary_cookie_is_none_of_the_gates_business_there() -> None:
    outcome = respond(gate_abroad(), caching=PUBLIC, cookies=["session=1"])

    assert outcome.values == ("public, max-age=60", "session=1")


def test_a_choice_is_for_its_visitor_alone_in_report_mode_too() -> None:
    outcome = respond(
        gate(mode=Mode.REPORT), lambda consent: consent.refuse(), caching=PUBLIC, cookies=["_ga=1"]
    )

    assert (len(outcome.first), outcome.values) == (1, (PRIVATE, "_ga=1"))


@pytest.mark.behaviour(21)
@pytest.mark.parametrize("headers", [PUBLIC, [*PUBLIC, ("x-accel-expires", "60")]])
def test_else_report_mode_changes_no_caching_header(headers: list[Header]) -> None:
    outcome = respond(gate(mode=Mode.REPORT), ask, caching=headers, cookies=["_ga=1"])

    assert outcome.values == (*(value for _, value in headers), "_ga=1")
    assert outcome.caching == ()


def test_a_caching_header_with_blanks_in_its_name_does_not_stand_for_the_right_one() -> None:
    misnamed = [("cache-control ", "public"), (" vary", "Cookie")]

    outcome = respond(gate(), ask, caching=misnamed, cookies=["_ga=1"])

    assert outcome.values == ()
    assert outcome.caching == (("cache-control", "private"), ("vary", "Cookie"))


@pytest.mark.parametrize(
    "header",
    [
        ("Cache-Control", "no-store\n"),
        ("Cache-Control\r", "no-store"),
        ("Vary", "Cookie\0"),
        ("Expires", "0\r\n"),
        ("X: 1\nSet-Cookie", "session=1"),
    ],
    ids=["value", "name", "vary", "expires", "cookie"],
)
def test_a_response_that_lost_what_kept_it_out_of_caches_is_for_its_visitor_alone(
    header: tuple[str, str],
) -> None:
    server = serve(wsgi_gate(answerer(("X-A", "1"), header), []))

    assert server.headers[:2] == [("X-A", "1"), ("Cache-Control", "private")]


@pytest.mark.parametrize(
    "header", [(b"cache-control", b"no-store\n"), (b"x: 1\nSet-Cookie", b"session=1")]
)
def test_so_is_one_that_lost_it_to_an_asgi_gate_that_scans(header: tuple[bytes, bytes]) -> None:
    sent = talk(asgi_gate(sender(start((b"x-a", b"1"), header)), scan_headers=True))

    assert sent[0]["headers"][:2] == [(b"x-a", b"1"), (b"cache-control", b"private")]


def test_one_that_lost_another_header_stays_as_it_is() -> None:
    server = serve(wsgi_gate(answerer(("X-A", "1"), ("X-B", "2\n")), []))

    assert server.headers == [("X-A", "1")]
