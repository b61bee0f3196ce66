"""Other headers than Set-Cookie by which browsers keep something are judged in every message."""

from __future__ import annotations

from typing import Any

import pytest

from consentgate import Event, Reason
from tests.support.exchange import HTML
from tests.support.minimal_servers import (
    BODY,
    MESSAGES_WITH_HEADERS,
    App,
    Scope,
    answerer,
    asgi_gate,
    sender,
    serve,
    start,
    talk,
    wsgi_gate,
)

pytestmark = pytest.mark.law(38)

# One that goes, in a spelling that lenient servers send, and one that stays.
GOES, STAYS = ("observe-browsing-topics ", "?1"), ("x-frame-options", "DENY")
RAW = [(name.encode(), value.encode()) for name, value in (GOES, STAYS)]
LEFT = "observe-browsing-topics"


@pytest.mark.parametrize(("kind", "scope"), MESSAGES_WITH_HEADERS)
def test_under_asgi_in_each_message_that_has_headers(kind: str, scope: Scope) -> None:
    message = {"type": kind, "headers": list(RAW), "status": 200, "path": "/x"}

    [sent] = talk(asgi_gate(sender(message)), dict(scope))

    names = [name for name, _ in sent["headers"]]
    assert b"x-frame-options" in names
    assert RAW[0][0] not in names


def test_under_wsgi_in_the_response_and_in_early_hints() -> None:
    hints: list[Any] = []

    def app(environ: Any, start_response: App) -> list[bytes]:
        environ["wsgi.early_hints"]([GOES, STAYS])
        start_response("200 OK", [HTML, ("Observe-Browsing-Topics", "?1")])
        return []

    facts: dict[str, Any] = {"wsgi.early_hints": hints.extend}
    server = serve(wsgi_gate(app), **facts)

    assert hints == [STAYS]
    assert LEFT not in [name.lower() for name, _ in server.headers]


def test_in_block_mode_the_response_stays() -> None:
    events: list[Event] = []
    app = answerer(HTML, ("Observe-Browsing-Topics", "?1"))
    raw = talk(asgi_gate(sender(start(*RAW), BODY), events, mode="block"))

    assert raw[0]["status"] == 500
    assert b"CG180 observe-browsing-topics" in raw[1]["body"]
    assert serve(wsgi_gate(app, mode="block")).status == "500 Internal Server Error"
    assert [event.reason for event in events] == [Reason.HEADER_UNDECLARED]
