"""Serves one application of the throughput rows with uvicorn, on a socket that is open already."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from benchmarks import traffic
from benchmarks.asgi import App, Exchange, Receive, Send, gated
from benchmarks.surroundings import quiet_logs, stay_on_first_processor

THREE = (traffic.SET_SESSION, traffic.SET_STATISTICS, traffic.SET_MARKETING)
HTML = "<!doctype html><title>Datasets</title><h1>Datasets</h1>" + "<p>A row of the list.</p>" * 600

PATIENCE_S = 60  # a connection waits for its turn while the other servers answer


async def bare(scope: Exchange, receive: Receive, send: Send) -> None:
    """A bare application: three cookies and five bytes."""
    headers = traffic.page(*THREE).as_bytes()
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


async def show_page(request: Request) -> HTMLResponse:
    """A framework's page, with the same three cookies."""
    response = HTMLResponse(HTML.replace("Datasets", request.cookies.get("language", "en")))
    for text in THREE:
        response.headers.append("set-cookie", text)
    return response


def framework() -> App:
    """A Starlette application with one route."""
    return Starlette(routes=[Route("/datasets", show_page)])


APPLICATIONS: dict[str, Callable[[], App]] = {
    "bare": lambda: bare,
    "gate": lambda: gated(bare, hide_cookies="off"),
    "gate, hiding on": lambda: gated(bare, hide_cookies="refused"),
    "SessionMiddleware": lambda: SessionMiddleware(bare, traffic.SECRET),
    "page": framework,
    "page behind the gate": lambda: gated(framework(), hide_cookies="off"),
}


def main() -> None:
    """Serve until the parent ends this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=APPLICATIONS)
    parser.add_argument("--fd", type=int, required=True)
    options = parser.parse_args()
    stay_on_first_processor()
    quiet_logs()
    config = uvicorn.Config(
        APPLICATIONS[options.name](),
        log_level="error",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=PATIENCE_S,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=options.fd)])


if __name__ == "__main__":
    main()
