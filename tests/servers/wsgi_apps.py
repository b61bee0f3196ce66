"""The WSGI application that the servers run: one path for each way to send a tracker.

`/bare/...` runs it as it is and `/gated/...` behind the gate.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from consentgate import get_consent
from consentgate.wsgi import ConsentMiddleware
from tests.servers.cases import (
    CONTENT,
    OTHER_TRACKER,
    PLAIN,
    POLICY,
    SECRET,
    SESSION,
    STATUSES,
    TRACKER,
    TWISTED,
)

# Any: an environ holds whatever a server puts there, and start_response is the server's own.
Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]

HEAD = [CONTENT, ("Set-Cookie", SESSION)]


def with_length(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [*headers, ("Content-Length", "5")]


def send_head(headers: Iterable[tuple[str, str]], *, status: str = "200 OK") -> App:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(status, with_length(headers))
        return [b"hello"]

    return app


def append_after_start(environ: Environ, start_response: Any) -> Iterable[bytes]:
    headers = with_length(HEAD)
    start_response("200 OK", headers)
    headers.append(("Set-Cookie", TRACKER))
    return [b"hello"]


def append_in_generator(environ: Environ, start_response: Any) -> Iterator[bytes]:
    headers = with_length(HEAD)
    start_response("200 OK", headers)
    headers[1] = ("Set-Cookie", TRACKER)
    yield b""
    headers.append(("Set-Cookie", TRACKER))
    yield b"hello"


def append_before_write(environ: Environ, start_response: Any) -> Iterable[bytes]:
    headers = with_length(HEAD)
    write = start_response("200 OK", headers)
    headers.append(("Set-Cookie", TRACKER))
    write(b"hello")
    return []


def start_again(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [CONTENT])
    try:
        raise RuntimeError("after the first start")
    except RuntimeError:
        head = with_length([*HEAD, ("Set-Cookie", TRACKER)])
        start_response("500 Sorry", head, sys.exc_info())
    return [b"sorry"]


def start_tracking_then_again(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [*HEAD, ("Set-Cookie", TRACKER)])
    try:
        raise RuntimeError("after the first start")
    except RuntimeError:
        start_response("500 Sorry", with_length(HEAD), sys.exc_info())
    return [b"sorry"]


def write_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    write = start_response("200 OK", with_length([*HEAD, ("Set-Cookie", TRACKER)]))
    write(b"hel")
    return [b"lo"]


def start_late(environ: Environ, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", with_length([*HEAD, ("Set-Cookie", TRACKER)]))
    yield b"hello"


class StartInNext:
    """A body that starts its response when it is first asked for a chunk."""

    def __init__(self, environ: Environ, start_response: Any) -> None:
        self._start_response = start_response
        self._chunks = iter([b"hel", b"lo"])

    def __iter__(self) -> Iterator[bytes]:
        self._start_response("200 OK", with_length([*HEAD, ("Set-Cookie", TRACKER)]))
        return self._chunks


def stream(environ: Environ, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [*HEAD, ("Set-Cookie", TRACKER)])
    for _ in range(50):
        yield b"chunk"


def send_without_body(status: str) -> App:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(status, [("Set-Cookie", SESSION), ("Set-Cookie", TRACKER)])
        return []

    return app


def send_file(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [*HEAD, ("Set-Cookie", TRACKER)])
    wrap = environ.get("wsgi.file_wrapper", iter)
    body: Iterable[bytes] = wrap(Path(__file__).open("rb"))  # noqa: SIM115 (the server closes it)
    return body


def fail_before_body(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [*HEAD, ("Set-Cookie", TRACKER)])
    raise RuntimeError("before the body")


def fail_in_body(environ: Environ, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [*HEAD, ("Set-Cookie", TRACKER)])
    yield b"hello"
    raise RuntimeError("in the body")


def grant(environ: Environ, start_response: Any) -> Iterable[bytes]:
    get_consent(environ).grant("statistics")
    cookies = [("Set-Cookie", TRACKER), ("Set-Cookie", OTHER_TRACKER)]
    start_response("200 OK", with_length([*HEAD, *cookies]))
    return [b"hello"]


def refuse(environ: Environ, start_response: Any) -> Iterable[bytes]:
    get_consent(environ).refuse()
    return send_head([*HEAD, ("Set-Cookie", TRACKER)])(environ, start_response)


def grant_and_fail(environ: Environ, start_response: Any) -> Iterable[bytes]:
    get_consent(environ).grant("statistics")
    raise RuntimeError("after the grant")


def grant_and_start_again(environ: Environ, start_response: Any) -> Iterable[bytes]:
    grant(environ, start_response)
    try:
        raise RuntimeError("after the grant")
    except RuntimeError:
        head = with_length([*HEAD, ("Set-Cookie", OTHER_TRACKER)])
        start_response("500 Sorry", head, sys.exc_info())
    return [b"sorry"]


# Each sends the tracker when nothing holds it back.
CHANNELS: dict[str, App] = {
    **{key: send_head(headers) for key, headers in PLAIN.items()},
    "start-again": start_again,
    "write": write_body,
    "start-in-generator": start_late,
    "start-in-iter": StartInNext,
    "stream": stream,
    "file": send_file,
    "no-content": send_without_body("204 No Content"),
    "not-modified": send_without_body("304 Not Modified"),
    "redirect": send_without_body("302 Found"),
    "fail-in-body": fail_in_body,
}

# What comes out of each depends on the server.
CURIOUS: dict[str, App] = {
    **{key: send_head(headers) for key, headers in TWISTED.items()},
    **{key: send_head(HEAD, status=status) for key, status in STATUSES.items()},
    "append-after-start": append_after_start,
    "append-in-generator": append_in_generator,
    "append-before-write": append_before_write,
    "start-tracking-then-again": start_tracking_then_again,
    "fail-before-body": fail_before_body,
}

CHOICES: dict[str, App] = {
    "grant": grant,
    "refuse": refuse,
    "grant-and-fail": grant_and_fail,
    "grant-and-start-again": grant_and_start_again,
}

APPS = {"ready": send_head([CONTENT]), **CHANNELS, **CURIOUS, **CHOICES}


def run_case(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Run the case that the path names."""
    return APPS[environ["PATH_INFO"].rpartition("/")[2]](environ, start_response)


SETUPS: dict[str, App] = {
    "bare": run_case,
    "gated": ConsentMiddleware(run_case, policy=POLICY, secret_key=SECRET),
}


def application(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Run the case in the setup that the path's first part names."""
    return SETUPS[environ["PATH_INFO"].split("/")[1]](environ, start_response)
