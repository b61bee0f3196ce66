"""What some reader could take for a cookie is hidden like one, and nothing of it is reported."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from consentgate import Cookie, Event, Policy
from consentgate.http.cookie_header import MOST_NAMES
from consentgate.wsgi import ConsentMiddleware

pytestmark = [pytest.mark.behaviour(10), pytest.mark.behaviour(25)]

POLICY = Policy(necessary=["session"], cookies=[Cookie("_ga", category="statistics")])


def seen_of(header: str, *, events: list[Event]) -> str:
    """The Cookie header that the application sees of this one, "" where there is none."""
    seen: list[str] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_COOKIE", ""))
        start_response("200 OK", [])
        return []

    middleware = ConsentMiddleware(
        application,
        policy=POLICY,
        secret_key="a secret of tests, 32 characters",
        on_event=events.append,
    )
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.url_scheme": "https"}
    list(middleware(environ | {"HTTP_COOKIE": header}, lambda *_: lambda _: None))
    return seen[0]


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("session=1 _ga=2; other=3", "other=3"),
        ("session=1,_ga=2", ""),
        ('other="1 _ga=2"', ""),
        ("session=1 session=2", "session=1 session=2"),
        ("session={a=1, b=2}", "session={a=1, b=2}"),
        ("other=1; _ga\xe3\x80\x80=2", "other=1"),
    ],
)
def test_a_pair_is_hidden_for_a_name_inside_it(header: str, seen: str) -> None:
    events: list[Event] = []

    assert seen_of(header, events=events) == seen
    assert {event.name for event in events} <= {"_ga", "other"}


@pytest.mark.behaviour(23)
def test_what_was_not_looked_at_is_hidden() -> None:
    header = "; ".join(["session=1"] * MOST_NAMES)

    assert seen_of(f"{header}; session=2", events=[]).rstrip("; ") == header
