"""What browsers report becomes one event for each host; nobody can make it more."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from consentgate import Event, Reason
from consentgate.asgi import ConsentMiddleware
from tests.csp.responses import POLICY
from tests.support.exchange import Clock
from tests.support.frameworks import (
    ALL,
    BARE,
    Exchange,
    Reply,
    Send,
    asgi_app,
    call_asgi,
    options_of,
)

URI = "application/csp-report"
API = "application/reports+json"
PAGE = "https://www.example.org/page?q=secret"


def of_uri(
    blocked: Any, document: Any = "https://www.example.org/page?q=secret", **more: Any
) -> str:
    """The body of a report to a report-uri."""
    report = {"blocked-uri": blocked, "document-uri": document}
    return json.dumps({"csp-report": {**report, "effective-directive": "script-src-elem", **more}})


def of_api(*blocked: str, kind: str = "csp-violation") -> str:
    """The body of reports of the Reporting API."""
    body = {"documentURL": PAGE, "effectiveDirective": "img-src"}
    return json.dumps([{"type": kind, "body": {**body, "blockedURL": one}} for one in blocked])


def send(body: str, media_type: str = URI, method: str = "POST") -> Send:
    """The request of a browser that reports."""
    headers = (("Content-Type", media_type),)
    return Send(method, path="/consent/report", headers=headers, parts=(body.encode(),))


def report(body: str, media_type: str = URI, **options: Any) -> tuple[Reply, list[Event]]:
    """The answer to one report, and what became of it."""
    events: list[Event] = []
    given = {"policy": POLICY, "csp": "enforce", "on_event": events.append, **options}
    return BARE["asgi"](send(body, media_type), **given), events


@pytest.mark.parametrize("exchange", ALL.values(), ids=ALL)
@pytest.mark.parametrize(
    ("body", "media_type", "directive"),
    [
        (of_uri("https://x.example/a.js?id=1"), URI, "script-src"),
        (of_api("https://x.example/a.png?id=1"), API, "img-src"),
    ],
    ids=["report-uri", "report-to"],
)
def test_a_report_of_an_undeclared_host_is_an_event(
    exchange: Exchange, body: str, media_type: str, directive: str
) -> None:
    events: list[Event] = []

    reply = exchange(
        send(body, media_type), policy=POLICY, csp="report-only", on_event=events.append
    )

    assert (reply.status, reply.body) == (204, b"")
    (event,) = events
    assert (event.reason, event.name, event.path) == (Reason.HOST_UNDECLARED, "x.example", "/page")
    assert event.detail == directive


def test_a_host_that_is_declared_is_told_apart() -> None:
    _, events = report(of_uri("wss://shop.ads.example"))

    (event,) = events
    assert (event.reason, event.pattern, event.category) == (
        Reason.HOST_NOT_ALLOWED,
        "_fbp",
        "marketing",
    )


def test_nothing_of_a_query_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    _, events = report(of_uri("https://x.example/a.js?id=42secret", "https://a/b?c=42secret"))

    assert "42secret" not in f"{events} {caplog.text}"
    assert "x.example" in caplog.text
    assert "(path /b)" in caplog.text


def test_a_directive_that_is_made_up_is_not_kept() -> None:
    _, events = report(of_uri("https://x.example", **{"effective-directive": "<script>"}))

    assert events[0].detail == ""


def test_older_browsers_name_the_directive_otherwise() -> None:
    more = {"effective-directive": None, "violated-directive": "font-src 'self'"}
    _, events = report(of_uri("https://x.example", **more))

    assert events[0].detail == "font-src"


@pytest.mark.parametrize(
    "blocked", ["inline", "eval", "data", "", 3, None, "https://www.example.org/to"]
)
def test_what_is_no_host_is_no_event(blocked: Any) -> None:
    reply, events = report(of_uri(blocked))

    assert (reply.status, events) == (204, [])


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", "1", '{"csp-report": 1}', of_uri("https://x.example", "http://[x")],
)
def test_another_document_is_no_event(body: str) -> None:
    assert report(body)[1] == []


@pytest.mark.parametrize("body", ["{}", "[1]", '[{"body": 1}]', of_api("https://x", kind="crash")])
def test_another_report_of_the_api_is_no_event(body: str) -> None:
    assert report(body, API)[1] == []


@pytest.mark.parametrize("media_type", ["", "application/json", "text/plain"])
def test_another_type_is_refused(media_type: str) -> None:
    assert report(of_uri("https://x.example"), media_type)[0].status == 415


@pytest.mark.parametrize("body", ["", "{", "\xff", "[" * 5000])
def test_what_is_no_json_is_refused(body: str) -> None:
    assert report(body)[0].status == 400


def test_a_long_body_is_refused() -> None:
    assert report(of_uri("https://x.example/" + "a" * 9000))[0].status == 413


def test_a_get_is_refused() -> None:
    reply = BARE["asgi"](Send(path="/consent/report"), policy=POLICY, csp="enforce")

    assert reply.status == 405


def test_without_a_policy_of_the_gate_there_is_no_such_page() -> None:
    assert report(of_uri("https://x.example"), csp="off")[0].status == 404


class Flood:
    """One gate, to which many reports are sent."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.clock = Clock()
        options = {"policy": POLICY, "csp": "enforce", "on_event": self.events.append}
        self._app = ConsentMiddleware(asgi_app, **options_of({**options, "clock": self.clock}))

    def send(self, *bodies: str, media_type: str = URI) -> set[int]:
        return {call_asgi(self._app, send(body, media_type)).status for body in bodies}


def test_a_host_is_reported_once() -> None:
    flood = Flood()

    flood.send(*[of_uri(f"https://x.example/{n}", f"https://a/{n}") for n in range(9)])

    assert [event.path for event in flood.events] == ["/0"]


def test_few_reports_a_minute_are_read() -> None:
    flood = Flood()

    assert flood.send(*[of_uri(f"https://x{n}.example") for n in range(99)]) == {204}

    assert len(flood.events) == 60
    flood.clock.now += timedelta(minutes=1)
    flood.send(of_uri("https://later.example"))
    assert flood.events[-1].name == "later.example"


def test_no_number_of_made_up_hosts_is_reported_without_end() -> None:
    flood = Flood()

    for minute in range(30):
        hosts = [f"https://x{minute}-{n}.example" for n in range(30)]
        flood.send(of_api(*hosts), media_type=API)
        flood.clock.now += timedelta(minutes=1)

    assert len(flood.events) == 200
