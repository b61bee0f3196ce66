"""The example portal under a real server, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import end

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "examples" / "portal"
STARTUP_S = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def run_portal(server: str, folder: Path, **environment: str) -> Iterator[str]:
    """The address of the portal under a server, until the block ends."""
    port = free_port()
    command = [sys.executable, str(PORTAL / "serve.py"), server, str(port)]
    given = {"PORTAL_FOLDER": str(folder), "PYTHONPATH": str(ROOT), **environment}
    with subprocess.Popen(command, env=os.environ | given) as process:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")  # pragma: no cover
