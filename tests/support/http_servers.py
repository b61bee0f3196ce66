"""Serves an application over real HTTP on a free loopback port, and visits it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import uvicorn
from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"
LONGEST_END_S = 5  # what is unanswered then is cut short
LOOK_S = 0.01  # how often Werkzeug's server looks whether it is to end


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


# Any: applications are as untyped as their frameworks' servers take them.
@contextmanager
def serve_asgi(
    app: Any, *, lifespan: str = "off", ws: str = "none", certificate: Path | None = None
) -> Iterator[str]:
    """The address under which uvicorn serves the application, until the block ends; over https with
    a file of a certificate and its key."""
    with socket.create_server((HOST, 0)) as listening:
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan=lifespan,  # type: ignore[arg-type]
            ws=ws,
            timeout_graceful_shutdown=LONGEST_END_S,
            ssl_certfile=certificate,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            scheme = "http" if certificate is None else "https"
            yield f"{scheme}://{HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serve_wsgi(app: Any) -> Iterator[str]:
    """The address under which Werkzeug serves the application, until the block ends."""
    server = make_server(HOST, 0, app, threaded=True, request_handler=_QuietHandler)
    thread = Thread(target=server.serve_forever, args=[LOOK_S], daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


BY_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
"""What a browser says to every server that it wants."""


@contextmanager
def visit(address: str) -> Iterator[httpx.Client]:
    """A browser without any cookie in front of the site; it follows redirects."""
    # A busy machine may take longer than a browser's user would wait.
    with httpx.Client(
        base_url=address,
        trust_env=False,
        verify=False,  # over plain HTTP; to read all authorities takes longer than a visit
        follow_redirects=True,
        timeout=60,
        headers=BY_BROWSER,
    ) as browser:
        yield browser


def names_set(response: httpx.Response) -> list[str]:
    """The names of the cookies set on the way to this response, redirects included."""
    answers = [*response.history, response]
    values = [value for one in answers for value in one.headers.get_list("set-cookie")]
    return [value.partition("=")[0] for value in values]
