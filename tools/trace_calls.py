"""Prints the way of two requests through the package, call by call, and how long it is.

    python tools/trace_calls.py             # this repository's package
    python tools/trace_calls.py OTHER       # the package in another folder

The first request's answer sets one tracker, which is stripped, beside a Cache-Control; the second
one is a visitor's choice. Both go through the ASGI middleware with default options, twice: the
second time is what is traced, when whatever is remembered is remembered.

A call is what `sys.setprofile` reports as one where the function's code belongs to the package:
frames of comprehensions and generators count, each time they are resumed, calls of C functions do
not. Modules are those of the calls. A hand-over is a call whose predecessor in the list was of
another module: there the reader turns a page.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "consentgate"

# Any: the values of scopes and messages are ASGI's, of many types.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

BROWSER = (
    (b"host", b"www.example.org"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (b"accept-language", b"fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3"),
    (b"sec-fetch-site", b"same-origin"),
)
FORM = (
    (b"origin", b"https://www.example.org"),
    (b"content-type", b"application/x-www-form-urlencoded"),
)
ANSWER = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"public, max-age=60"),
    (b"set-cookie", b"_ga=GA1.1.1736500000.1; Path=/; Max-Age=34560000"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call into the package, and how many of the package's frames were open already."""

    module: str
    function: str
    depth: int


@dataclass(frozen=True, slots=True)
class Journey:
    """A request to be traced, and the most calls and modules that its way may have."""

    title: str
    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    expected_status: int
    most_calls: int
    most_modules: int


JOURNEYS = (
    Journey(
        title="One stripped cookie beside a Cache-Control",
        method="GET",
        path="/datasets",
        headers=BROWSER,
        body=b"",
        expected_status=200,
        most_calls=45,
        most_modules=7,
    ),
    Journey(
        title="POST to /consent/",
        method="POST",
        path="/consent/",
        headers=(*BROWSER, *FORM),
        body=b"choice=accept&next=%2Fdatasets",
        expected_status=303,
        most_calls=90,
        most_modules=14,
    ),
)


def main() -> None:
    """Print every journey."""
    parser = argparse.ArgumentParser(description="Print the calls of two requests.")
    parser.add_argument("folder", nargs="?", default=str(ROOT), help="where the package is")
    sys.path.insert(0, parser.parse_args().folder)
    for journey in JOURNEYS:
        print_calls(journey, trace(journey))


def trace(journey: Journey) -> list[Call]:
    """Return the calls of the journey's second request. Raises SystemExit for a wrong answer."""
    app = behind_gate()
    send_request(app, journey)
    calls: list[Call] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and is_ours(frame):
            calls.append(Call(module_of(frame), frame.f_code.co_qualname, depth_of(frame)))

    sys.setprofile(note)
    try:
        sent = send_request(app, journey)
    finally:
        sys.setprofile(None)
    names = [
        value.partition(b"=")[0] for name, value in sent[0]["headers"] if name == b"set-cookie"
    ]
    if sent[0]["status"] != journey.expected_status or b"_ga" in names:
        raise SystemExit(f"{journey.title}: unexpected answer {sent[0]}")
    return calls


def behind_gate() -> App:
    """Return an application that sets one tracker, behind the gate with default options."""
    # Imported here, once the folder of the package is known.
    from consentgate import Controller, Cookie, Policy  # noqa: PLC0415
    from consentgate.asgi import ConsentMiddleware  # noqa: PLC0415

    logging.getLogger(PACKAGE).setLevel(logging.CRITICAL)
    tracker = Cookie(
        "_ga", category="statistics", provider="Example", purpose="Example.", lifetime="13 months"
    )
    policy = Policy(
        necessary=["session"],
        cookies=[tracker],
        controller=Controller("Example", contact="privacy@example.org"),
    )
    return ConsentMiddleware(
        answer, policy=policy, secret_key="for these traces only, 40 characters"
    )


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with JSON, and set the tracker."""
    await send({"type": "http.response.start", "status": 200, "headers": [*ANSWER]})
    await send({"type": "http.response.body", "body": b"{}"})


def send_request(app: App, journey: Journey) -> list[Message]:
    """Return the messages that the application answers the journey's request with."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": journey.body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "https",
        "root_path": "",
        "method": journey.method,
        "path": journey.path,
        "raw_path": journey.path.encode(),
        "query_string": b"",
        "headers": [*journey.headers],
    }
    try:
        app(scope, receive, send).send(None)
    except StopIteration:
        return sent
    raise SystemExit(f"{journey.title}: something waited")


def is_ours(frame: FrameType) -> bool:
    """Return whether the frame runs code of the package."""
    return module_of(frame).partition(".")[0] == PACKAGE


def module_of(frame: FrameType) -> str:
    """Return the name of the module whose code the frame runs."""
    return str(frame.f_globals.get("__name__", ""))


def depth_of(frame: FrameType) -> int:
    """Return how many of the callers are the package's."""
    depth = 0
    caller = frame.f_back
    while caller is not None:
        depth += is_ours(caller)
        caller = caller.f_back
    return depth


def print_calls(journey: Journey, calls: list[Call]) -> None:
    """Print the calls, indented by their depth, below their sums."""
    modules = {call.module for call in calls}
    handed_over = sum(before.module != after.module for before, after in pairwise(calls))
    is_short = len(calls) <= journey.most_calls and len(modules) <= journey.most_modules
    print(
        f"{journey.title}: {len(calls)} calls in {len(modules)} modules, {handed_over} hand-overs; "
        f"bar: {journey.most_calls} in {journey.most_modules}, "
        f"{'holds' if is_short else 'falls short'}"
    )
    for call in calls:
        print(f"  {'  ' * call.depth}{call.module.removeprefix(PACKAGE + '.')}.{call.function}")
    print()


if __name__ == "__main__":
    main()
