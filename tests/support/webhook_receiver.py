"""A server that takes what webhooks send."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """A server that runs inside `with`. It answers with `statuses`, one after another, then 204."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.statuses: list[int] = []
        self.on_request: Callable[[], object] = lambda: None
        self._news = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook?site=1"

    def wait_for(self, number: int) -> list[Request]:
        """Wait until that many requests came."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.requests) >= number, timeout=20)
            return list(self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, request: Request) -> int:
        with self._news:
            self.requests.append(request)
            self._news.notify_all()
            self.on_request()
            return self.statuses.pop(0) if self.statuses else 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(take(Request(self.command, self.path, dict(self.headers), body)))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep the tests' output clean."""

        return Handler
