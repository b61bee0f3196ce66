"""No log, event or error holds what is private, whatever happens behind either middleware."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from consentgate import Event, get_consent
from consentgate.gate.settings import Request
from tests.support.exchange import SECRET, Ask
from tests.support.minimal_servers import (
    App,
    answerer,
    asgi_gate,
    cookies,
    http_scope,
    serve,
    set_cookies,
    start,
    talk,
    wsgi_gate,
)

PRIVATE = "confidential"
COOKIE = "; ".join(
    [
        f"session={PRIVATE}",
        f"_ga={PRIVATE}",
        f"other={PRIVATE}",
        f"cookies_preferences={PRIVATE}",
        f"cookies_preferences={PRIVATE}.{'A' * 43}",
    ]
)
VALUES = (
    f"session={PRIVATE}",
    f"_ga={PRIVATE}; Path=/{PRIVATE}",
    f"_ga={PRIVATE}; Max-Age=0",
    f"new={PRIVATE}",
    f"={PRIVATE}",
    f"cookies_preferences={PRIVATE}",
    f"session={PRIVATE}\r\nSet-Cookie: _ga={PRIVATE}",
)


def failing(request: Request) -> Any:
    raise RuntimeError(PRIVATE)


def run_asgi(events: list[Event], **options: Any) -> None:
    async def app(scope: Any, receive: App, send: App) -> None:
        get_consent(scope).grant("marketing")
        await send(start((b"x-a", PRIVATE.encode()), *cookies(*VALUES)))

    facts = {"method": "POST", "query_string": PRIVATE.encode()}
    talk(asgi_gate(app, events, **options), http_scope(COOKIE, **facts))


def run_wsgi(events: list[Event], **options: Any) -> None:
    def app(environ: Any, start_response: App) -> list[bytes]:
        get_consent(environ).grant("marketing")
        headers = [("X-A", f"{PRIVATE}\n"), *set_cookies(*VALUES)]
        start_response(f"200 {PRIVATE}\n", headers)
        return []

    ask = Ask(cookie=COOKIE, method="POST")
    serve(wsgi_gate(app, events, **options), ask, QUERY_STRING=PRIVATE)


@pytest.mark.behaviour(1)
@pytest.mark.behaviour(20)
@pytest.mark.parametrize("run", [run_asgi, run_wsgi])
@pytest.mark.parametrize("hide_cookies", ["off", "refused", "undeclared"])
@pytest.mark.parametrize("mode", ["enforce", "report", "block"])
def test_no_value_no_query_and_no_key_is_told(
    run: Any, mode: str, hide_cookies: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []

    run(events, mode=mode, hide_cookies=hide_cookies, required=failing)

    told = caplog.text + repr(events) + repr([record.__dict__ for record in caplog.records])
    assert len(events) > 5
    assert PRIVATE not in told
    assert SECRET not in told


@pytest.mark.behaviour(20)
def test_each_name_and_reason_is_logged_once_however_many_visits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gated = wsgi_gate(answerer(*set_cookies("_ga=1", "new=2", "nameless")), on_event=None)
    caplog.clear()
    caplog.set_level(logging.DEBUG)

    for _ in range(5):
        serve(gated, Ask(cookie="_ga=1; other=2"))

    told = [(record.getMessage()[:5], record.levelname) for record in caplog.records]
    assert told == [
        ("CG111", "INFO"),
        ("CG125", "INFO"),
        ("CG110", "WARNING"),
        ("CG115", "WARNING"),
    ]
