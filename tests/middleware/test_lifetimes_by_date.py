"""A lifetime by Expires is counted from the response's Date, as browsers count it."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Cookie, Policy
from tests.support.app_calls import run_asgi, run_wsgi
from tests.support.exchange import Ask, preferences_for
from tests.support.minimal_servers import answerer, asgi_gate, sender, start, wsgi_gate

pytestmark = pytest.mark.behaviour(28)

LONG_AGO = ("Date", "Tue, 24 Nov 2015 16:00:00 GMT")
PRESENT = ("Date", "Tue, 24 Nov 2026 16:00:00 GMT")
AHEAD = ("Date", "Tue, 24 Nov 2037 16:00:00 GMT")
JUNK = ("Date", "yesterday")

IN_A_DAY = "Expires=Wed, 25 Nov 2026 16:00:00 GMT"
A_DAY_AGO = "Expires=Mon, 23 Nov 2026 16:00:00 GMT"

POLICY = Policy(
    cookies=[
        Cookie("visits", category="statistics", lifetime="30 days"),
        Cookie("counted", category="statistics", anonymous=True, lifetime="30 days"),
        Cookie("basket", category="necessary", exempt_reason="basket", secure=True),
    ],
)
ALLOWED = preferences_for("statistics", policy=POLICY)


def sent_by_asgi(*headers: tuple[str, str], cookie: str) -> list[str]:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    gated = asgi_gate(sender(start(*raw)), policy=POLICY, clamp=True, prefix=None)
    return set_by(run_asgi(gated, Ask(cookie=cookie))[1])


def sent_by_wsgi(*headers: tuple[str, str], cookie: str) -> list[str]:
    gated = wsgi_gate(answerer(*headers, body=[]), policy=POLICY, clamp=True, prefix=None)
    return set_by(run_wsgi(gated, Ask(cookie=cookie))[1])


def set_by(headers: list[tuple[str, str]]) -> list[str]:
    return [value for name, value in headers if name == "set-cookie"]


@pytest.fixture(params=[sent_by_asgi, sent_by_wsgi], ids=["asgi", "wsgi"])
def sent(request: pytest.FixtureRequest) -> Any:
    """The Set-Cookie values that leave, under each middleware."""
    return request.param


@pytest.mark.parametrize("name", ["visits", "counted"])
@pytest.mark.parametrize("first", [True, False], ids=["date first", "date last"])
def test_a_response_of_long_ago_lengthens_a_life_and_is_clamped(
    sent: Any, name: str, first: bool
) -> None:
    headers = [LONG_AGO, ("Set-Cookie", f"{name}=1; {IN_A_DAY}")]

    values = sent(*(headers if first else headers[::-1]), cookie=ALLOWED)

    assert values == [f"{name}=1; Max-Age={30 * 86_400}"]


@pytest.mark.parametrize("date", [(), (PRESENT,), (AHEAD,), (JUNK,)], ids=str)
def test_a_life_that_is_short_enough_is_left_as_it_is(sent: Any, date: Any) -> None:
    value = f"visits=1; {IN_A_DAY}"

    assert sent(*date, ("Set-Cookie", value), cookie=ALLOWED) == [value]


def test_of_several_dates_the_earliest_counts(sent: Any) -> None:
    values = sent(PRESENT, LONG_AGO, JUNK, ("Set-Cookie", f"visits=1; {IN_A_DAY}"), cookie=ALLOWED)

    assert values == [f"visits=1; Max-Age={30 * 86_400}"]


def test_a_max_age_is_counted_from_now_whatever_the_date(sent: Any) -> None:
    value = f"visits=1; Max-Age=60; {IN_A_DAY}"

    assert sent(LONG_AGO, ("Set-Cookie", value), cookie=ALLOWED) == [value]


def test_what_only_looks_like_a_deletion_renews_no_exempt_measurement(sent: Any) -> None:
    value = ("Set-Cookie", f"counted=1; {A_DAY_AGO}")
    cookie = "counted=0"  # whoever consents lifts the limits of the exemption

    assert sent(value, cookie=cookie) == [value[1]]
    assert sent(LONG_AGO, value, cookie=cookie) == []


def test_what_only_looks_like_a_deletion_gets_what_its_declaration_demands(sent: Any) -> None:
    value = ("Set-Cookie", f"basket=1; {A_DAY_AGO}")

    assert sent(value, cookie="") == [value[1]]
    assert sent(LONG_AGO, value, cookie="") == [f"{value[1]}; Secure"]


def test_a_deletion_without_consent_is_canonical_whatever_the_date(sent: Any) -> None:
    values = sent(LONG_AGO, ("Set-Cookie", f"visits=1; {A_DAY_AGO}"), cookie="")

    assert values == ["visits=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]
