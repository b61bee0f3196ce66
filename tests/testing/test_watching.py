"""Watching the gates of a process: what is noted, and that nothing changes for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from consentgate import Consent, Cookie, Gate, Policy, get_consent
from consentgate.gate.judge import Judge
from consentgate.testing import FakeClock, signed_preferences
from consentgate.testing.watching import Sighting, watch_gates
from consentgate.wsgi import ConsentMiddleware
from tests.support.frameworks import Reply, Send, call_wsgi

SECRET = "for tests only, of 32 characters"
POLICY = Policy(
    cookies=[
        Cookie("session", category="necessary"),
        Cookie("strong", category="necessary", secure=True, http_only=True, same_site="Strict"),
        Cookie("visits", category="statistics", lifetime="1 day"),
        Cookie("counts", category="statistics", anonymous=True, lifetime="1 day"),
        Cookie("_fbp", category="marketing", lifetime="session"),
    ]
)
VALUES = [
    "session=1; Path=/",
    "strong=1",
    "visits=1; Max-Age=86400",
    "visits=; Max-Age=0",
    "counts=1; Max-Age=999999",
    "_fbp=1; Expires=Thu, 24 Dec 2099 15:59:59 GMT",
    "new=secret; Path=/shop; Partitioned",
    "new=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "=nameless",
    "a b=1",
    "cookies_preferences=planted",
]


def visit(values: list[str], *, path: str = "/a", **options: Any) -> Reply:
    """Visit a site that sets these cookies, as somebody who allowed statistics."""
    options = {"policy": POLICY, "secret_key": SECRET, "prefix": None, **options}

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Set-Cookie", value) for value in values])
        return [b"a page"]

    value = signed_preferences(POLICY, SECRET, "statistics")
    gated = ConsentMiddleware(app, **options)
    return call_wsgi(gated, Send(path=path, cookie=f"{POLICY.preferences_cookie}={value}"))


@pytest.fixture
def seen() -> Iterator[list[Sighting]]:
    """What is seen while a test runs."""
    sightings: list[Sighting] = []
    with watch_gates(sightings.append):
        yield sightings


@pytest.mark.parametrize("mode", ["enforce", "report", "block"])
@pytest.mark.parametrize("unknown", ["strip", "report"])
@pytest.mark.parametrize("clamp", [True, False])
def test_nothing_changes_on_the_wire(mode: str, unknown: str, clamp: bool) -> None:
    # Any: options are of many types
    options: dict[str, Any] = {"mode": mode, "unknown": unknown, "clamp": clamp}
    options["clock"] = FakeClock()
    before = [visit(VALUES, **options), *(visit([value], **options) for value in VALUES)]
    with watch_gates(lambda _: None):
        watched = [visit(VALUES, **options), *(visit([value], **options) for value in VALUES)]

    assert watched == before


def test_each_cookie_that_is_set_is_seen_without_its_value(seen: list[Sighting]) -> None:
    visit(VALUES)

    names = ["session", "strong", "visits", "counts", "_fbp", "new", "", "a b"]
    assert [one.seen.name for one in seen] == names
    assert "secret" not in repr(seen)


def test_what_breaks_the_policy_is_said(seen: list[Sighting]) -> None:
    visit(VALUES)

    assert {
        one.seen.name: [breach.reason.value for breach in one.breaches]
        for one in seen
        if one.breaches
    } == {
        "strong": ["CG121"],
        "counts": ["CG122"],
        "_fbp": ["CG122"],
        "new": ["CG110"],
        "": ["CG115"],
        "a b": ["CG110"],
    }


def test_where_and_for_how_long_is_seen(seen: list[Sighting]) -> None:
    visit(["new=1; Max-Age=60; Path=/shop; Domain=example.org; Partitioned"], path="/a\n\x00b")

    assert seen[0].where == "GET /a\\n\\x00b"
    assert seen[0].seen == ("new", timedelta(minutes=1), "/shop", "example.org", True)


def test_a_necessary_cookie_may_not_live_for_ever(seen: list[Sighting]) -> None:
    policy = Policy(cookies=[Cookie("session", category="necessary", lifetime="1 day")])
    visit([f"session=1; Max-Age={400 * 86_400}"], policy=policy)

    (breach,) = seen[0].breaches
    assert (breach.remedy, breach.paste) == ("Shorten it: set it for at most 1 day.", "")


def test_an_exempt_cookie_that_lives_longer_asks_nobody_again(seen: list[Sighting]) -> None:
    policy = Policy(cookies=[Cookie("session", category="necessary", lifetime="1 day")])
    visit(["session=1; Max-Age=172800"], policy=policy)

    (breach,) = seen[0].breaches
    assert breach.remedy == "Shorten it, or change its declaration to:"
    assert breach.paste == 'lifetime = "2 days"'


def test_an_expires_is_counted_from_the_date_of_the_response(seen: list[Sighting]) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        expires = "visits=1; Expires=Sat, 02 May 2026 12:00:00 GMT"
        date = ("Date", "Fri, 01 May 2026 00:00:00 GMT")
        start_response("200 OK", [date, ("Set-Cookie", expires)])
        return [b""]

    clock = FakeClock()
    clock.set(clock().replace(year=2026, month=5, day=2, hour=0, minute=0, second=0, microsecond=0))
    call_wsgi(ConsentMiddleware(app, policy=POLICY, secret_key=SECRET, clock=clock), Send(path="/"))

    assert [breach.reason.value for breach in seen[0].breaches] == ["CG122"]


def test_a_line_break_is_for_the_gate_to_report(seen: list[Sighting]) -> None:
    visit(["new=1\r\nSet-Cookie: other=1"])

    assert seen == []


def test_the_choice_that_an_inner_gate_wrote_is_the_library_s(seen: list[Sighting]) -> None:
    inner_policy = Policy(
        cookies=[Cookie("x", category="statistics")], preferences_cookie="inner_preferences"
    )

    def app(environ: Any, start_response: Any) -> Any:
        get_consent(environ).refuse()
        start_response("200 OK", [])
        return [b""]

    inner = ConsentMiddleware(app, policy=inner_policy, secret_key=SECRET, prefix=None)
    outer = ConsentMiddleware(inner, policy=POLICY, secret_key=SECRET, prefix=None)
    reply = call_wsgi(outer, Send(path="/"))

    assert reply.cookies[0].startswith("inner_preferences=")
    assert seen == []


def test_what_a_test_asks_a_gate_itself_is_not_seen(seen: list[Sighting]) -> None:
    Gate(POLICY, secret_key=SECRET).filter(["new=1"], Consent.undecided())

    assert seen == []


def test_each_gate_is_counted_and_afterwards_none_is_watched() -> None:
    made: list[str] = []
    with watch_gates(lambda _: None, made=lambda: made.append("a gate")):
        Gate(POLICY, secret_key=SECRET)
    Gate(POLICY, secret_key=SECRET)

    assert made == ["a gate"]
    assert Gate.judge_class is Judge
