"""Several processes of two servers share one store of records, and their keys."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from consentgate.records.opening import open_store
from tests.servers.processes import Running, launch, wait_until_ready
from tests.servers.recorded_site import KEYS, STORE
from tests.support.records import check_store

pytestmark = [pytest.mark.servers, pytest.mark.slow]

COMMANDS = (
    (
        *("{python}", "-m", "gunicorn", "--workers=4", "--threads=2", "--log-level=error"),
        *("--bind=127.0.0.1:{port}", "tests.servers.recorded_site:make_wsgi()"),
    ),
    (
        *("{python}", "-m", "uvicorn", "--workers=2", "--log-level=error", "--factory"),
        *(
            "--timeout-graceful-shutdown=3",
            "--port={port}",
            "tests.servers.recorded_site:make_asgi",
        ),
    ),
)
OLD, NEW = "the old key, for tests only ....", "the new key, for tests only ...."
VISITORS = 24
IN_A_ROW = 40  # answers by which all processes of a server are known to have a key
LONGEST_S = 60


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of keys, and the store's address in the environment."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps([OLD]))
    monkeypatch.setenv(KEYS, str(path))
    monkeypatch.setenv(STORE, f"sqlite:///{tmp_path / 'consent.db'}")
    return path


@pytest.fixture
def servers(keys: Path, tmp_path: Path) -> Iterator[list[Running]]:
    """gunicorn with four workers, and uvicorn with two."""
    running = [
        launch(command, log=tmp_path / f"{number}.log") for number, command in enumerate(COMMANDS)
    ]
    try:
        for one in running:
            wait_until_ready(one)
        yield running
    finally:
        for one in running:
            one.stop()


def ask(server: Running, path: str, *, cookie: str = "", form: str = "") -> httpx.Response:
    """The answer to one request on a connection of its own, so that any process may take it."""
    headers = {"cookie": cookie, "sec-fetch-site": "same-origin", "connection": "close"}
    content = None
    if form:
        content, headers["content-type"] = form, "application/x-www-form-urlencoded"
    url = f"http://127.0.0.1:{server.port}{path}"
    method = "POST" if form else "GET"
    # A server that replaces its processes lets connections wait until the new ones have started.
    # Over plain HTTP no certificate is verified; to read all authorities takes longer than to ask.
    return httpx.request(
        method, url, headers=headers, content=content, timeout=LONGEST_S, verify=False
    )


def choice_of(answer: httpx.Response) -> str:
    """The choice that an answer stores, as a browser sends it back."""
    (value,) = [
        value
        for value in answer.headers.get_list("set-cookie")
        if value.startswith("cookies_preferences=")
    ]
    return value.partition(";")[0]


def holds(server: Running, cookie: str) -> bool:
    """Whether a choice counts at a server."""
    state = ask(server, "/consent/state", cookie=cookie).json()
    return bool(state["categories"]["statistics"] == "granted")


def start_anew(server: Running, *, key: str) -> None:
    """Have a server replace its processes, one after another, until all sign with this key."""
    os.kill(server.process.pid, signal.SIGHUP)
    deadline, found = time.monotonic() + LONGEST_S, 0
    while found < IN_A_ROW:
        assert time.monotonic() < deadline, server.log.read_text()
        found = found + 1 if ask(server, "/").text == key else 0


def test_no_record_and_no_choice_is_lost_while_keys_are_changed(
    servers: list[Running], keys: Path
) -> None:
    with ThreadPoolExecutor(8) as pool:
        accepted = pool.map(
            lambda n: ask(servers[n % 2], "/consent/", form="choice=accept"), range(VISITORS)
        )
        choices = [choice_of(answer) for answer in accepted]
        is_over, lost = Event(), list[str]()

        def visit() -> None:
            for n in iter(lambda: -1 if is_over.is_set() else time.monotonic_ns(), -1):
                cookie = choices[n % VISITORS]
                lost.extend([] if holds(servers[n % 2], cookie) else [cookie])

        visiting = pool.submit(visit)
        # First all know the new key, then it signs: no process meets a choice that it can't read.
        for known in ([OLD, NEW], [NEW, OLD]):
            keys.write_text(json.dumps(known))
            for server in servers:
                start_anew(server, key=known[0])
        is_over.set()
        visiting.result()
    later = [choice_of(ask(server, "/consent/", form="choice=accept")) for server in servers]

    assert lost == []
    assert all(holds(server, cookie) for server in servers for cookie in [*choices, *later])
    assert set(choices).isdisjoint(later)
    assert check_store(open_store(os.environ[STORE])) == VISITORS + len(servers)
