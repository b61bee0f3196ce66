"""The rows about a real server: uvicorn on loopback, and a client of raw sockets that keeps it
busy with a bounded number of requests."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from benchmarks import traffic
from benchmarks.rows import Bar, Bound, Measured, Row
from benchmarks.timing import Effort
from benchmarks.traffic import browser_cookie, browser_request
from benchmarks.truth import Outcome, check_outcome, cookie_names

CONNECTIONS = 8  # while one answer is read, the server has the next requests waiting
REQUESTS = 50  # on each connection, per round
SHARE = 5  # rounds are long here
THREE = Outcome(sets=("session", "_pk_id.1.1fff"))


def throughput_rows() -> list[Row]:
    """What is left of a bare application's throughput, and how much more that is than S's."""
    at_least = Bound.AT_LEAST
    return [
        _row(
            "bare app",
            "gate",
            bars=(Bar("bare", 0.85, at_least), Bar("SessionMiddleware", 1.6, at_least)),
        ),
        _row("bare app, hiding on", "gate, hiding on", bars=(Bar("bare", 0.85, at_least),)),
        _row(
            "a framework's page",
            "page behind the gate",
            bars=(Bar("page", 0.93, at_least, aim=0.95),),
        ),
    ]


def _row(title: str, subject: str, *, bars: tuple[Bar, ...]) -> Row:
    title = f"uvicorn, 3 set, 1 stripped: {title}"
    others = [bar.over for bar in bars]

    def check() -> None:
        with Server(subject) as server:
            check_outcome(title, expected=THREE, got=Outcome(sets=server.sets))

    def measure(effort: Effort) -> Measured:
        with ExitStack() as stack:
            servers = {name: stack.enter_context(Server(name)) for name in [subject, *others]}
            rounds = [_time_round(servers, turn) for turn in range(max(1, effort.rounds // SHARE))]
        subject_spent = [spent[subject] for spent in rounds]
        return Measured(
            statistics.median(spent[subject] - spent[others[0]] for spent in rounds),
            {
                name: statistics.median(
                    spent[name] / mine for spent, mine in zip(rounds, subject_spent, strict=True)
                )
                for name in others
            },
        )

    return Row(title=title, bars=bars, check=check, measure=measure)


class Server:
    """A uvicorn process and the connections to it; `sets` are the names that its answer sets."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> Self:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            self._process = _start(self._name, listening)
        self._connections = [
            socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(CONNECTIONS)
        ]
        first = [self._ask_once(connection) for connection in self._connections]
        self.sets = _names_set(first[0])
        self._length = len(first[0])
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()
        self._process.terminate()
        self._process.wait(timeout=30)

    def answer_ns(self) -> float:
        """The nanoseconds that one answer took, over one round of requests."""
        started = time.perf_counter_ns()
        for connection in self._connections:
            connection.sendall(REQUEST)
        for _ in range(REQUESTS - 1):
            for connection in self._connections:
                _read(connection, self._length)
                connection.sendall(REQUEST)
        for connection in self._connections:
            _read(connection, self._length)
        return (time.perf_counter_ns() - started) / (REQUESTS * CONNECTIONS)

    def _ask_once(self, connection: socket.socket) -> bytes:
        connection.sendall(REQUEST)
        answer = b""
        while not _is_whole(answer):
            answer += connection.recv(65536)
        return answer


def _start(name: str, listening: socket.socket) -> subprocess.Popen[bytes]:
    fd = str(listening.fileno())
    command = [sys.executable, "-m", "benchmarks.server", name, "--fd", fd]
    return subprocess.Popen(
        command, pass_fds=[listening.fileno()], cwd=Path(__file__).resolve().parent.parent
    )


def _time_round(servers: dict[str, Server], turn: int) -> dict[str, float]:
    names = list(servers)
    shift = turn % len(names)
    return {name: servers[name].answer_ns() for name in [*names[shift:], *names[:shift]]}


def _read(connection: socket.socket, length: int) -> None:
    while length > 0:
        got = len(connection.recv(length))
        if not got:
            raise ConnectionError("the server closed the connection")
        length -= got


def _is_whole(answer: bytes) -> bool:
    head, blank_line, body = answer.partition(b"\r\n\r\n")
    if not blank_line:
        return False
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    return len(body) >= lengths[0]


def _names_set(answer: bytes) -> tuple[str, ...]:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    lines = [line.partition(": ") for line in head.split("\r\n")[1:]]
    return cookie_names((name, value) for name, _, value in lines)


def _request() -> bytes:
    lines = browser_request(browser_cookie(traffic.MARKETING_UNDECIDED)).as_bytes()
    head = [b"GET /datasets?page=3 HTTP/1.1", *(name + b": " + value for name, value in lines)]
    return b"\r\n".join([*head, b"", b""])


REQUEST = _request()
