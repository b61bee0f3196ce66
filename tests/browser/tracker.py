"""A tracker on hosts of its own: it answers whatever is asked for and keeps a log of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.support.waiting import wait_until

STATISTICS = "stats.localhost"
ADVERTS = "ads.localhost"

LONGEST_WAIT_S = 20.0

_SCRIPT = b"globalThis.tracked = true;"
_TYPES = {
    "js": ("text/javascript", _SCRIPT),
    "css": ("text/css", b"b { color: red }"),
    "html": ("text/html", b"<p>tracker"),
    "svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'),
    "events": ("text/event-stream", b"data: 1\n\n"),
}


class Tracker:
    """What was asked for, by host; `connections` counts those that were opened, `datagrams` what
    else arrived at the port."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.connections = 0
        self.datagrams = 0
        self.port = 0

    def paths(self, host: str) -> set[str]:
        """The paths that a host was asked for."""
        return {path for asked, path in self.requests if asked == host}

    def forget(self) -> None:
        """Begin a new log."""
        self.requests.clear()
        self.connections = self.datagrams = 0

    def wait_for(self, host: str, paths: set[str]) -> set[str]:
        """Return those of the paths that were not asked for, once all were or time is over."""
        ends_s = time.monotonic() + LONGEST_WAIT_S
        wait_until(lambda: paths <= self.paths(host) or time.monotonic() > ends_s)
        return paths - self.paths(host)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tracker: Tracker) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tracker = tracker

    def get_request(self) -> Any:
        """Accept a connection, and count it."""
        accepted = super().get_request()
        self.tracker.connections += 1
        return accepted

    def handle_error(self, *_: Any) -> None:
        """Say nothing: browsers close connections as they like."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self._answer()

    def _answer(self) -> None:
        host = self.headers["Host"].partition(":")[0]
        path = self.path.partition("?")[0]
        self.server.tracker.requests.append((host, path))
        media_type, body = _TYPES.get(path.rpartition(".")[2], ("text/plain", b"tracked"))
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", self.headers["Origin"] or "*")
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Set-Cookie", "tracker=1; SameSite=None; Secure")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Write nothing."""


def _count(tracker: Tracker, datagrams: socket.socket) -> None:
    with datagrams:
        while datagrams.recv(2048):
            tracker.datagrams += 1


@contextmanager
def run_tracker() -> Iterator[Tracker]:
    """A tracker at work, until the block ends."""
    tracker = Tracker()
    server = _Server(tracker)
    tracker.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(server.server_address)
    Thread(target=_count, args=(tracker, datagrams), daemon=True).start()
    try:
        yield tracker
    finally:
        datagrams.sendto(b"", datagrams.getsockname())
        server.shutdown()
        server.server_close()
        thread.join()
