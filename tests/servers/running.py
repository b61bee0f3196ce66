"""All servers that a test run started: each one once, and asked all its cases once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from tests.servers import asgi_apps, wsgi_apps
from tests.servers.commands import ASGI_SERVERS, WSGI_SERVERS
from tests.servers.facts import FACTS
from tests.servers.processes import Running, launch, wait_until_ready
from tests.servers.raw_client import HANDSHAKE, LONGEST_ANSWER_S, PLAIN_HEADERS, exchange

Answers = Mapping[tuple[str, str], bytes]
"""What a server sent, by setup and case."""

AT_ONCE = 4  # fewer than the single-threaded ones let wait
SHORT_S = 0.5  # for cases after which a server is known to leave the connection open

_COMMANDS = {**WSGI_SERVERS, **ASGI_SERVERS}


class RunningServers:
    """Starts servers as they are asked for, and stops them all at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, Running] = {}
        self.answers = cache(self._answers)
        self.handshakes = cache(self._handshakes)

    def port(self, server: str) -> int:
        """The port on which the server listens; it is started where it was not yet."""
        if server not in self._running:
            running = launch(_COMMANDS[server], log=self._folder / f"{server}.log")
            self._running[server] = running
            wait_until_ready(running)
        return self._running[server].port

    def ask(
        self,
        server: str,
        setup: str,
        case: str,
        *,
        method: str = "GET",
        headers: str = PLAIN_HEADERS,
    ) -> bytes:
        """What the server answers to one case."""
        return exchange(
            self.port(server),
            f"/{setup}/{case}",
            method=method,
            headers=headers,
            patience_s=SHORT_S if case in FACTS[server].hangs else LONGEST_ANSWER_S,
        )

    def shake_hands(self, server: str, setup: str, case: str) -> bytes:
        """What the server answers to a websocket's handshake, with the first frame."""
        return exchange(self.port(server), f"/{setup}/{case}", headers=HANDSHAKE, until=b"hello")

    def post(self, server: str, case: str, *, setup: str = "gated") -> bytes:
        """What the server answers to an empty POST."""
        headers = f"{PLAIN_HEADERS}Content-Length: 0\r\n"
        return self.ask(server, setup, case, method="POST", headers=headers)

    def stop(self) -> None:
        """End all servers."""
        for running in self._running.values():
            running.stop()

    def _answers(self, server: str) -> Answers:
        apps = wsgi_apps if server in WSGI_SERVERS else asgi_apps
        return self._all(self.ask, server, apps.SETUPS, {**apps.CHANNELS, **apps.CURIOUS})

    def _handshakes(self, server: str) -> Answers:
        cases = {**asgi_apps.SOCKET_CHANNELS, **asgi_apps.CURIOUS_SOCKETS}
        return self._all(self.shake_hands, server, asgi_apps.SETUPS, cases)

    def _all(
        self,
        ask: Callable[[str, str, str], bytes],
        server: str,
        setups: Collection[str],
        cases: Collection[str],
    ) -> Answers:
        self.port(server)
        asked = [(setup, case) for setup in setups for case in cases]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            got = pool.map(lambda one: ask(server, *one), asked)
            return dict(zip(asked, got, strict=True))
