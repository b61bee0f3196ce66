"""Real servers in threads of this process, for the demonstration and its check."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from starlette.types import ASGIApp

HOST = "127.0.0.1"  # loopback only: a demonstration is not for the network
LONGEST_END_S = 5  # what is unanswered then is cut short


class QuietHandler(WSGIRequestHandler):
    """Werkzeug's request handler, without a log line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serve_asgi(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Serve the application with uvicorn until the block ends, and yield its address."""
    with socket.create_server((HOST, port)) as listening:
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=LONGEST_END_S,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serve_wsgi(app: WSGIApplication, *, port: int = 0) -> Iterator[str]:
    """Serve the application with Werkzeug until the block ends, and yield its address."""
    server = make_server(HOST, port, app, threaded=True, request_handler=QuietHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
